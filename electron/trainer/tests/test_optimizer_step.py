"""When a step's gradients are no use, and when a lower scale of them may help."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from lora_trainer.device import Device
from lora_trainer.optimizer_step import OptimizerStep, StepResult
from lora_trainer.world import SINGLE

HYPER = SimpleNamespace(learning_rate=0.1, weight_decay=0, max_gradient_norm=1, seed=1)


class Trained:
    """One weight whose gradient, scaled, is not finite (`instead`) from a `limit` on."""

    def __init__(self, precision: str, instead: float, limit: float = 0) -> None:
        self.weight = torch.nn.Parameter(torch.ones(2))
        self.weight.register_hook(lambda g: torch.where(g > limit, instead, g))
        self.step = OptimizerStep(
            hyper=HYPER,
            world=SINGLE,
            device=Device(torch_device=torch.device("cpu"), name="CPU", precision=precision),
            model=SimpleNamespace(trainable=lambda: [self.weight]),
            loss=SimpleNamespace(sum=lambda _: self.weight.float().sum()),
            raise_on_stop=lambda: None,
        )

    def run(self) -> StepResult:
        turn = SimpleNamespace(tokens=1, label_tokens=1, counts=True)
        return self.step.run(0, 0.1, SimpleNamespace(step=lambda: [(turn, None)]))


@pytest.mark.parametrize("instead", [float("nan"), float("inf")])
def test_fp16_gradients_that_no_scale_helps_end_the_run(instead: float) -> None:
    trained = Trained("fp16", instead)
    sound = 0
    while trained.run().is_sound:
        sound += 1
        assert sound < 100
    # From 2¹⁶ down to 1.
    assert sound == 16
    assert trained.weight.tolist() == [1, 1]


def test_fp16_gradients_that_overflow_once_are_left_out() -> None:
    trained = Trained("fp16", float("inf"), limit=2**13)
    assert all(trained.run().is_sound for _ in range(3))
    assert trained.step.scaler.get_scale() == 2**13
    assert trained.weight.tolist() == [1, 1]
    assert trained.run().is_sound
    assert max(trained.weight.tolist()) < 1


def test_without_a_scaler_they_end_it_at_once() -> None:
    assert not Trained("fp32", float("nan")).run().is_sound
