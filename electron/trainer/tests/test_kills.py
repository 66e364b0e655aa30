"""Killed at random moments and resumed: the same losses and the same adapter, bit for bit.

LORA_DESK_KILLS=20 kills more often, LORA_DESK_KILL_SEED chooses other moments.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from run_folder import events

KILLS = int(os.environ.get("LORA_DESK_KILLS", "3"))
SEED = int(os.environ.get("LORA_DESK_KILL_SEED", "1"))
SETTINGS = {
    "max_steps": 16,
    "dropout": 0.1,
    "evaluate_every_steps": 3,
    "checkpoint_every_steps": 4,
    "adapter_from": "best",
    "sample_prompts": ["Define rank."],
    "sample_every_steps": 5,
    "sample_max_tokens": 6,
}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="attempts are forked")


class Attempts:
    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def begin(self, folder: Path, attempt: int) -> int:
        self._process.stdin.write(f"{folder} {attempt}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> int:
        return int(self._process.stdout.readline())


@pytest.fixture
def attempts() -> Iterator[Attempts]:
    command = [sys.executable, str(Path(__file__).with_name("forked_attempts.py"))]
    # CUDA could not be used in a fork, and is not needed.
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        yield Attempts(process)
        process.stdin.close()


def test_adapter_and_losses_after_kills_are_those_of_the_whole_run(
    attempts: Attempts, make_run
) -> None:
    whole = make_run(name="whole", **SETTINGS)
    attempts.begin(whole, 1)
    assert attempts.end() == 0
    expected = figures(whole)
    assert len(expected["step"]) == 16
    total_events = len(events(whole))

    chance = random.Random(SEED)
    kills = runs = 0
    while kills < KILLS:
        runs += 1
        killed = make_run(name=f"killed{runs}", **SETTINGS)
        attempt, code, done = 0, -signal.SIGKILL, 0
        while code == -signal.SIGKILL:
            attempt += 1
            pid = attempts.begin(killed, attempt)
            if kills < KILLS:
                # Between the trainer's start and the last moments of what is left to do.
                kill_after(pid, killed, done + chance.randint(4, total_events))
            code = attempts.end()
            kills += code == -signal.SIGKILL
            done = len(events(killed))
        assert code == 0, (killed / "log.txt").read_text("utf-8")[-2000:]
        assert events(killed, "error") == []
        assert figures(killed) == expected
        assert adapter(killed) == adapter(whole)
    print(f"{kills} kills in {runs} runs; each run as if it had never been killed")


def kill_after(pid: int, folder: Path, count: int) -> None:
    """Kills the process as soon as the run has that many events; it may end by itself first."""
    path = folder / "events.jsonl"
    while process_lives(pid):
        if path.exists() and path.read_bytes().count(b"\n") >= count:
            os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.0005)


def process_lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def figures(folder: Path) -> dict[str, dict[int, object]]:
    """What each step gave; a step that was made again must give the same again."""
    fields = {
        "step": ("loss", "grad_norm", "learning_rate", "tokens"),
        "eval": ("loss", "is_best"),
        "sample": ("text",),
    }
    found: dict[str, dict[int, object]] = {kind: {} for kind in fields}
    for event in events(folder):
        if event["type"] in fields:
            values = [event[name] for name in fields[event["type"]]]
            assert found[event["type"]].setdefault(event["step"], values) == values
    # It may have been killed after it was done, and then says so again.
    ends = [[e["best"], e["adapter_step"], e["last_loss"]] for e in events(folder, "done")]
    assert all(end == ends[0] for end in ends)
    found["done"] = {0: ends[0]}
    return found


def adapter(folder: Path) -> bytes:
    return (folder / "adapter" / "adapter_model.safetensors").read_bytes()
