"""The files by which Examprep is put on a server agree with the program and with one another."""

from __future__ import annotations

import configparser
import fnmatch
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
DOCUMENTS = (ROOT / "README.md").read_text() + (ROOT / "docs" / "operations.md").read_text()
READ = set(re.findall(r'\b(?:text|flag)\("([A-Z_]+)"', (ROOT / "examprep" / "settings.py").read_text()))


def read_unit(name):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(DEPLOY / name)
    return parser


def test_every_variable_is_in_a_table():
    missing = {name for name in READ if not re.search(rf"^\|[^|]*`{name}`[^|]*\|", DOCUMENTS, re.MULTILINE)}
    assert len(READ) > 10
    assert missing == set()


def test_every_command_that_is_told_of_is_there():
    told = set(re.findall(r"manage\.py (\w+)", DOCUMENTS))
    assert len(told) > 15
    assert told <= set(get_commands())


def test_app_in_a_container_has_no_more_rights_than_it_needs_and_may_finish():
    app = COMPOSE["services"]["app"]
    assert (app["read_only"], app["cap_drop"], app["tmpfs"]) == (True, ["ALL"], ["/tmp"])
    assert app["security_opt"] == ["no-new-privileges:true"]
    assert int(app["stop_grace_period"].rstrip("s")) > 10  # which the server takes at most
    assert set(app["environment"]) <= READ
    assert "ports" not in app  # reached by way of the proxy only
    assert "ports" not in COMPOSE["services"]["database"]


def test_whatever_is_mounted_is_there():
    services = COMPOSE["services"].values()
    mounts = [volume.split(":")[0] for service in services for volume in service.get("volumes", [])]
    files = [mount for mount in mounts if mount.startswith(".")]
    assert files == ["./Caddyfile"]
    assert all((DEPLOY / file).is_file() for file in files)
    assert set(mounts) - set(files) == set(COMPOSE["volumes"])


def test_image_is_made_of_what_is_there_and_let_in_and_runs_without_rights():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert any(fnmatch.fnmatch(name, pattern) for pattern in let_in), name
    (user,) = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert user.isdigit()
    assert int(user) > 0


@pytest.mark.parametrize("name", ["examprep.service", "examprep-clean-up.service"])
def test_unit_runs_commands_that_there_are_without_rights(name):
    service = read_unit(name)["Service"]
    command = re.search(r"manage\.py (\w+)", service["ExecStart"])[1]
    assert (ROOT / "facts" / "management" / "commands" / f"{command}.py").exists()
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("examprep", "yes", "strict")
    assert service["CapabilityBoundingSet"] == ""


def test_service_replaces_workers_on_reload_and_lets_them_answer_when_it_stops():
    service = read_unit("examprep.service")["Service"]
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"]) > 10
