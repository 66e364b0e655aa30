"""What is due after which step."""

from __future__ import annotations

from .config import Hyperparameters


class Intervals:
    def __init__(self, hyper: Hyperparameters, total_steps: int) -> None:
        tenth = max(1, total_steps // 10)
        self._total_steps = total_steps
        self._evaluation = hyper.evaluate_every_steps or tenth
        self._checkpoint = hyper.checkpoint_every_steps or tenth
        self._sample = hyper.sample_every_steps or self._evaluation

    def is_evaluation_due(self, step: int) -> bool:
        return step == self._total_steps or step % self._evaluation == 0

    def is_sample_due(self, step: int) -> bool:
        return step == self._total_steps or step % self._sample == 0

    def is_checkpoint_due(self, step: int) -> bool:
        return step == self._total_steps or step % self._checkpoint == 0
