"""events.jsonl: the only way in which the trainer tells the app anything.

One JSON object a line. `seq` rises over all attempts of a run, so on start the writer cuts off the
half line that a killed predecessor may have left and goes on after the last whole one.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from pathlib import Path
from typing import Any, Final

_SYNCED: Final = frozenset(["status", "checkpoint", "error", "done"])


class EventWriter:
    def __init__(self, path: Path, *, run: str, attempt: int) -> None:
        self._base = {"run": run, "attempt": attempt}
        self._lock = threading.Lock()
        self._next_seq = _cut_half_line(path)
        self._file = path.open("a", encoding="utf-8", newline="\n")

    def close(self) -> None:
        self._file.close()

    def status(self, phase: str, message: str, plan: dict[str, Any] | None = None) -> None:
        log(message)
        self.write("status", phase=phase, message=message, **({"plan": plan} if plan else {}))

    def warning(self, kind: str, message: str) -> None:
        log(f"warning: {message}")
        self.write("warning", kind=kind, message=message)

    def error(self, kind: str, message: str, remedy: str) -> None:
        log(f"error: {message} {remedy}")
        self.write("error", kind=kind, message=message, remedy=remedy)

    def write(self, event_type: str, **fields: Any) -> None:
        with self._lock:
            event = {"v": 1, "seq": self._next_seq, "ts": time.time(), **self._base}
            event = finite({**event, "type": event_type, **fields})
            self._file.write(json.dumps(event, allow_nan=False, separators=(",", ":")) + "\n")
            self._file.flush()
            self._next_seq += 1
            if event_type in _SYNCED:
                os.fsync(self._file.fileno())


def log(message: str) -> None:
    """A line for people; stdout is log.txt."""
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {message}", flush=True)


def finite(value: Any) -> Any:
    """The value with NaN and Infinity, which are not JSON, as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def _cut_half_line(path: Path) -> int:
    """Cuts what follows the last newline and returns the `seq` that comes next."""
    if not path.exists():
        return 0
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        tail = b""
        start = size
        # Two newlines bound the last whole line (or the file's beginning does).
        while start > 0 and tail.count(b"\n") < 2:
            start = max(0, start - 65_536)
            file.seek(start)
            tail = file.read(size - start)
        end = tail.rfind(b"\n") + 1
        if start + end < size:
            file.truncate(start + end)
        lines = tail[:end].splitlines()
    for line in reversed(lines):
        try:
            return int(json.loads(line)["seq"]) + 1
        except (ValueError, KeyError, TypeError):
            continue
    return 0
