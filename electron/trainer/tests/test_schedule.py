from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import make_run_folder

from lora_trainer.config import Hyperparameters, read_config
from lora_trainer.schedule import learning_rate_at

Rates = Callable[..., list[float]]


@pytest.fixture
def hyper(tmp_path: Path) -> Hyperparameters:
    folder = make_run_folder(tmp_path, model=tmp_path)
    return replace(read_config(folder).hyperparameters, learning_rate=1.0)


@pytest.fixture
def rates(hyper: Hyperparameters) -> Rates:
    def found(schedule: str, warmup_share: float, total: int = 10) -> list[float]:
        settings = replace(hyper, schedule=schedule, warmup_share=warmup_share)
        return [learning_rate_at(step, total, settings) for step in range(total)]

    return found


def test_constant_with_warm_up(rates: Rates) -> None:
    assert rates("constant", 0.3)[:5] == pytest.approx([0.25, 0.5, 0.75, 1, 1])


def test_linear(rates: Rates) -> None:
    assert rates("linear", 0) == pytest.approx([1 - step / 10 for step in range(10)])


def test_cosine_is_half_way_in_the_middle_and_above_zero_at_the_end(rates: Rates) -> None:
    values = rates("cosine", 0)
    assert values[0] == 1
    assert values[5] == pytest.approx(0.5)
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0


@pytest.mark.parametrize("schedule", ["cosine", "linear", "constant"])
def test_warm_up_may_be_the_whole_run(rates: Rates, schedule: str) -> None:
    assert rates(schedule, 1.0) == pytest.approx([(step + 1) / 11 for step in range(10)])


def test_warm_up_in_steps_takes_the_place_of_the_share(hyper: Hyperparameters) -> None:
    hyper = replace(hyper, schedule="constant", warmup_share=0.9, warmup_steps=2)
    found = [learning_rate_at(step, 10, hyper) for step in range(4)]
    assert found == pytest.approx([1 / 3, 2 / 3, 1, 1])
    assert learning_rate_at(0, 10, replace(hyper, warmup_steps=0)) == 1


def test_warm_up_may_be_longer_than_the_run(hyper: Hyperparameters) -> None:
    hyper = replace(hyper, schedule="cosine", warmup_steps=99)
    assert [learning_rate_at(step, 3, hyper) for step in range(3)] == pytest.approx(
        [0.01, 0.02, 0.03]
    )


def test_one_step(rates: Rates) -> None:
    assert rates("cosine", 0, 1) == [1.0]
