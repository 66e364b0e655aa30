"""`python -m lora_trainer.dry_run --run DIR`: will it fit, and how long will it take?

Prints one JSON line: the fields of a `dry_run` event, or `{"error": {kind, message, remedy}}` and
exit code 1. Writes no events and no checkpoints; the tokens that it prepares are the run's.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .config import read_config
from .events import EventWriter, finite, log
from .failures import StopRequested, explain
from .stop import Requests

_NO_ATTEMPT = 0  # nobody sends commands to it; signals stop it


def main() -> int:
    parser = argparse.ArgumentParser(description="Tries the longest batch of a run.")
    parser.add_argument("--run", type=Path, required=True, help="the run folder")
    folder = parser.parse_args().run.resolve()
    requests = Requests(folder / "command.json", _NO_ATTEMPT)
    requests.listen()
    code = 0
    # What the libraries and the log print is not the answer.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            answer = _try(folder, requests)
        except StopRequested:
            answer = {"error": {"kind": "stopped", "message": "Stopped.", "remedy": ""}}
            code = 1
        except BaseException as error:
            traceback.print_exc()
            answer, code = {"error": asdict(explain(error))}, 1
    print(json.dumps(finite(answer), allow_nan=False), flush=True)
    return code


def _try(folder: Path, requests: Requests) -> dict[str, Any]:
    config = read_config(folder)
    from .loop import TrainingLoop
    from .prepared_run import prepare_run
    from .world import SINGLE

    events = _LogOnly()
    prepared = prepare_run(config, folder, SINGLE, events, requests)
    loop = TrainingLoop(prepared, folder, _NO_ATTEMPT, events, requests)
    return asdict(loop.dry_run())


class _LogOnly(EventWriter):
    """Tells people, on stderr, and no app."""

    def __init__(self) -> None:
        pass

    def close(self) -> None:
        pass

    def write(self, event_type: str, **fields: Any) -> None:
        if event_type not in ("status", "warning"):
            log(f"{event_type}: {fields}")
