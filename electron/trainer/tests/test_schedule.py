from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import HYPERPARAMETERS

from lora_trainer.config import Hyperparameters
from lora_trainer.schedule import learning_rate_at

HYPER = replace(Hyperparameters(**HYPERPARAMETERS), learning_rate=1.0)


def rates(schedule: str, warmup_share: float, total: int = 10) -> list[float]:
    hyper = replace(HYPER, schedule=schedule, warmup_share=warmup_share)
    return [learning_rate_at(step, total, hyper) for step in range(total)]


def test_constant_with_warm_up() -> None:
    assert rates("constant", 0.3)[:5] == pytest.approx([0.25, 0.5, 0.75, 1, 1])


def test_linear() -> None:
    assert rates("linear", 0) == pytest.approx([1 - step / 10 for step in range(10)])


def test_cosine_is_half_way_in_the_middle_and_above_zero_at_the_end() -> None:
    values = rates("cosine", 0)
    assert values[0] == 1
    assert values[5] == pytest.approx(0.5)
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0


@pytest.mark.parametrize("schedule", ["cosine", "linear", "constant"])
def test_warm_up_may_be_the_whole_run(schedule: str) -> None:
    assert rates(schedule, 1.0) == pytest.approx([(step + 1) / 11 for step in range(10)])


def test_one_step() -> None:
    assert rates("cosine", 0, 1) == [1.0]
