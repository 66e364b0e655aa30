"""One runner per run, and what to do about a trainer that has lost its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import IO

from .process_identity import boot_id, is_alive

_POLL_SECONDS = 0.2


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


def stop_orphan(folder: Path) -> bool:
    """Asks a trainer whose runner was killed to leave, and waits until it has.

    False when there is no such trainer: then a living runner holds the run.
    """
    try:
        beat = json.loads((folder / "heartbeat.json").read_text("utf-8"))
        runner, trainer = beat["runner"], beat["trainer"]
        if beat["boot_id"] != boot_id() or trainer is None or is_alive(runner):
            return False
        if not is_alive(trainer):
            return False
        print("Stopping the trainer of a runner that was killed.", flush=True)
        with contextlib.suppress(ProcessLookupError):
            os.kill(trainer["pid"], signal.SIGTERM)
        while is_alive(trainer):
            time.sleep(_POLL_SECONDS)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True
