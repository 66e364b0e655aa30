"""Starts a script of the tests in several processes, as the launcher starts the trainer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent


def run_in_two(script: str, folder: Path) -> list[dict]:
    """What the script has written into `<folder>/<rank>.json`, by rank."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", str(TESTS / script), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent), "OMP_NUM_THREADS": "1"}
    subprocess.run(command, check=True, env=environment, timeout=180)
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(2)]
