"""`left @ right.T` in float32 on the CPU, by the quicker of the two libraries that torch has."""

from __future__ import annotations

import platform
from collections.abc import Callable

import torch

# left [rows, width], right [columns, width], either of them transposed in memory or not.
Product = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def torch_product(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    return torch.mm(left, right.t())


def onednn_product(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    return torch.ops.mkldnn._linear_pointwise(left, right, None, "none", [], "")


def choose_product() -> Product:
    """By what the machine is, never by a measurement: a resumed run must compute the same.

    torch multiplies by MKL, which on other processors than Intel's leaves their widest instructions
    alone (measured on an AMD Zen 5: 0.4 times the rate of oneDNN, which torch also brings along).
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return torch_product
    if not torch.backends.mkldnn.is_available():
        return torch_product
    try:
        found = onednn_product(torch.ones(3, 5), torch.ones(5, 2).t())
    except (AttributeError, RuntimeError):  # it is not a documented operation of torch
        return torch_product
    return onednn_product if torch.equal(found, torch.full((3, 2), 5.0)) else torch_product
