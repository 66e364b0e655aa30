"""What is told of a step: the `step` event, and now and then a line for people."""

from __future__ import annotations

import time

from .device import Device
from .events import EventWriter, log
from .memory import peak_memory_mb
from .optimizer_step import StepResult
from .position import Position

_LOG_EVERY_SECONDS = 2.0


class StepReport:
    def __init__(self, events: EventWriter, device: Device, total_steps: int) -> None:
        self._events = events
        self._device = device
        self._total_steps = total_steps
        self._logged_at = float("-inf")

    def write(self, position: Position, learning_rate: float, result: StepResult) -> None:
        tokens_per_second = result.tokens / result.seconds
        self._events.write(
            "step",
            step=position.step,
            epoch=position.epoch,
            loss=result.loss,
            learning_rate=learning_rate,
            grad_norm=result.gradient_norm,
            tokens=position.tokens,
            tokens_per_second=tokens_per_second,
            step_ms=result.seconds * 1000,
            # Of this step alone (CUDA), or the process's highest so far (CPU).
            memory_mb=peak_memory_mb(self._device.torch_device),
        )
        now = time.monotonic()
        if now - self._logged_at < _LOG_EVERY_SECONDS and position.step != self._total_steps:
            return
        self._logged_at = now
        log(
            f"step {position.step}/{self._total_steps}  loss {result.loss:.4f}  "
            f"learning rate {learning_rate:.3g}  gradient norm {result.gradient_norm:.3f}  "
            f"{tokens_per_second:,.0f} tokens/s"
        )
