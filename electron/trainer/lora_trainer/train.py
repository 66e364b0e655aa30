"""`python -m lora_trainer.train --run DIR --attempt N`

Ends with 0 (completed), 10 (stopped with a checkpoint) or 1 (failed, see the `error` event).
"""

from __future__ import annotations

import argparse
import sys
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path

from .config import read_config, read_run_id
from .failures import PeerFailed, TrainingFailure, explain
from .process_events import open_events
from .stop import Requests

COMPLETED, FAILED, STOPPED = 0, 1, 10


def main() -> int:
    parser = argparse.ArgumentParser(description="Trains one LoRA adapter.")
    parser.add_argument("--run", type=Path, required=True, help="the run folder")
    parser.add_argument("--attempt", type=int, required=True)
    arguments = parser.parse_args()
    return run(arguments.run.resolve(), arguments.attempt)


def run(folder: Path, attempt: int) -> int:
    """One attempt; returns the exit code. Failures become an `error` event, never an exception."""
    # Before the seconds that importing torch takes: a stop must not be lost, nor a failure untold.
    requests = Requests(folder / "command.json", attempt)
    requests.listen()
    run_id = read_run_id(folder) or str(uuid.UUID(int=0))
    events = open_events(folder / "events.jsonl", run=run_id, attempt=attempt)
    try:
        events.status("starting", "Starting the trainer.")
        config = read_config(folder)
        train = _import_training()
        is_complete = train(config, folder, attempt, events, requests)
        return COMPLETED if is_complete else STOPPED
    except PeerFailed:
        return FAILED
    except BaseException as error:
        traceback.print_exc()
        found = explain(error)
        events.error(found.kind, found.message, found.remedy)
        return FAILED
    finally:
        events.close()


def _import_training() -> Callable[..., bool]:
    try:
        from .session import train
    except ImportError as error:
        raise TrainingFailure(
            "environment_broken",
            f"A Python package of the trainer cannot be imported: {error}.",
            "Repair the Python environment in Settings, then resume.",
        ) from error
    return train


if __name__ == "__main__":
    sys.exit(main())
