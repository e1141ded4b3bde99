import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE_ROOMS = ("questions", "exchange", "learning", "edge_storage")
# What the lab uploads to AWS reads the clock there; its simulation gives it another one.
UPLOADED = ROOT / "facts" / "edge_storage" / "functions"
PURE_FILES = [
    path for room in PURE_ROOMS for path in sorted((ROOT / "facts" / room).rglob("*.py")) if path.parent != UPLOADED
]
# What reads a file, the environment, the network or a clock; and the calls that do so.
IMPURE_MODULES = {"os", "pathlib", "secrets", "shutil", "socket", "subprocess", "sys", "tempfile", "time", "uuid"}
IMPURE_CALLS = {"open", "input", "now", "utcnow", "today"}


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _calls(path: Path) -> set[str]:
    called = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in called}


def test_pure_rooms_are_where_they_are_looked_for():
    modules = {_module(path) for path in PURE_FILES}
    expected = {"questions.generate", "exchange.toml", "learning.selection", "edge_storage.simulation"}
    assert {f"facts.{module}" for module in expected} <= modules


def test_pure_rooms_load_no_django_in_a_fresh_interpreter():
    modules = [_module(path) for path in PURE_FILES]
    script = (
        f"import sys, {', '.join(modules)}; print(sorted(m for m in sys.modules if m.partition('.')[0] == 'django'))"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.stderr) == ("[]", "")


@pytest.mark.parametrize("path", PURE_FILES, ids=_module)
def test_pure_module_imports_only_pure_rooms_of_the_project(path):
    own = {name for name in _imports(path) if name.partition(".")[0] in ("facts", "examprep")}
    assert {name for name in own if not name.startswith(tuple(f"facts.{room}." for room in PURE_ROOMS))} == set()


@pytest.mark.parametrize("path", PURE_FILES, ids=_module)
def test_pure_module_reads_no_clock_no_file_and_no_global_randomness(path):
    imported = _imports(path)
    assert {name for name in imported if name.partition(".")[0] in IMPURE_MODULES} == set()
    assert {name for name in imported if name.partition(".")[0] == "random"} <= {"random.Random"}
    assert _calls(path) & IMPURE_CALLS == set()


# What these keep never changes while a process lives.
KEPT_BY_A_PROCESS = {
    ("models/progress.py", "time_zones"),  # the list that comes with Python
    ("services/demo.py", "_ease"),  # the same for the same argument
    ("templatetags/questions.py", "_fact_url"),  # the same for the same argument
    ("services/figures.py", "get_meters"),  # counters, which are added up over all workers
}


def test_no_worker_keeps_what_another_may_change():
    """A value kept by one process is out of date when another one changes what it came from."""
    found = set()
    for path in (ROOT / "facts").rglob("*.py"):
        name = path.relative_to(ROOT / "facts").as_posix()
        if not name.startswith(("questions/", "learning/", "exchange/", "edge_storage/")):  # pure: same in, same out
            found |= {(name, kept) for kept in re.findall(r"@(?:lru_)?cache\b.*\ndef (\w+)", path.read_text())}
    assert found == KEPT_BY_A_PROCESS
