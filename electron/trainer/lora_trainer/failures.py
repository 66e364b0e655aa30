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


class PeerFailed(Exception):
    """Another process of the run has failed and says so; this one only leaves."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    kind: str
    message: str
    remedy: str


_GPU_OUT_OF_MEMORY = Explanation(
    kind="out_of_memory",
    message="The GPU ran out of memory.",
    remedy="Lower the batch size or the sequence length, switch gradient checkpointing on, "
    "or choose a smaller base model; raise accumulation to keep the effective batch.",
)
_HOST_OUT_OF_MEMORY = Explanation(
    kind="out_of_memory",
    message="The computer ran out of memory.",
    remedy="Close other programs, lower the batch size or the sequence length, "
    "or choose a smaller base model.",
)
_DISK_FULL = Explanation(
    kind="disk_full",
    message="The disk that holds the run folder is full.",
    remedy="Free some space and resume: the run goes on from its newest checkpoint.",
)
_UNKNOWN_GPU = Explanation(
    kind="environment_broken",
    message="PyTorch has no code for this GPU.",
    remedy="Repair the Python environment in Settings: this PyTorch does not know this GPU.",
)
# Begins with "CUDA error" too, but the GPU is well.
_NO_KERNEL_TEXT = "no kernel image is available"
_NOT_DETERMINISTIC_TEXT = "does not have a deterministic implementation"
_GPU_OUT_OF_MEMORY_TEXTS = (
    "CUDA out of memory",
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)
_HOST_OUT_OF_MEMORY_TEXTS = ("can't allocate memory", "Cannot allocate memory", "os error 12")
# torch.save reports a full disk as a failed write; safetensors gives the number alone.
_DISK_FULL_TEXTS = (
    "No space left on device",
    "os error 28",
    "PytorchStreamWriter failed writing",
    "There is not enough space on the disk",
)
# The driver's and NCCL's words for a device that does not answer any more.
_LOST_GPU_TEXTS = (
    "CUDA error",
    "CUDA driver error",
    "GPU is lost",
    "fallen off the bus",
    "CUBLAS_STATUS_",
    "CUDNN_STATUS_",
    "NCCL error",
    "NCCL watchdog",
)


def is_gpu_out_of_memory(error: BaseException) -> bool:
    text = str(error)
    return type(error).__name__ == "OutOfMemoryError" or any(
        part in text for part in _GPU_OUT_OF_MEMORY_TEXTS
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Of the GPU or of the computer."""
    text = str(error)
    return (
        is_gpu_out_of_memory(error)
        or isinstance(error, MemoryError)
        or any(part in text for part in _HOST_OUT_OF_MEMORY_TEXTS)
    )


def is_disk_full(error: BaseException) -> bool:
    text = str(error)
    return getattr(error, "errno", None) == errno.ENOSPC or any(
        part in text for part in _DISK_FULL_TEXTS
    )


def explain(error: BaseException) -> Explanation:
    """What to tell the user about an exception that may come from anywhere in the libraries."""
    if isinstance(error, TrainingFailure):
        return Explanation(kind=error.kind, message=error.message, remedy=error.remedy)
    text = str(error)
    first_line = text.strip().splitlines()[0] if text.strip() else "no further details"
    if _NO_KERNEL_TEXT in text:
        return _UNKNOWN_GPU
    if _NOT_DETERMINISTIC_TEXT in text:
        return Explanation(
            kind="not_deterministic",
            message=f"A part of this model cannot be computed deterministically: {first_line}",
            remedy="Switch `deterministic` off and start the run again.",
        )
    if is_gpu_out_of_memory(error):
        return _GPU_OUT_OF_MEMORY
    if is_out_of_memory(error):
        return _HOST_OUT_OF_MEMORY
    if is_disk_full(error):
        return _DISK_FULL
    if any(part in text for part in _LOST_GPU_TEXTS) or type(error).__name__ == "AcceleratorError":
        return Explanation(
            kind="gpu_lost",
            message=f"The GPU or its driver failed: {first_line}",
            remedy="Look at the driver's messages (nvidia-smi, dmesg: lines with “Xid”), check "
            "temperature and power, and restart the computer if the GPU does not answer. Then "
            "resume: the run goes on from its newest checkpoint.",
        )
    if isinstance(error, PermissionError):
        return Explanation(
            kind="permission_denied",
            message=f"A file may not be read or written: {error.filename}.",
            remedy="Give your user access to that path and resume.",
        )
    return Explanation(
        kind="unexpected",
        message=f"The trainer failed unexpectedly ({type(error).__name__}): {first_line}",
        remedy="The log has the details. Resume to try again from the newest checkpoint.",
    )
