"""JSON files that are whole at any time."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path


def write_json(path: Path, value: dict) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(value, file, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    for _ in range(20):
        try:
            os.replace(beside, path)
            return
        except PermissionError:  # on Windows, while a reader has the old one open
            time.sleep(0.05)
    os.replace(beside, path)
