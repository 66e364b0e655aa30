"""What tells one process from another that has the same pid later."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

from .command_output import command_output


def boot_id() -> str:
    """The same for all processes since the computer was started, another after that."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    if sys.platform == "darwin":
        return command_output(["sysctl", "-n", "kern.bootsessionuuid"]) or "unknown"
    if os.name == "nt":
        import ctypes

        uptime_ms = ctypes.windll.kernel32.GetTickCount64()
        # The clock may be set while the computer runs: rounded to what a user would not change.
        return str(round((time.time() - uptime_ms / 1000) / 60))
    return "unknown"


def start_time(pid: int) -> str:
    """As the operating system gives it; "unknown" when there is no such process any more."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        # The name in parentheses may hold spaces and parentheses: count from after the last one.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        # A leader that has ended shows as a zombie while other threads still hold its files.
        is_over = fields[0] == "X" or (fields[0] == "Z" and int(fields[17]) <= 1)
        return "unknown" if is_over else fields[19]
    if sys.platform == "darwin":
        return command_output(["ps", "-o", "lstart=", "-p", str(pid)]) or "unknown"
    return "unknown"


def is_alive(process: dict) -> bool:
    """Of a `processIdentitySchema`: that very process, not one with its pid."""
    found = start_time(process["pid"])
    return found != "unknown" and found == process["start_time"]
