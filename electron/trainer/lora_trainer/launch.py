"""`python -m lora_trainer.launch --run DIR --attempt N --processes P`: several processes, one run.

    runner ──▶ launch ──torch.distributed.run──▶ member 0 … member P-1     (on this machine)

Ends as a lone trainer would: with 0 (completed), 10 (stopped), 1 (failed, after one `error` event
with the first process's reason) or by the signal that ended one of the processes. Nothing is
restarted here; a run goes on from its checkpoint when the app starts the next attempt.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
import uuid
from pathlib import Path

from .config import read_run_id
from .events import EventWriter
from .outcome import FOLDER_VARIABLE, Failure, read_exit_codes, read_failures
from .train import COMPLETED, FAILED, STOPPED


def main() -> int:
    parser = argparse.ArgumentParser(description="Trains one LoRA adapter in several processes.")
    parser.add_argument("--run", type=Path, required=True, help="the run folder")
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument("--processes", type=int, required=True, help="on this machine")
    parser.add_argument("--machines", type=int, default=1)
    parser.add_argument("--machine-rank", type=int, default=0)
    parser.add_argument("--rendezvous", help="host:port of the machine with rank 0")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lora-trainer-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        lost = _launch(arguments)
        failures, codes = read_failures(Path(folder)), read_exit_codes(Path(folder))
    if lost is None and len(codes) == arguments.processes:
        return next((code for code in (FAILED, STOPPED) if code in codes), COMPLETED)
    own = [failure for failure in failures if not failure.may_follow_from_another()]
    number = signal.SIGTERM if lost is None else lost.signal
    if not own and number is not None:
        _end_by(number)
    told = [*own, *failures] or [lost.failure]
    _write_error(arguments.run.resolve(), arguments.attempt, told[0])
    return FAILED


class _Lost:
    """At least one process failed; all have ended."""

    def __init__(self, message: str, exit_codes: list[int]) -> None:
        # SIGTERM is how the launcher itself ends the others.
        signals = [-code for code in exit_codes if code < 0 and -code != signal.SIGTERM]
        self.signal = signals[0] if signals else None
        remedy = "The log has what the processes said. Resume to go on from the newest checkpoint."
        self.failure = Failure(at=time.time(), kind="process_lost", message=message, remedy=remedy)


def _launch(arguments: argparse.Namespace) -> _Lost | None:
    """None when every process ended well, or was asked to end and did."""
    from torch.distributed import run as torchrun
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    try:
        launch = torchrun.parse_args(_command(arguments))
        # Not in the command: its parser would take `--run` for one of its own options.
        launch.training_script_args = ["--run", str(arguments.run)]
        launch.training_script_args += ["--attempt", str(arguments.attempt)]
        torchrun.run(launch)
    except ChildFailedError as error:
        print(error, file=sys.stderr, flush=True)
        codes = [failure.exitcode for failure in error.failures.values()]
        return _Lost("A process of the run ended without saying why.", codes)
    except SignalException:
        return None  # it was passed on; those that ended in time have told how
    except Exception as error:
        traceback.print_exc()
        what = str(error).strip().splitlines() or [type(error).__name__]
        return _Lost(f"The processes of the run could not be started or joined: {what[0]}", [])
    return None


def _command(arguments: argparse.Namespace) -> list[str]:
    """What one would write after `torchrun`."""
    command = ["--nproc-per-node", str(arguments.processes), "--max-restarts", "0"]
    if arguments.machines == 1:
        command += ["--standalone"]
    else:
        host, _, port = arguments.rendezvous.rpartition(":")
        command += ["--nnodes", str(arguments.machines), "--node-rank", str(arguments.machine_rank)]
        command += ["--rdzv-backend", "static", "--master-addr", host.strip("[]")]
        command += ["--master-port", port]
    return [*command, "--module", "lora_trainer.member"]


def _end_by(number: int) -> None:
    """As the process ended: the runner tells from this whether memory ran out."""
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _write_error(folder: Path, attempt: int, failure: Failure) -> None:
    run_id = read_run_id(folder) or str(uuid.UUID(int=0))
    events = EventWriter(folder / "events.jsonl", run=run_id, attempt=attempt)
    try:
        events.error(failure.kind, failure.message, failure.remedy)
    finally:
        events.close()


if __name__ == "__main__":
    sys.exit(main())
