"""What another program says, or nothing."""

from __future__ import annotations

import contextlib
import subprocess


def command_output(command: list[str], timeout: float = 5.0) -> str:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        found = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True)
        return found.stdout.strip()
    return ""
