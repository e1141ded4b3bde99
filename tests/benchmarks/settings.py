"""Examprep's own settings; only the collected static files are in the benchmark's folder. See ``workplace``."""

import os
from pathlib import Path

from examprep.settings import *  # noqa: F403  (all of them, so that what is measured is what is served)

STATIC_ROOT = Path(os.environ["BENCHMARK_FOLDER"]) / "static"
