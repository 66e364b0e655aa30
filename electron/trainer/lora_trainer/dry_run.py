"""The dry run: one forward and backward on the longest micro-batch, before the first step.

What it finds out costs seconds here and hours at step 120. It leaves nothing behind: gradients are
dropped and the random generators go on from where they were.

`python -m lora_trainer.dry_run --run DIR` does it alone, before a launch: one JSON line.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from . import random_state
from .activation_memory import ActivationMemory, measure_activations
from .batches import BatchPlan
from .compiled_decoder import undo_compilation
from .failures import TrainingFailure, is_out_of_memory
from .fused_lora import fuse_on_cpu
from .memory import available_memory_mb, begin_peak, memory_limit_mb, peak_memory_mb
from .optimizer_step import OptimizerStep
from .prepared_run import PreparedRun
from .quantization import linear_parameters
from .what_fits import Needs, what_fits

_MIB = 2**20
# Logits of labelled positions, and in float32 their softmax and its gradient.
_LOGIT_BYTES = 12
_LOGIT_ELEMENTS = 64 * _MIB  # no more at a time, see loss.py
_BYTES_IN_4_BIT = 0.55  # of a parameter, its share of the scales included
_BYTES_IN_16_BIT = 2

Available = Callable[[torch.device], "float | None"]
Warn = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """The contract's `dry_run` event."""

    rows: int
    longest_tokens: int
    step_ms: float
    memory_mb: float
    memory_limit_mb: float | None
    seconds_left: float


