"""One runner per run, and what to do about a trainer that has lost its own."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import IO

from .process_identity import boot_id, is_alive
from .stop_command import ask_to_stop

_POLL_SECONDS = 0.2
_ENDING_SECONDS = 3.0


def lock_run(folder: Path) -> IO[bytes] | None:
    """The open lock file, which must be kept; None when another runner has the run.

    The operating system lets go of the lock when its holders die, however they die. The trainer
    inherits it: a trainer that lost its runner still keeps a second one from starting.
    """
    file = (folder / "runner.lock").open("a+b")
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def take_run(folder: Path) -> IO[bytes] | None:
    """Like `lock_run`, but first clears away what only seems to be in the way.

    That is a runner that has written exit.json and is about to end, and a trainer whose runner was
    killed: it is asked to leave, and may take as long as its checkpoint takes.
    """
    give_up_at = time.monotonic() + _ENDING_SECONDS
    while True:
        lock = lock_run(folder)
        if lock is not None:
            return lock
        if _stop_orphan(folder):
            give_up_at = time.monotonic() + _ENDING_SECONDS
        if time.monotonic() >= give_up_at:
            return None
        time.sleep(_POLL_SECONDS)


def _stop_orphan(folder: Path) -> bool:
    """True when there was a trainer without a runner; it has ended by then."""
    try:
        beat = json.loads((folder / "heartbeat.json").read_text("utf-8"))
        trainer = beat["trainer"]
        if beat["boot_id"] != boot_id() or trainer is None:
            return False
        if is_alive(beat["runner"]) or not is_alive(trainer):
            return False
        print("Stopping the trainer of a runner that was killed.", flush=True)
        ask_to_stop(folder, beat["attempt"])
        while is_alive(trainer):
            time.sleep(_POLL_SECONDS)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True
