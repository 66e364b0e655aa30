"""What this process computes in each step: its micro-batches, built ahead of their use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from .batches import Batch, BatchPlan
from .prefetch import Prefetcher
from .token_cache import TokenStore
from .world import World


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One micro-batch of one process. The sums are those of the whole step, over all processes."""

    rows: np.ndarray
    # A repeat that keeps a process with a shorter share in step with the others counts nothing.
    counts: bool
    is_last: bool
    label_tokens: int
    tokens: int


class StepFeed:
    """Goes through `steps` in their order. Which rows a step has hangs on the plan alone."""

    def __init__(
        self,
        plan: BatchPlan,
        store: TokenStore,
        world: World,
        make: Callable[[np.ndarray], Batch],
        steps: range,
    ) -> None:
        self._resources = ExitStack()
        turns = (
            turn for step in steps for turn in turns_of(plan.micro_batches(step), store, world)
        )
        prefetcher = Prefetcher(lambda turn: (turn, make(turn.rows)), turns)
        self._batches: Iterator[tuple[Turn, Batch]] = iter(
            self._resources.enter_context(prefetcher)
        )

    def close(self) -> None:
        self._resources.close()

    def step(self) -> Iterator[tuple[Turn, Batch]]:
        """The turns of the next step."""
        for turn, batch in self._batches:
            yield turn, batch
            if turn.is_last:
                return


def turns_of(windows: list[np.ndarray], store: TokenStore, world: World) -> list[Turn]:
    label_tokens = sum(int(store.label_counts[rows].sum()) for rows in windows)
    tokens = sum(int(store.lengths[rows].sum()) for rows in windows)
    mine = list(world.mine(windows))
    needed = world.turns(len(windows))
    repeats = [windows[0]] * (needed - len(mine))
    return [
        Turn(
            rows=rows,
            counts=at < len(mine),
            is_last=at == needed - 1,
            label_tokens=label_tokens,
            tokens=tokens,
        )
        for at, rows in enumerate([*mine, *repeats])
    ]
