"""`python -m lora_trainer.train --run DIR --attempt N`: holds its GPUs for a while, and may crash.

Which attempt crashes, when and how comes from TORTURE_SEED and the name of the run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from random import Random

CRASHES = ("killed", "killed_child_stays", "failed")
CRASH_SHARE = 0.35
CHILD_STAYS_SECONDS = 1.5
STEPS = 10


class Events:
    def __init__(self, folder: Path, run: str, attempt: int) -> None:
        self._path = folder / "events.jsonl"
        self._base = {"v": 1, "run": run, "attempt": attempt}
        lines = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        self._seq = json.loads(lines[-1])["seq"] if lines else 0

    def write(self, **event: object) -> None:
        self._seq += 1
        line = json.dumps({**self._base, "seq": self._seq, "ts": time.time(), **event})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--attempt", type=int, required=True)
    arguments, _ = parser.parse_known_args()
    folder, attempt = arguments.run, arguments.attempt
    config = json.loads((folder / "config.json").read_text("utf-8"))
    random = Random(f"{os.environ['TORTURE_SEED']} {config['name']} {attempt}")
    seconds = random.uniform(0.5, 2.0)
    crash = random.choice(CRASHES) if random.random() < CRASH_SHARE else None
    crash_at = random.randrange(STEPS)

    events = Events(folder, config["run"], attempt)
    data = dict.fromkeys(
        "rows rejected duplicates_removed without_labels dropped_too_long truncated train_rows "
        "validation_rows train_tokens label_tokens".split(),
        0,
    )
    plan = {"total_steps": STEPS, "from_step": 0, "parameters": 1, "trainable_parameters": 1}
    plan |= {"device": "cuda", "precision": "fp32", "data": data}
    events.write(type="status", phase="training", message="Training", plan=plan)
    # Told so that being interrupted now and then is not held against the run.
    events.write(type="checkpoint", step=0, path="checkpoints/0", bytes=0)
    for step in range(STEPS):
        if crash is not None and step == crash_at:
            return fall(crash, events)
        time.sleep(seconds / STEPS)
        progress = {"step": step + 1, "epoch": 0.0, "loss": 1.0, "grad_norm": 1.0, "tokens": step}
        speed = {"learning_rate": 0.0, "tokens_per_second": 1.0, "step_ms": 1.0, "memory_mb": 1.0}
        events.write(type="step", **progress, **speed)
    (folder / "adapter").mkdir(exist_ok=True)
    (folder / "adapter" / "adapter_model.safetensors").write_bytes(b"stand-in")
    adapter = {"path": "adapter", "files": ["adapter_model.safetensors"], "bytes": 8}
    result = {"first_loss": 1.0, "last_loss": 1.0, "tokens_per_second": 1.0, "adapter": adapter}
    events.write(type="done", reason="completed", step=STEPS, seconds=seconds, **result)
    return 0


def fall(crash: str, events: Events) -> int:
    if crash == "failed":
        remedy = "Try again."
        events.write(type="error", kind="process_lost", message="A crash.", remedy=remedy)
        return 1
    if crash == "killed_child_stays" and os.fork() == 0:
        time.sleep(CHILD_STAYS_SECONDS)
        os._exit(0)
    os.kill(os.getpid(), signal.SIGKILL)
    return 1


if __name__ == "__main__":
    sys.exit(main())
