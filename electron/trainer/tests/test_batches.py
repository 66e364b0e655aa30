from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from lora_trainer.batches import BatchPlan


@dataclass
class Lengths:
    lengths: np.ndarray


ROWS = np.arange(5, 106)


def plan(seed: int = 1, batch_size: int = 4, accumulation: int = 3) -> BatchPlan:
    lengths = np.random.Generator(np.random.PCG64(0)).integers(10, 500, 200)
    return BatchPlan(
        Lengths(lengths), ROWS, batch_size=batch_size, accumulation=accumulation, seed=seed
    )


def epoch_of(batches: BatchPlan, epoch: int) -> list[list[int]]:
    first = epoch * batches.steps_per_epoch
    steps = range(first, first + batches.steps_per_epoch)
    return [rows.tolist() for step in steps for rows in batches.micro_batches(step)]


def test_every_row_comes_once_an_epoch() -> None:
    batches = plan()
    assert batches.steps_per_epoch == 9  # 101 rows, 26 micro-batches
    for epoch in range(3):
        seen = [row for batch in epoch_of(batches, epoch) for row in batch]
        assert sorted(seen) == ROWS.tolist()


def test_order_depends_on_seed_and_epoch_alone() -> None:
    batches = plan()
    later = epoch_of(batches, 2)
    assert epoch_of(plan(), 2) == later  # without going through epochs 0 and 1
    assert epoch_of(batches, 0) != later
    assert epoch_of(plan(seed=2), 2) != later


def test_rows_of_a_micro_batch_are_of_like_length() -> None:
    lengths = np.random.Generator(np.random.PCG64(0)).integers(10, 500, 5000)
    rows = np.arange(5000)
    batches = BatchPlan(Lengths(lengths), rows, batch_size=8, accumulation=1, seed=1)
    spread = [np.ptp(lengths[batches.micro_batches(step)[0]]) for step in range(100)]
    assert np.mean(spread) < 40  # unsorted: about 380


@pytest.mark.parametrize(
    ("epochs", "max_steps", "expected"),
    [(1, None, 9), (3, None, 27), (0.5, None, 5), (0.001, None, 1), (1 / 3, None, 3), (3, 10, 10)],
)
def test_total_steps(epochs: float, max_steps: int | None, expected: int) -> None:
    assert plan().total_steps(epochs, max_steps) == expected


def test_processes_share_a_step_of_as_many_micro_batches() -> None:
    lengths = np.random.Generator(np.random.PCG64(0)).integers(10, 500, 200)
    options = {"batch_size": 4, "seed": 1}
    two = BatchPlan(Lengths(lengths), ROWS, accumulation=3, world_size=2, **options)
    one = BatchPlan(Lengths(lengths), ROWS, accumulation=6, **options)
    assert two.steps_per_epoch == one.steps_per_epoch == 5
    assert epoch_of(two, 1) == epoch_of(one, 1)
    assert len(two.micro_batches(0)) == 6
    assert len(two.micro_batches(4)) == 26 - 4 * 6  # the rest of the epoch


def test_longest_micro_batch_is_as_long_as_any() -> None:
    batches = plan()
    lengths = batches._lengths
    longest = batches.longest_micro_batch()
    assert len(longest) == 4 and set(longest) <= set(ROWS)
    for epoch in range(3):
        for rows in epoch_of(batches, epoch):
            assert lengths[rows].max() <= lengths[longest].max()
            assert lengths[rows].sum() <= lengths[longest].sum()
