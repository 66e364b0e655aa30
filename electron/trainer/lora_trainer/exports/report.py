"""What the command says: JSON lines on the real stdout, whatever the libraries print meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Write = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class Export:
    """What became of an export. `path` is the folder that the other program is given."""

    path: Path
    files: list[dict[str, Any]] = field(default_factory=list)  # {name, bytes}
    checks: list[str] = field(default_factory=list)
    command: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A stretch of the whole export; `tell(share)` takes a share of this stretch."""

    write: Write
    start: float = 0.0
    end: float = 1.0

    def tell(self, share: float, message: str) -> None:
        whole = self.start + (self.end - self.start) * min(1.0, max(0.0, share))
        self.write({"type": "progress", "share": round(whole, 4), "message": message})

    def part(self, start: float, end: float) -> Progress:
        length = self.end - self.start
        return Progress(
            write=self.write, start=self.start + length * start, end=self.start + length * end
        )


def write_line(stream: Any) -> Write:
    def write(value: dict[str, Any]) -> None:
        stream.write(json.dumps(value, ensure_ascii=False) + "\n")
        stream.flush()

    return write


def done_line(export: Export) -> dict[str, Any]:
    return {
        "type": "done",
        "path": str(export.path),
        "files": export.files,
        "checks": export.checks,
        "command": export.command,
        "notes": export.notes,
    }


def error_line(kind: str, message: str, remedy: str) -> dict[str, Any]:
    return {"type": "error", "kind": kind, "message": message, "remedy": remedy}


def gigabytes(count: float) -> str:
    """For people: 16.1 GB, 3.2 MB."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{max(count, 1e5) / 1e6:.1f} MB"
