"""Whether torch can use the GPU that is this process's, said in words where it cannot."""

from __future__ import annotations

import torch

from .failures import TrainingFailure


def require_cuda(local_rank: int) -> None:
    """Raises TrainingFailure. `local_rank` is the number of the process's GPU on this machine."""
    if not torch.cuda.is_available():
        is_built_for_cuda = torch.version.cuda is not None
        raise TrainingFailure(
            "cuda_unavailable",
            "The run asks for a GPU, but PyTorch cannot use one"
            + ("." if is_built_for_cuda else ": this build of PyTorch is for the CPU only."),
            "Check the GPU's driver, then start the run again."
            if is_built_for_cuda
            else "Repair the Python environment in Settings, or train on the CPU.",
        )
    count = torch.cuda.device_count()
    if local_rank >= count:
        raise TrainingFailure(
            "cuda_unavailable",
            f"A GPU of the run is not there: its process {local_rank + 1} on this machine wants "
            f"one of its own, and PyTorch finds {count}.",
            "Check with nvidia-smi that all GPUs of the run answer, or choose others.",
        )
