"""The runner's own wish that the trainer stops: by command.json, as the app asks.

Not by a signal: one that arrives in the trainer's first moments, before it listens, would end it
as if it had been killed, and of several processes the launcher would wait only seconds for the
rest. Windows has no such signal at all.
"""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from pathlib import Path

from .atomic_json import write_json


def ask_to_stop(folder: Path, attempt: int) -> None:
    """Raises OSError where the disk is full."""
    path = folder / "command.json"
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found = json.loads(path.read_text("utf-8"))
        # Told to leave without a checkpoint: that must not be taken back.
        if found.get("attempt") == attempt and found.get("action") == "discard":
            return
    command = {"v": 1, "id": str(uuid.uuid4()), "attempt": attempt}
    write_json(path, {**command, "action": "stop", "ts": time.time()})
