"""The event writer of this process: where several train together, one per machine writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .events import EventWriter
from .outcome import is_one_of_several, tell_failure


def open_events(path: Path, *, run: str, attempt: int) -> EventWriter:
    """To be closed. Of several processes each tells the launcher of its failure, and that alone
    writes the one `error` event: it is often a process that must be quiet which fails first.
    """
    if not is_one_of_several():
        return EventWriter(path, run=run, attempt=attempt)
    if os.environ["LOCAL_RANK"] == "0":
        return _SpeakingWriter(path, run=run, attempt=attempt)
    return _QuietWriter()


class _SpeakingWriter(EventWriter):
    def error(self, kind: str, message: str, remedy: str) -> None:
        tell_failure(kind, message, remedy)


class _QuietWriter(EventWriter):
    def __init__(self) -> None:
        pass

    def close(self) -> None:
        pass

    def status(self, phase: str, message: str, plan: dict[str, Any] | None = None) -> None:
        pass

    def warning(self, kind: str, message: str) -> None:
        pass

    def error(self, kind: str, message: str, remedy: str) -> None:
        tell_failure(kind, message, remedy)

    def write(self, event_type: str, **fields: Any) -> None:
        pass
