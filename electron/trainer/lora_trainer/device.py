"""The device of this process and the precision that it computes in."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import torch

from .config import RunConfig
from .require_cuda import require_cuda
from .world import SINGLE, World

Warn = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class Device:
    torch_device: torch.device
    name: str
    precision: str  # bf16, fp16 or fp32

    @property
    def dtype(self) -> torch.dtype:
        """Of the base model's weights and of what is computed from them."""
        named = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
        return named[self.precision]

    def autocast(self) -> torch.autocast:
        dtype = torch.float16 if self.precision == "fp16" else torch.bfloat16
        return torch.autocast(self.torch_device.type, dtype=dtype, enabled=self.precision != "fp32")


def choose_device(config: RunConfig, warn: Warn, world: World = SINGLE) -> Device:
    """Raises TrainingFailure when a GPU is asked for and torch cannot use one."""
    _set_kernels(config.hyperparameters.deterministic)
    asked = config.hyperparameters.precision
    if config.device_kind == "cpu":
        if asked == "fp16":
            warn("precision_changed", "fp16 needs a GPU; on the CPU the run uses fp32.")
        precision = "bf16" if asked == "bf16" else "fp32"
        return Device(torch_device=torch.device("cpu"), name="CPU", precision=precision)
    require_cuda(world.local_rank)
    device = torch.device("cuda", world.local_rank)
    torch.cuda.set_device(device)
    has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    precision = asked
    if asked == "auto":
        precision = "bf16" if has_bf16 else "fp32"
    elif asked == "bf16" and not has_bf16:
        precision = "fp16"
        warn("precision_changed", "This GPU has no bf16; the run uses fp16.")
    name = torch.cuda.get_device_name(device)
    if world.size > 1:
        name = f"{world.size} × {name}"
    return Device(torch_device=device, name=name, precision=precision)


def _set_kernels(is_deterministic: bool) -> None:
    if is_deterministic:
        # cuBLAS has to have been told before its first use, or torch refuses to multiply.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(is_deterministic)
    # No TF32: under autocast what is still multiplied in float32 are the angles of the rotary
    # positions, whose last digits matter, and a run in fp32 has asked for fp32.
    torch.set_float32_matmul_precision("highest")
