"""One optimiser step: forward and backward of every micro-batch, clipped, applied.

The loss is the mean over the label tokens of the whole step, wherever its micro-batches ran: every
micro-batch's sum is divided by the step's count before the backward pass, and the gradients are
summed over the processes once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from .batches import Batch
from .config import Hyperparameters
from .device import Device
from .loss import LabelLoss
from .memory import begin_peak
from .model import AdaptedModel
from .random_state import seed_all
from .step_feed import StepFeed
from .world import World


@dataclass(frozen=True, kw_only=True)
class StepResult:
    loss: float
    gradient_norm: float
    is_sound: bool  # else nothing was learnt: loss or gradients are not finite
    tokens: int
    label_tokens: int
    seconds: float


class OptimizerStep:
    def __init__(
        self,
        *,
        hyper: Hyperparameters,
        world: World,
        device: Device,
        model: AdaptedModel,
        loss: LabelLoss,
        raise_on_stop: Callable[[], None],
    ) -> None:
        self._hyper = hyper
        self._world = world
        self._device = device
        self._loss = loss
        self._raise_on_stop = raise_on_stop
        self._trainable = model.trainable()
        self.optimizer = torch.optim.AdamW(
            self._trainable, lr=hyper.learning_rate, weight_decay=hyper.weight_decay, fused=True
        )
        self.scaler = torch.amp.GradScaler(
            device.torch_device.type, enabled=device.precision == "fp16"
        )

    def run(self, step: int, learning_rate: float, feed: StepFeed) -> StepResult:
        """Raises StopRequested between micro-batches; the step's gradients are then thrown away."""
        started = time.perf_counter()
        device = self._device.torch_device
        begin_peak(device)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        if self._world.size > 1:
            # Each process's generators are a function of the step: no checkpoint has to hold them.
            seed_all(seed_of(self._hyper.seed, step, self._world.rank))
        self.optimizer.zero_grad(set_to_none=True)
        loss_sum = torch.zeros((), device=device)
        tokens = label_tokens = 0
        for turn, batch in feed.step():
            if self._world.size == 1:  # several agree once per step, before it
                self._raise_on_stop()
            tokens, label_tokens = turn.tokens, turn.label_tokens
            loss = self.backward(batch, turn.label_tokens, is_counted=turn.counts)
            if turn.counts:
                loss_sum += loss
        self._world.sum(loss_sum)
        self._world.sum_gradients(self._trainable)
        self.scaler.unscale_(self.optimizer)
        norm = torch.nn.utils.clip_grad_norm_(self._trainable, self._hyper.max_gradient_norm)
        # The one place in a step that waits for the GPU.
        summed, gradient_norm = torch.stack([loss_sum, norm.to(loss_sum)]).tolist()
        mean = summed / label_tokens
        is_sound = math.isfinite(mean) and (
            math.isfinite(gradient_norm) or self._may_have_overflowed()
        )
        if is_sound:
            # With fp16 the scaler leaves out a step whose gradients overflowed, and scales lower.
            self.scaler.step(self.optimizer)
            self.scaler.update()
        return StepResult(
            loss=mean,
            gradient_norm=gradient_norm,
            is_sound=is_sound,
            tokens=tokens,
            label_tokens=label_tokens,
            seconds=time.perf_counter() - started,
        )

    def _may_have_overflowed(self) -> bool:
        """Whether a lower scale of the fp16 gradients may help. Waits for the GPU."""
        return self.scaler.is_enabled() and self.scaler.get_scale() > 1

    def backward(self, batch: Batch, label_tokens: int, *, is_counted: bool) -> torch.Tensor:
        """Adds the batch's share of the step to the gradients; returns its summed loss."""
        with self._device.autocast():
            loss = self._loss.sum(batch)
        scaled = self.scaler.scale(loss / label_tokens)
        (scaled if is_counted else scaled * 0).backward()
        return loss.detach()


def seed_of(seed: int, step: int, rank: int) -> int:
    """Different for every step and process (SplitMix64's finaliser, cut to 63 bits)."""
    mixed = (seed * 0x9E3779B97F4A7C15 + step * 0x2545F4914F6CDD1D + rank) & (2**64 - 1)
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
    return (mixed ^ (mixed >> 31)) >> 1