class DryRunner:
    def __init__(
        self,
        prepared: PreparedRun,
        plan: BatchPlan,
        optimizer_step: OptimizerStep,
        warn: Warn,
        available: Available | None = None,
    ) -> None:
        self._prepared = prepared
        self._step = optimizer_step
        self._warn = warn
        self._available = available or available_memory_mb
        self._device = prepared.device.torch_device
        self._hyper = prepared.config.hyperparameters
        self._rows = plan.longest_micro_batch()

    def run(self, steps_left: int) -> DryRun:
        """Raises TrainingFailure `out_of_memory_dry_run`, whose remedy says what would fit."""
        model = self._prepared.model
        generators = random_state.capture()
        model.peft.train()
        try:
            if self._device.type == "cpu":
                # A process that takes more than there is would be killed without a word.
                self._refuse_what_cannot_fit()
            begin_peak(self._device)
            seconds = self._measure_compiled() if self._hyper.compile else self._measure()
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            # The frames of the failed attempt hold its tensors.
            error.__traceback__ = None
            self._step.optimizer.zero_grad(set_to_none=True)
            if self._prepared.model.is_sharded:
                raise self._does_not_fit_sharded() from None
            raise self._does_not_fit(self._needs(), is_tried=True) from None
        finally:
            self._step.optimizer.zero_grad(set_to_none=True)
            random_state.restore(generators)
        memory = peak_memory_mb(self._device) + self._moments_mb()
        self._refuse_without_room_for_moments(memory)
        turns = self._hyper.gradient_accumulation_steps
        return DryRun(
            rows=len(self._rows),
            longest_tokens=self._longest_tokens(),
            step_ms=seconds * 1000 * turns,
            memory_mb=memory,
            memory_limit_mb=memory_limit_mb(self._device),
            seconds_left=seconds * turns * steps_left,
        )

    def _measure_compiled(self) -> float:
        try:
            seconds = self._measure()
            self._try_evaluation()
            return seconds
        except Exception as error:  # whatever the compiler and its own compiler raise
            if is_out_of_memory(error):
                raise
            undo_compilation(self._prepared.model)
            fuse_on_cpu(self._prepared.model)
            what = (str(error).strip().splitlines() or [type(error).__name__])[0]
            self._warn("compile_failed", f"The model cannot be compiled and runs as it is: {what}")
        self._step.optimizer.zero_grad(set_to_none=True)
        begin_peak(self._device)
        return self._measure()

    def _try_evaluation(self) -> None:
        """Without gradients and dropout the model is compiled anew, which may fail by itself."""
        prepared = self._prepared
        if len(prepared.data.validation) == 0:
            return
        prepared.model.peft.eval()
        try:
            with torch.no_grad(), prepared.device.autocast():
                prepared.loss.sum(prepared.make_batch(self._rows))
        finally:
            prepared.model.peft.train()

    def _measure(self) -> float:
        """Seconds of one micro-batch."""
        # The first pass on a GPU loads kernels, and a compiled model is compiled in it.
        for _ in range(2 if self._device.type == "cuda" or self._hyper.compile else 1):
            started = time.perf_counter()
            batch = self._prepared.make_batch(self._rows)
            self._step.backward(batch, max(1, len(batch.targets)), is_counted=True)
            if self._device.type == "cuda":
                torch.cuda.synchronize(self._device)
        return time.perf_counter() - started

    def _refuse_what_cannot_fit(self) -> None:
        needs = self._needs()
        if needs.total() > needs.available:
            raise self._does_not_fit(needs, is_tried=False)

    def _refuse_without_room_for_moments(self, memory: float) -> None:
        """It went well, but the first step will want the optimiser's moments besides."""
        if self._device.type != "cuda" or self._prepared.model.is_sharded:
            return
        available = self._available_mb()
        held = torch.cuda.memory_allocated(self._device) / _MIB
        if available is not None and memory > held + available:
            raise self._does_not_fit(self._needs(), is_tried=True)

    def _needs(self) -> Needs:
        gc.collect()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        prepared, hyper = self._prepared, self._hyper
        store, model = prepared.data.store, prepared.model
        longest = self._longest_tokens()
        activations = self._activations()
        labels = int(store.label_counts[self._rows].sum())
        if not self._prepared.loss.is_head_separable:
            labels = longest * len(self._rows)
        logits = min(labels * prepared.vocabulary_size, _LOGIT_ELEMENTS) * _LOGIT_BYTES / _MIB
        gradients = sum(p.numel() * p.element_size() for p in model.trainable()) / _MIB
        linear = linear_parameters(model.causal) if hyper.quantization == "none" else 0
        can_quantize = self._device.type == "cuda"
        available = self._available_mb()
        return Needs(
            rows=len(self._rows),
            longest_tokens=longest,
            constant=activations.constant + logits + gradients + self._moments_mb(),
            per_token=activations.per_token,
            per_token_checkpointed=activations.per_token_checkpointed,
            squared_tokens=self._mask_bytes() / _MIB,
            available=float("inf") if available is None else available,
            saved_by_4_bit=can_quantize * linear * (_BYTES_IN_16_BIT - _BYTES_IN_4_BIT) / _MIB,
            is_checkpointed=hyper.gradient_checkpointing,
        )

    def _available_mb(self) -> float | None:
        """This process's share: those on one computer take from the same memory, at once."""
        available = self._available(self._device)
        if available is None or self._device.type != "cpu":
            return available
        return available / self._prepared.world.local_size

    def _activations(self) -> ActivationMemory:
        ids, _ = self._prepared.data.store.row(int(self._rows[-1]))
        return measure_activations(self._prepared.model, self._prepared.device, ids.tolist())

    def _mask_bytes(self) -> int:
        """Of the mask that keeps packed rows apart, where attention is not made for them."""
        attention = self._prepared.attention
        if not attention.is_packed or attention.name != "sdpa":
            return 0
        return 4 if self._prepared.device.precision == "fp32" else 2

    def _moments_mb(self) -> float:
        """AdamW's two, where the first step has not made them yet."""
        if self._step.optimizer.state:
            return 0.0
        trained = self._prepared.model.trainable()
        return 2 * sum(p.numel() * p.element_size() for p in trained) / _MIB

    def _longest_tokens(self) -> int:
        return int(self._prepared.data.store.lengths[self._rows].max())

    def _does_not_fit(self, needs: Needs, *, is_tried: bool) -> TrainingFailure:
        where = "The GPU" if self._device.type == "cuda" else "The computer"
        if is_tried and needs.total() <= needs.available:
            return TrainingFailure(
                "out_of_memory_dry_run",
                f"{where} has not enough memory for the longest batch ({needs.rows} × "
                f"{needs.longest_tokens:,} tokens): it was tried and ran out.",
                what_fits(needs.after_a_failure(), self._hyper),
            )
        return TrainingFailure(
            "out_of_memory_dry_run",
            f"{where} has not enough memory for the longest batch ({needs.rows} × "
            f"{needs.longest_tokens:,} tokens): it needs about {needs.total():,.0f} MB besides the "
            f"model, and {needs.available:,.0f} MB are available.",
            what_fits(needs, self._hyper),
        )

    def _does_not_fit_sharded(self) -> TrainingFailure:
        # Measuring would take all processes, of which only this one may have run out of memory.
        return TrainingFailure(
            "out_of_memory_dry_run",
            f"The memory of a device is not enough for the longest batch ({len(self._rows)} × "
            f"{self._longest_tokens():,} tokens).",
            "Halve the batch size and double the accumulation steps, shorten the longest sequence, "
            "switch gradient checkpointing on, or choose more GPUs.",
        )


def main() -> int:
    from .preflight import main as preflight

    return preflight()


if __name__ == "__main__":
    sys.exit(main())
