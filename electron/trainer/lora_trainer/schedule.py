"""The learning rate as a function of the step: nothing to save, nothing to restore."""

from __future__ import annotations

import math

from .config import Hyperparameters


def learning_rate_at(step: int, total_steps: int, hyper: Hyperparameters) -> float:
    """Of the step with this 0-based number. Warm-up is linear and its first step is not 0."""
    warmup = warmup_steps_of(total_steps, hyper)
    if step < warmup:
        return hyper.learning_rate * (step + 1) / (warmup + 1)
    if hyper.schedule == "constant":
        return hyper.learning_rate
    # The last step still learns: the rate reaches 0 only after it.
    share = (step - warmup) / max(1, total_steps - warmup)
    if hyper.schedule == "linear":
        return hyper.learning_rate * (1 - share)
    return hyper.learning_rate * 0.5 * (1 + math.cos(math.pi * share))


def warmup_steps_of(total_steps: int, hyper: Hyperparameters) -> int:
    """`warmup_steps` where it is given (it may be more than the run has), else the share."""
    if hyper.warmup_steps is not None:
        return hyper.warmup_steps
    return math.ceil(hyper.warmup_share * total_steps)
