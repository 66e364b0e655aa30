"""What tests do with a run folder: run it in this process or through the runner, and read it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

TRAINER = Path(__file__).parents[1]


def events(folder: Path, event_type: str | None = None) -> list[dict]:
    path = folder / "events.jsonl"
    if not path.exists():
        return []
    whole, _, _half = path.read_text("utf-8").rpartition("\n")
    found = [json.loads(line) for line in whole.splitlines()]
    return [event for event in found if event_type in (None, event["type"])]


def run_here(folder: Path, attempt: int = 1) -> int:
    """Runs the trainer in this process and returns what would be its exit code."""
    from lora_trainer import train

    return train.run(folder, attempt)


@contextlib.contextmanager
def runner(
    folder: Path, attempt: int = 1, *more: str, processes: int = 1
) -> Iterator[subprocess.Popen]:
    command = [sys.executable, str(TRAINER / "runner.py"), "--processes", str(processes)]
    process = subprocess.Popen([*command, "--run", str(folder), "--attempt", str(attempt), *more])
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=60)


def run_through_runner(folder: Path, attempt: int = 1, processes: int = 1) -> dict:
    """Runs to the end and returns exit.json."""
    with runner(folder, attempt, processes=processes) as process:
        process.wait(timeout=180)
    return read(folder / "exit.json")


def write_command(folder: Path, attempt: int, action: str) -> None:
    """As the app asks for something."""
    command = {"v": 1, "id": str(uuid.uuid4()), "attempt": attempt, "action": action, "ts": 0}
    beside = folder / "command.part"
    beside.write_text(json.dumps(command))
    beside.replace(folder / "command.json")


def read(path: Path) -> dict:
    return json.loads(path.read_text("utf-8"))


def wait_until(condition: Callable[[], object], what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for: {what}"
        time.sleep(0.01)


def steps_done(folder: Path) -> int:
    return max((event["step"] for event in events(folder, "step")), default=0)
