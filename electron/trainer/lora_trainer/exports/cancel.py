"""SIGTERM, Ctrl-C and the end of the app end an export by an exception, so that every `with` on the
way cleans up."""

from __future__ import annotations

import signal
from typing import Any

from ..parent_watch import signal_when_parent_ends


class Cancelled(BaseException):
    """No Exception: libraries that catch those must not swallow it."""


class Cancellation:
    def __init__(self) -> None:
        self._is_over = False

    def listen(self) -> None:
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)
        # Nobody would hear of what an export without its app does, nor that it still writes.
        signal_when_parent_ends(signal.SIGTERM)

    def pass_point_of_no_return(self) -> None:
        """From here on the export is finished, not cancelled."""
        self._is_over = True

    def _on_signal(self, _number: int, _frame: Any) -> None:
        # Once: a second signal must not break off the cleaning up after the first.
        if not self._is_over:
            self._is_over = True
            raise Cancelled
