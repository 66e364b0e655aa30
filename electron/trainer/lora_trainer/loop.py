"""The training loop: steps, evaluations and checkpoints, resumable at every step.

    step:  micro-batch × accumulation ─▶ clip ─▶ AdamW ─▶ position and generators are taken
    then:  evaluate? ─▶ checkpoint?          (in this order: a checkpoint knows the evaluation)

A stop in the middle of a step throws that step's gradients away; the generators taken after the
last whole step go into the checkpoint, so a resumed run repeats the step bit for bit.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import torch

from . import random_state
from .batches import BatchPlan, make_batch
from .checkpoint import Checkpoints, Position
from .config import Hyperparameters
from .dataset import PreparedData
from .evaluate import Evaluator
from .events import EventWriter, log
from .failures import StopRequested, TrainingFailure
from .loss import LabelLoss
from .memory import peak_memory_mb
from .model import AdaptedModel, Device
from .schedule import learning_rate_at
from .stop import Requests

_LOG_EVERY_SECONDS = 2.0


class TrainingLoop:
    def __init__(
        self,
        *,
        hyper: Hyperparameters,
        fingerprint: str,
        data: PreparedData,
        model: AdaptedModel,
        device: Device,
        vocabulary_size: int,
        pad_id: int,
        events: EventWriter,
        requests: Requests,
        checkpoints: Checkpoints,
    ) -> None:
        self._hyper = hyper
        self._store = data.store
        self._model = model
        self._device = device
        self._pad_id = pad_id
        self._events = events
        self._requests = requests
        self._checkpoints = checkpoints
        self._batches = BatchPlan(
            data.store,
            data.train,
            batch_size=hyper.batch_size,
            accumulation=hyper.gradient_accumulation_steps,
            seed=hyper.seed,
        )
        self.total_steps = self._batches.total_steps(hyper.epochs, hyper.max_steps)
        tenth = max(1, self.total_steps // 10)
        self._evaluate_every = hyper.evaluate_every_steps or tenth
        self._checkpoint_every = hyper.checkpoint_every_steps or tenth
        self._loss = LabelLoss(model.causal, vocabulary_size)
        self._evaluator = Evaluator(
            data.store,
            data.validation,
            batch_size=hyper.batch_size,
            pad_id=pad_id,
            device=device,
            raise_on_stop=requests.raise_on_stop,
        )
        self._optimizer = torch.optim.AdamW(
            model.trainable(), lr=hyper.learning_rate, weight_decay=hyper.weight_decay, fused=True
        )
        self._scaler = torch.amp.GradScaler(
            device.torch_device.type, enabled=device.precision == "fp16"
        )
        self.position = Position(fingerprint=fingerprint)
        self._generators: dict[str, Any] = random_state.capture()
        self._saved_step = 0
        self._logged_at = float("-inf")

    def resume(self) -> bool:
        """Goes on from the newest good checkpoint; False when there is none."""
        found = self._checkpoints.newest(self.position.fingerprint, self._events.warning)
        if found is None:
            return False
        folder, position = found
        self._checkpoints.restore(folder, self._model.peft, self._optimizer, self._scaler)
        self.position = position
        self._generators = random_state.capture()
        self._saved_step = position.step
        return True

    def run(self) -> None:
        """Until the last step, evaluated and saved. Raises StopRequested after a checkpoint."""
        self._model.peft.train()
        try:
            # First what is due: an attempt may have been stopped in the middle of an evaluation.
            self._do_what_is_due()
            while self.position.step < self.total_steps:
                self._step()
                self._do_what_is_due()
        except StopRequested:
            self._events.status("stopping", f"Stopping after step {self.position.step}.")
            self._checkpoint()
            raise

    def _do_what_is_due(self) -> None:
        step, is_last = self.position.step, self.position.step == self.total_steps
        is_evaluation_due = is_last or step % self._evaluate_every == 0
        if is_evaluation_due and step != self.position.evaluated_step:
            self._evaluate()
        is_checkpoint_due = is_last or step % self._checkpoint_every == 0
        if self._requests.take_checkpoint_request() or is_checkpoint_due:
            self._checkpoint()

    def _step(self) -> None:
        started = time.perf_counter()
        step = self.position.step
        learning_rate = learning_rate_at(step, self.total_steps, self._hyper)
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate
        windows = self._batches.micro_batches(step)
        label_tokens = sum(int(self._store.label_counts[rows].sum()) for rows in windows)
        self._optimizer.zero_grad(set_to_none=True)
        loss_sum = torch.zeros((), device=self._device.torch_device)
        tokens = 0
        for rows in windows:
            self._requests.raise_on_stop()
            batch = make_batch(self._store, rows, self._pad_id, self._device.torch_device)
            with self._device.autocast():
                loss = self._loss.sum(batch)
            self._scaler.scale(loss / label_tokens).backward()
            loss_sum += loss.detach()
            tokens += batch.tokens
        mean = float(loss_sum) / label_tokens
        self._scaler.unscale_(self._optimizer)
        norm = float(
            torch.nn.utils.clip_grad_norm_(self._model.trainable(), self._hyper.max_gradient_norm)
        )
        is_sound = math.isfinite(mean) and (math.isfinite(norm) or self._scaler.is_enabled())
        if is_sound:
            # With fp16 the scaler leaves out a step whose gradients overflowed, and scales lower.
            self._scaler.step(self._optimizer)
            self._scaler.update()
        seconds = time.perf_counter() - started
        before = self.position
        self.position = replace(
            before,
            step=step + 1,
            epoch=(step + 1) / self._batches.steps_per_epoch,
            tokens=before.tokens + tokens,
            label_tokens=before.label_tokens + label_tokens,
            seconds=before.seconds + seconds,
            first_loss=mean if step == 0 else before.first_loss,
            last_loss=mean,
        )
        self._report(learning_rate, norm, tokens / seconds, seconds)
        if not is_sound:
            raise _not_finite(step + 1, mean)
        self._generators = random_state.capture()

    def _report(
        self, learning_rate: float, norm: float, tokens_per_second: float, seconds: float
    ) -> None:
        position = self.position
        self._events.write(
            "step",
            step=position.step,
            epoch=position.epoch,
            loss=position.last_loss,
            learning_rate=learning_rate,
            grad_norm=norm,
            tokens=position.tokens,
            tokens_per_second=tokens_per_second,
            step_ms=seconds * 1000,
            memory_mb=peak_memory_mb(self._device.torch_device),
        )
        now = time.monotonic()
        if now - self._logged_at >= _LOG_EVERY_SECONDS or position.step == self.total_steps:
            self._logged_at = now
            log(
                f"step {position.step}/{self.total_steps}  loss {position.last_loss:.4f}  "
                f"learning rate {learning_rate:.3g}  gradient norm {norm:.3f}  "
                f"{tokens_per_second:,.0f} tokens/s"
            )

    def _evaluate(self) -> None:
        if not self._evaluator.has_rows():
            return
        self._events.status("evaluating", f"Evaluating after step {self.position.step}.")
        found = self._evaluator.run(self._model, self._loss)
        self._events.write(
            "eval",
            step=self.position.step,
            epoch=self.position.epoch,
            loss=found.loss,
            perplexity=found.perplexity,
            rows=found.rows,
        )
        log(f"step {self.position.step}  validation loss {found.loss:.4f} ({found.rows} rows)")
        self.position = replace(
            self.position, validation_loss=found.loss, evaluated_step=self.position.step
        )
        if self.position.step < self.total_steps:
            self._events.status("training", "Training.")

    def _checkpoint(self) -> None:
        if self.position.step == self._saved_step:
            return
        written = self._checkpoints.write(
            self.position, self._model.peft, self._optimizer, self._scaler, self._generators
        )
        self._saved_step = self.position.step
        log(f"checkpoint {written.path}, {written.bytes / 1e6:.1f} MB")
        self._events.write(
            "checkpoint", step=self.position.step, path=written.path, bytes=written.bytes
        )


def _not_finite(step: int, loss: float) -> TrainingFailure:
    what = "gradients" if math.isfinite(loss) else "loss"
    return TrainingFailure(
        "non_finite_loss",
        f"The {what} became infinite or not a number at step {step}: the run diverged.",
        "Lower the learning rate, lengthen the warm-up, lower the gradient norm limit, or use "
        "bf16 or fp32 in place of fp16. Resuming goes on from the last good checkpoint.",
    )
