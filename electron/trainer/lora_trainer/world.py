"""The processes that train one run together: what they add up, agree on and share out.

One process trains on one device. Every process holds all trained weights, whole (only frozen
weights are ever sharded, see sharding.py): gradients are summed once per step, after which all
processes make the same update, and what the main one saves is complete.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from .require_cuda import require_cuda

# Others wait this long. The launcher ends all processes as soon as one of its machine's dies, so
# that this bounds only the silent loss of another machine.
_PATIENCE = timedelta(hours=1)
# And this long while the main process prepares what all use: a large corpus takes hours.
_PATIENCE_WITH_PREPARATION = timedelta(hours=24)

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class World:
    """With one process everything here does nothing, or gives back what it was given.

    All methods but `mine` and `turns` are collective: every process must call them, in one order.
    """

    rank: int
    size: int
    local_rank: int  # among the processes of this machine: the number of its GPU
    local_size: int = 1  # processes of this machine
    # That waits for preparations; None: there is only one process.
    patient_group: dist.ProcessGroup | None = None

    @property
    def is_main(self) -> bool:
        """Whether this process writes: the first of each machine, into its own run folder."""
        return self.local_rank == 0

    def sum(self, tensor: torch.Tensor) -> None:
        """Adds up the processes' tensors, in place, on all of them."""
        if self.size > 1:
            dist.all_reduce(tensor)

    def any(self, flag: bool, *, is_patient: bool = False) -> bool:
        """Whether it holds on any process. Does not wait for the GPU. `is_patient`: where one may
        come hours after the others."""
        if self.size == 1:
            return flag
        found = torch.tensor([int(flag)])
        dist.all_reduce(
            found, op=dist.ReduceOp.MAX, group=self.patient_group if is_patient else None
        )
        return bool(found.item())

    def agree(self, value: Any) -> Any:
        """The first process's value (anything that can be pickled), on all processes."""
        if self.size == 1:
            return value
        box = [value if self.rank == 0 else None]
        dist.broadcast_object_list(box, src=0, device=torch.device("cpu"))
        return box[0]

    def gather(self, value: Any) -> list[Any]:
        """The values of all processes (anything that can be pickled) by rank, on all of them."""
        if self.size == 1:
            return [value]
        found: list[Any] = [None] * self.size
        # Not all_gather_object: with NCCL it would take the way over the GPU.
        for rank in range(self.size):
            box = [value if self.rank == rank else None]
            dist.broadcast_object_list(box, src=rank, device=torch.device("cpu"))
            found[rank] = box[0]
        return found

    def copy_from_first(self, tensors: Iterable[torch.Tensor]) -> None:
        """Gives all processes the first one's values, in place."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor.detach(), src=0)

    def barrier(self) -> None:
        """Waits until all processes are here."""
        self.any(False)

    def sum_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Adds up the processes' gradients: one message for each dtype.

        A parameter without a gradient on this process counts as zero and gets one.
        """
        if self.size == 1:
            return
        by_dtype: dict[torch.dtype, list[torch.Tensor]] = {}
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            by_dtype.setdefault(parameter.grad.dtype, []).append(parameter.grad)
        for gradients in by_dtype.values():
            flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
            dist.all_reduce(flat)
            parts = flat.split([gradient.numel() for gradient in gradients])
            torch._foreach_copy_(
                gradients,
                [part.view_as(to) for part, to in zip(parts, gradients, strict=True)],
            )

    def mine(self, items: Sequence[Item]) -> Sequence[Item]:
        """This process's share, dealt like cards; some shares may be one shorter (see `turns`)."""
        return items[self.rank :: self.size]

    def turns(self, count: int) -> int:
        """The size of the largest share of `count` items.

        A process with a shorter share still has to run as many forwards, and backwards when
        training (on a repeat that counts nothing): sharded weights are gathered by all at once.
        """
        return -(-count // self.size)

    def close(self) -> None:
        if self.size > 1 and dist.is_initialized():
            dist.destroy_process_group()


SINGLE = World(rank=0, size=1, local_rank=0)


def open_world(device_kind: str) -> World:
    """Joins the other processes where `torch.distributed.run` has started this one with some.

    `device_kind` is "cpu" or "cuda". On CUDA the process's own device becomes the current one.
    Raises TrainingFailure when it is not there.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return SINGLE
    local_rank = int(os.environ["LOCAL_RANK"])
    backend = "gloo"
    if device_kind == "cuda":
        require_cuda(local_rank)
        torch.cuda.set_device(local_rank)
        if sys.platform != "win32":  # where there is no NCCL
            backend = "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, timeout=_PATIENCE)
    return World(
        rank=int(os.environ["RANK"]),
        size=size,
        local_rank=local_rank,
        local_size=int(os.environ.get("LOCAL_WORLD_SIZE", "1")),
        patient_group=dist.new_group(backend="gloo", timeout=_PATIENCE_WITH_PREPARATION),
    )
