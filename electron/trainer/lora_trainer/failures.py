"""Failures that end a run with one sentence and one remedy instead of a traceback."""

from __future__ import annotations

import errno
from dataclasses import dataclass


class TrainingFailure(Exception):
    """Expected: the user can act on it. `kind` is a stable name that the app may switch on."""

    def __init__(self, kind: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.remedy = remedy


class StopRequested(Exception):
    """Raised where a stop is noticed; the work since the last whole step is thrown away."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    kind: str
    message: str
    remedy: str


def explain(error: BaseException) -> Explanation:
    """What to tell the user about an exception that may come from anywhere in the libraries."""
    if isinstance(error, TrainingFailure):
        return Explanation(kind=error.kind, message=error.message, remedy=error.remedy)
    text = str(error)
    if type(error).__name__ == "OutOfMemoryError" or "CUDA out of memory" in text:
        return Explanation(
            kind="out_of_memory",
            message="The GPU ran out of memory.",
            remedy="Lower the batch size or the sequence length, switch gradient checkpointing on, "
            "or choose a smaller base model; raise accumulation to keep the effective batch.",
        )
    if isinstance(error, MemoryError) or "can't allocate memory" in text:
        return Explanation(
            kind="out_of_memory",
            message="The computer ran out of memory.",
            remedy="Close other programs, lower the batch size or the sequence length, "
            "or choose a smaller base model.",
        )
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in text:
        return Explanation(
            kind="disk_full",
            message="The disk that holds the run folder is full.",
            remedy="Free some space and resume: the run goes on from its newest checkpoint.",
        )
    if isinstance(error, PermissionError):
        return Explanation(
            kind="permission_denied",
            message=f"A file may not be read or written: {error.filename}.",
            remedy="Give your user access to that path and resume.",
        )
    first_line = text.splitlines()[0] if text else "no further details"
    return Explanation(
        kind="unexpected",
        message=f"The trainer failed unexpectedly ({type(error).__name__}): {first_line}",
        remedy="The log has the details. Resume to try again from the newest checkpoint.",
    )
