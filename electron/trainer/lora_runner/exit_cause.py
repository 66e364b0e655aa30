"""Why the trainer ended."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

COMPLETED, STOPPED = 0, 10


def oom_kills() -> int | None:
    """How often the kernel has killed for memory, in this cgroup or on this machine."""
    with contextlib.suppress(OSError, IndexError):
        own = Path("/proc/self/cgroup").read_text().strip().rpartition("::")[2].lstrip("/")
        for folder in (Path("/sys/fs/cgroup") / own, Path("/sys/fs/cgroup")):
            with contextlib.suppress(OSError):
                count = _counter((folder / "memory.events").read_text(), "oom_kill")
                if count is not None:
                    return count
    with contextlib.suppress(OSError):
        return _counter(Path("/proc/vmstat").read_text(), "oom_kill")
    return None


def _counter(text: str, name: str) -> int | None:
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return None


def describe_exit(code: int, oom_before: int | None, oom_after: int | None) -> dict:
    """The fields of exit.json that follow from how the trainer ended."""
    if code == COMPLETED:
        return exit_fields(code, None, "completed", "The run is complete.")
    if code == STOPPED:
        return exit_fields(code, None, "stopped", "The run was stopped and can be resumed.")
    if code > 0:
        message = "The trainer failed; its last event and the log say why."
        return exit_fields(code, None, "failed", message)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    was_oom = oom_before is not None and oom_after is not None and oom_after > oom_before
    if name == "SIGKILL" and was_oom:
        message = "The operating system ended the trainer because memory ran out."
        return exit_fields(None, name, "out_of_memory", message)
    return exit_fields(None, name, "killed", f"The trainer was ended from outside ({name}).")


def exit_fields(code: int | None, name: str | None, cause: str, message: str) -> dict:
    return {"exit_code": code, "signal": name, "cause": cause, "message": message}
