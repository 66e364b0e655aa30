"""Requests from outside: to stop (signal or command.json) and "write a checkpoint now".

stop              within a step, with a checkpoint
stop_after_epoch  at the end of the epoch, with a checkpoint; a later `stop` hurries it
discard           within a step, without a checkpoint
checkpoint        go on, with a checkpoint now
"""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

from .failures import StopRequested

# command.json is looked at no more often than this; the poll itself is made per micro-batch.
_LOOK_EVERY_SECONDS = 0.25


class Requests:
    def __init__(self, command_file: Path, attempt: int) -> None:
        self._command_file = command_file
        self._attempt = attempt
        self._is_stop_wanted = False
        self._is_checkpoint_wanted = False
        self._is_epoch_the_last = False
        self._is_discarded = False
        self._seen_ids: set[str] = set()
        self._last_stat: tuple[int, int] | None = None
        self._looked_at = float("-inf")

    def listen(self) -> None:
        """Takes SIGTERM and Ctrl-C as a stop. On Windows command.json is the way."""
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)

    def _on_signal(self, _number: int, _frame: Any) -> None:
        self._is_stop_wanted = True

    def is_stop_wanted(self, *, is_epoch_over: bool = False) -> bool:
        self._look()
        return self._is_stop_wanted or (is_epoch_over and self._is_epoch_the_last)

    def raise_on_stop(self) -> None:
        if self.is_stop_wanted():
            raise StopRequested

    def is_discarded(self) -> bool:
        """Whether nobody wants what a stopped run has reached."""
        return self._is_discarded

    def take_checkpoint_request(self) -> bool:
        """True once per request."""
        self._look()
        wanted, self._is_checkpoint_wanted = self._is_checkpoint_wanted, False
        return wanted

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < _LOOK_EVERY_SECONDS:
            return
        self._looked_at = now
        try:
            found = self._command_file.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp == self._last_stat:
                return
            command = json.loads(self._command_file.read_text("utf-8"))
            self._last_stat = stamp
        except (OSError, ValueError):
            return  # not there, or not whole on a file system without atomic renames: look again
        if not isinstance(command, dict) or command.get("attempt") != self._attempt:
            return
        if str(command.get("id")) in self._seen_ids:
            return
        self._seen_ids.add(str(command.get("id")))
        action = command.get("action")
        if action in ("stop", "discard"):
            self._is_stop_wanted = True
            self._is_discarded = action == "discard"
        elif action == "stop_after_epoch":
            self._is_epoch_the_last = True
        elif action == "checkpoint":
            self._is_checkpoint_wanted = True
