"""Run by test_world.py in two processes: each writes what it got from the collectives."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist

from lora_trainer.world import open_world


def main() -> None:
    world = open_world("cpu")
    summed = torch.tensor([1.0, 10.0]) * (world.rank + 1)
    world.sum(summed)

    with_gradient = torch.nn.Parameter(torch.zeros(2, 3))
    with_gradient.grad = torch.full((2, 3), float(world.rank + 1))
    on_one = torch.nn.Parameter(torch.zeros(4))
    if world.is_main:
        on_one.grad = torch.arange(4.0)
    half = torch.nn.Parameter(torch.zeros(2, dtype=torch.bfloat16))
    half.grad = torch.full((2,), 0.5, dtype=torch.bfloat16)
    world.sum_gradients([with_gradient, on_one, half])

    found = {
        "rank": world.rank,
        "size": world.size,
        "local_rank": world.local_rank,
        "sum": summed.tolist(),
        "gradients": [with_gradient.grad.tolist(), on_one.grad.tolist(), half.grad.tolist()],
        "any_of_one": world.any(world.rank == 1),
        "any_of_none": world.any(False),
        "any_in_the_end": world.any(world.rank == 1, is_patient=True),
        "hours": _hours(world.patient_group),
        "local_size": world.local_size,
        "agreed": world.agree({"from": world.rank}),
        "gathered": world.gather(f"of {world.rank}"),
        "mine": list(world.mine(list(range(5)))),
        "turns": world.turns(5),
    }
    copied = torch.nn.Parameter(torch.full((2,), float(world.rank + 7)))
    world.copy_from_first([copied])
    found["copied"] = copied.tolist()
    world.barrier()
    (Path(sys.argv[1]) / f"{world.rank}.json").write_text(json.dumps(found))
    world.close()


def _hours(group: dist.ProcessGroup) -> float:
    return group._get_backend(torch.device("cpu")).options._timeout / timedelta(hours=1)


if __name__ == "__main__":
    main()
