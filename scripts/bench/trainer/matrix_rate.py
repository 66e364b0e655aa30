"""`python matrix_rate.py --device cpu|cuda --shape NAME --tokens N --is-checkpointed 0|1`

Prints how many floating-point operations a second this device does in a large matrix product, and
how many a token costs in LoRA training of this shape.
"""

from __future__ import annotations

import argparse
import json
import time

import torch
from shapes import SHAPES

_SECONDS = 3.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", choices=("cpu", "cuda"), required=True)
    parser.add_argument("--shape", choices=SHAPES, required=True)
    parser.add_argument("--tokens", type=int, required=True)
    parser.add_argument("--is-checkpointed", type=int, required=True)
    arguments = parser.parse_args()
    is_cuda = arguments.device == "cuda"
    size, dtype = (8192, torch.bfloat16) if is_cuda else (2048, torch.float32)
    left, right = (torch.randn(size, size, device=arguments.device, dtype=dtype) for _ in range(2))
    best, end = float("inf"), time.perf_counter() + _SECONDS
    while time.perf_counter() < end:
        begun = time.perf_counter()
        for _ in range(10 if is_cuda else 1):
            torch.mm(left, right)
        if is_cuda:
            torch.cuda.synchronize()
        best = min(best, (time.perf_counter() - begun) / (10 if is_cuda else 1))
    cost = SHAPES[arguments.shape].flops_per_token(
        arguments.tokens, is_checkpointed=bool(arguments.is_checkpointed)
    )
    device = torch.cuda.get_device_name() if is_cuda else "CPU"
    rate = 2 * size**3 / best
    print(json.dumps({"device": device, "flops_per_second": rate, "flops_per_token": cost}))


if __name__ == "__main__":
    main()
