"""Where a run stands and what it has seen: all of its progress that is not a tensor."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Position:
    fingerprint: str  # of the configuration, see RunConfig.fingerprint
    step: int = 0  # optimiser steps done
    epoch: float = 0.0
    tokens: int = 0
    label_tokens: int = 0
    seconds: float = 0.0  # spent on steps, over all attempts
    first_loss: float | None = None
    last_loss: float | None = None
    evaluated_step: int = 0
    validation_loss: float | None = None
    best_step: int | None = None
    best_loss: float | None = None
    evaluations_without_improvement: int = 0
    sampled_step: int = 0
    packages: dict[str, str] = field(default_factory=dict)  # with which the last step was made
    processes: int | None = None  # that trained together; None: from before this was noted

    def after_step(
        self, *, epoch: float, tokens: int, label_tokens: int, seconds: float, loss: float
    ) -> Position:
        return replace(
            self,
            step=self.step + 1,
            epoch=epoch,
            tokens=self.tokens + tokens,
            label_tokens=self.label_tokens + label_tokens,
            seconds=self.seconds + seconds,
            first_loss=loss if self.step == 0 else self.first_loss,
            last_loss=loss,
        )

    def is_improved_by(self, loss: float) -> bool:
        return math.isfinite(loss) and (self.best_loss is None or loss < self.best_loss)

    def after_evaluation(self, loss: float) -> Position:
        evaluated = replace(self, evaluated_step=self.step, validation_loss=loss)
        if not self.is_improved_by(loss):
            waited = self.evaluations_without_improvement + 1
            return replace(evaluated, evaluations_without_improvement=waited)
        return replace(
            evaluated, best_step=self.step, best_loss=loss, evaluations_without_improvement=0
        )

    def is_patience_spent(self, patience: int | None) -> bool:
        return patience is not None and self.evaluations_without_improvement >= patience
