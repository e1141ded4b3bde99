"""Settings, the secret key, and the checks that keep an unsafe server from starting."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.core.mail import EmailMessage
from django.core.management import call_command

from examprep.checks import TAG
from examprep.mail import PrintedMail
from examprep.secret import local_secret_key

VARIABLES = {
    *("HOST", "PORT", "WORKERS", "ALLOWED_HOSTS", "SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL"),
    *("HTTPS", "BEHIND_PROXY", "CACHE_URL", "DEBUG", "DJANGO_SETTINGS_MODULE"),
    *("HSTS_SUBDOMAINS", "LOG_FORMAT", "LOG_REQUESTS", "METRICS_TOKEN", "REVIEW_OWN"),
}
KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PUBLIC = {"HOST": "0.0.0.0", "ALLOWED_HOSTS": "exam.example.org", "SECRET_KEY": KEY}
MAIL = {"EMAIL_URL": "smtp+tls://me:p%40ss@mail.example.org:587"}


def run_python(*arguments, **variables):
    """A fresh interpreter that has these variables and none other of ours."""
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES} | variables
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )


def read_settings(**variables):
    """The settings that these variables give, as far as JSON can tell them."""
    program = (
        "import json; from examprep import settings; "
        "print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper()}, default=str))"
    )
    done = run_python("-c", program, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# What the environment gives


def test_settings_of_an_empty_environment_are_safe_and_local():
    found = read_settings()
    assert (found["DEBUG"], found["HOST"], found["IS_LOCAL"]) == (False, "127.0.0.1", True)
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert (found["USES_HTTPS"], found["SESSION_COOKIE_SECURE"], found["SECURE_HSTS_SECONDS"]) == (False, False, 0)
    assert (found["SECRET_KEY_IS_MISSING"], len(found["SECRET_KEY"]) >= 50) == (False, True)
    assert found["DATABASES"]["default"]["NAME"] == str(django_settings.BASE_DIR / "var" / "examprep.sqlite3")
    assert found["ACCOUNT_EMAIL_VERIFICATION"] == "none"
    assert "SECURE_PROXY_SSL_HEADER" not in found


def test_settings_take_a_variable_without_a_value_for_one_that_is_not_set():
    assert read_settings(**dict.fromkeys(VARIABLES, "")) == read_settings()


def test_settings_for_others_are_for_https():
    found = read_settings(**PUBLIC | {"ALLOWED_HOSTS": "exam.example.org,www.example.org"})
    assert found["ALLOWED_HOSTS"] == ["exam.example.org", "www.example.org"]
    assert (found["IS_LOCAL"], found["SECRET_KEY"], found["USES_HTTPS"]) == (False, KEY, True)
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    assert [found[name] for name in names] == [True, True, True]
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000


@pytest.mark.parametrize("variables", [{"HOST": "0.0.0.0"}, {"ALLOWED_HOSTS": "*"}, {"HOST": "192.168.1.5"}])
def test_settings_for_others_without_a_key_use_none_of_this_machines(variables):
    found = read_settings(**variables)
    assert (found["IS_LOCAL"], found["SECRET_KEY_IS_MISSING"]) == (False, True)
    assert found["SECRET_KEY"] != read_settings()["SECRET_KEY"]


def test_settings_without_https_and_behind_a_proxy():
    found = read_settings(**PUBLIC, HTTPS="no", BEHIND_PROXY="yes")
    assert (found["SESSION_COOKIE_SECURE"], found["SECURE_SSL_REDIRECT"], found["SECURE_HSTS_SECONDS"]) == (
        False,
        False,
        0,
    )
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


@pytest.mark.parametrize(
    ("on", "off"), [("true", "false"), ("1", "0"), ("On", "OFF"), ("YES", "no")], ids=["word", "digit", "on", "yes"]
)
def test_settings_read_flags(on, off):
    found = read_settings(DEBUG=on, HTTPS=off, BEHIND_PROXY=on, **PUBLIC)
    assert (found["DEBUG"], found["USES_HTTPS"]) == (True, False)
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


@pytest.mark.parametrize("name", ["DEBUG", "HTTPS", "BEHIND_PROXY"])
def test_settings_refuse_a_flag_that_is_neither_on_nor_off(name):
    done = run_python("-c", "import examprep.settings", **{name: "maybe"})
    last = done.stderr.splitlines()[-1]
    assert last == f"django.core.exceptions.ImproperlyConfigured: {name} must be true or false, not 'maybe'."


def test_settings_read_the_address_of_a_database():
    found = read_settings(DATABASE_URL="postgres://me:p%40ss@db.example.org:5433/exam")["DATABASES"]["default"]
    assert found["ENGINE"] == "django.db.backends.postgresql"
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    assert [found[name] for name in names] == ["exam", "me", "p@ss", "db.example.org", 5433]


def test_settings_pool_connections_to_postgresql_and_keep_what_the_address_asks_for():
    url = "postgres://me@db.example.org/exam?sslmode=require&connect_timeout=9&conn_max_age=600"
    found = read_settings(DATABASE_URL=url)["DATABASES"]["default"]
    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (0, True)
    assert (found["OPTIONS"]["sslmode"], found["OPTIONS"]["connect_timeout"]) == ("require", 9)
    assert found["OPTIONS"]["pool"]["min_size"] == 1


def test_settings_let_writers_of_sqlite_take_turns(tmp_path):
    found = read_settings(DATABASE_URL=f"sqlite:///{tmp_path}/exam.sqlite3")["DATABASES"]["default"]
    assert (found["NAME"], found["OPTIONS"]["transaction_mode"]) == (f"{tmp_path}/exam.sqlite3", "IMMEDIATE")
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("valkey://:p%40ss@cache.example.org:6380/2", "redis://:p%40ss@cache.example.org:6380/2"),
        ("rediss://cache.example.org", "rediss://cache.example.org"),
    ],
)
def test_settings_read_the_address_of_a_cache(url, location):
    found = read_settings(CACHE_URL=url)["CACHES"]["default"]
    assert (found["BACKEND"].split(".")[-1], found["LOCATION"]) == ("RedisCache", location)


@pytest.mark.parametrize("url", ["locmem://", "cache.example.org:6379", "redis://"])
def test_settings_refuse_a_cache_that_workers_do_not_share(url):
    done = run_python("-c", "import examprep.settings", CACHE_URL=url)
    assert done.stderr.splitlines()[-1].startswith("django.core.exceptions.ImproperlyConfigured: CACHE_URL is not")


def test_settings_read_the_address_of_a_mail_server():
    found = read_settings(**MAIL, DEFAULT_FROM_EMAIL="Exam <exam@example.org>")
    options = {"host": "mail.example.org", "port": 587, "username": "me", "password": "p@ss"}
    assert found["MAILERS"] == {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": options | {"use_tls": True, "use_ssl": False, "timeout": 20},
        }
    }
    assert (found["ACCOUNT_EMAIL_VERIFICATION"], found["DEFAULT_FROM_EMAIL"]) == ("optional", "Exam <exam@example.org>")


def test_mails_without_a_server_are_printed_with_links_that_are_whole(capsys):
    assert read_settings()["MAILERS"] == {"default": {"BACKEND": "examprep.mail.PrintedMail"}}
    link = "http://localhost:8000/accounts/password/reset/key/" + "0123456789" * 10 + "/?a=1"
    PrintedMail().send_messages([EmailMessage("A “new” password", f"Follow this:\n\n{link}\n", to=["a@example.org"])])
    lines = capsys.readouterr().err.splitlines()
    assert link in lines
    assert {"To: a@example.org", "Subject: A “new” password"} < set(lines)


# The checks


@pytest.fixture
def served(settings):
    """Settings as they are when others are served rightly; a test spoils one."""
    settings.IS_LOCAL, settings.HOST, settings.ALLOWED_HOSTS = False, "0.0.0.0", ["exam.example.org"]
    settings.SECRET_KEY_IS_MISSING, settings.EMAIL_IS_CONFIGURED = False, True
    return settings


def found_ids():
    return [message.id for message in run_checks(tags=[TAG])]


def test_check_has_nothing_to_say_when_others_are_served_rightly(served):
    assert found_ids() == []


def test_check_has_nothing_to_say_to_a_machine_that_serves_itself(served):
    served.IS_LOCAL, served.EMAIL_IS_CONFIGURED = True, False
    assert found_ids() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY_IS_MISSING", True, "examprep.E001"),
        ("ALLOWED_HOSTS", ["localhost", "127.0.0.1"], "examprep.E002"),
        ("EMAIL_IS_CONFIGURED", False, "examprep.W001"),
    ],
)
def test_check_names_what_is_missing(served, name, value, expected):
    setattr(served, name, value)
    assert found_ids() == [expected]


def test_check_gives_a_key_that_can_be_used_as_it_is(served):
    served.SECRET_KEY_IS_MISSING = True
    (error,) = run_checks(tags=[TAG])
    program = re.search(r"python -c '(.*)'$", error.hint)[1]
    key = run_python("-c", program).stdout.strip()
    assert (len(key) >= 50, read_settings(**PUBLIC | {"SECRET_KEY": key})["SECRET_KEY"]) == (True, key)


def test_wsgi_refuses_to_serve_others_with_unsafe_settings():
    done = run_python("-c", "import examprep.wsgi", HOST="0.0.0.0")
    assert done.returncode == 1
    first, second = done.stderr.splitlines()[-2:]
    assert first.startswith(
        "django.core.exceptions.ImproperlyConfigured: "
        "Examprep is to serve other hosts than localhost, but SECRET_KEY is not set. Set SECRET_KEY to"
    )
    assert second.startswith(
        "Examprep is to listen on 0.0.0.0, but ALLOWED_HOSTS names no other host than localhost. Set ALLOWED_HOSTS to"
    )


@pytest.mark.parametrize("variables", [{}, PUBLIC], ids=["local", "public"])
def test_wsgi_serves_with_safe_settings(variables):
    done = run_python("-c", "from examprep.wsgi import application; print(application)", **variables)
    assert (done.returncode, done.stdout.startswith("<django.core.handlers.wsgi.WSGIHandler")) == (0, True)


def test_serve_refuses_to_serve_others_with_unsafe_settings():
    done = run_python("manage.py", "serve", HOST="0.0.0.0", PORT="1")
    assert done.returncode == 1
    assert re.findall(r"\(examprep\.(....)\)", done.stderr) == ["E001", "E002", "W001"]


@pytest.mark.django_db
def test_check_finds_nothing_here():
    call_command("check", fail_level="WARNING")


def test_check_for_deployment_asks_for_nothing_but_a_decision_about_subdomains():
    done = run_python("manage.py", "check", "--deploy", **PUBLIC, **MAIL)
    assert re.findall(r"\(([a-z]+\.[A-Z]\d+)\)", done.stderr) == ["security.W005"]


@pytest.mark.parametrize("decision", ["true", "false"])
def test_check_for_deployment_is_clean_behind_a_proxy_when_that_is_decided(decision):
    decided = PUBLIC | MAIL | {"BEHIND_PROXY": "true", "HSTS_SUBDOMAINS": decision, "METRICS_TOKEN": KEY}
    done = run_python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **decided)
    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr
    assert read_settings(**decided)["SECURE_HSTS_INCLUDE_SUBDOMAINS"] == (decision == "true")


def test_settings_choose_the_log_and_the_figures():
    assert [read_settings()[name] for name in ("LOG_FORMAT", "LOGS_REQUESTS", "METRICS_TOKEN")] == ["text", False, ""]
    assert [read_settings(**PUBLIC)[name] for name in ("LOG_FORMAT", "LOGS_REQUESTS")] == ["json", True]
    found = read_settings(**PUBLIC, LOG_FORMAT="text", LOG_REQUESTS="no", METRICS_TOKEN=KEY)
    assert [found[name] for name in ("LOG_FORMAT", "LOGS_REQUESTS", "METRICS_TOKEN")] == ["text", False, KEY]


@pytest.mark.parametrize("variable", [{"LOG_FORMAT": "xml"}, {"METRICS_TOKEN": "short"}])
def test_settings_refuse_a_log_they_do_not_know_and_a_token_that_can_be_guessed(variable):
    done = run_python("-c", "import examprep.settings", **variable)
    (name,) = variable
    assert done.stderr.splitlines()[-1].startswith(f"django.core.exceptions.ImproperlyConfigured: {name} must")


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# The secret key of a machine that serves only itself


def test_secret_key_is_kept_for_its_owner_only(tmp_path):
    path = tmp_path / "var" / "secret_key"
    key = local_secret_key(path, keep=True)
    assert len(key) == 50
    assert local_secret_key(path, keep=True) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]


def test_secret_key_that_was_there_before_is_used(tmp_path):
    (tmp_path / "secret_key").write_text("one that was put there\n")
    assert local_secret_key(tmp_path / "secret_key", keep=True) == "one that was put there"


def test_secret_key_not_kept_is_another_each_time_and_leaves_no_trace(tmp_path):
    keys = {local_secret_key(tmp_path / "var" / "secret_key", keep=False) for _ in range(2)}
    assert len(keys) == 2
    assert list(tmp_path.iterdir()) == []


def test_secret_key_is_one_for_processes_that_start_at_once(tmp_path):
    program = (
        "import sys; from pathlib import Path; from examprep.secret import local_secret_key; sys.stdin.read(); "
        "print(local_secret_key(Path(sys.argv[1]), keep=True))"
    )
    path = tmp_path / "secret_key"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": django_settings.BASE_DIR}
    starters = [subprocess.Popen([sys.executable, "-c", program, str(path)], **pipes) for _ in range(6)]
    for starter in starters:
        starter.stdin.close()
    keys = {starter.stdout.read().strip() for starter in starters}
    for starter in starters:
        starter.stdout.close()
        assert starter.wait(timeout=30) == 0
    assert keys == {path.read_text()}
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret_key"]


def test_addresses_are_read_from_a_header_only_behind_a_proxy():
    assert "ALLAUTH_TRUSTED_PROXY_COUNT" not in read_settings(**PUBLIC)
    assert read_settings(**PUBLIC, BEHIND_PROXY="true")["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1


def test_guests_are_limited_except_on_localhost():
    assert (read_settings()["GUESTS_PER_MINUTE"], read_settings(**PUBLIC)["GUESTS_PER_MINUTE"]) == (None, 60)


def test_server_has_no_connection_and_no_thread_when_it_forks(tmp_path):
    program = (
        "import threading; from examprep import server; server.load(); from django.db import connections; "
        "print(threading.active_count(), [one.connection for one in connections.all(initialized_only=True)])"
    )
    done = run_python("-c", program, DATABASE_URL=f"sqlite:///{tmp_path}/none.sqlite3")
    assert done.stdout == "1 [None]\n", done.stderr
    assert not (tmp_path / "none.sqlite3").exists()
