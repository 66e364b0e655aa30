"""What to change when a batch does not fit into memory, in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .config import Hyperparameters

# What did not fit when it was tried needs at least this much of what is available.
_FAILED = 1.1
# Of what is available; the rest is for fragments and the libraries' own buffers.
_USABLE = 0.9
_LENGTH_STEP = 64  # sequence lengths are proposed in multiples of this


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Memory in MiB of one micro-batch of `rows` sequences as long as the longest."""

    rows: int
    longest_tokens: int
    constant: float  # whatever the batch: gradients, optimiser, casts, logits
    per_token: float
    per_token_checkpointed: float
    squared_tokens: float  # times the square of all tokens: a mask between packed rows
    available: float
    # How much smaller the frozen weights would be in 4 bits; 0 where that cannot be had.
    saved_by_4_bit: float
    is_checkpointed: bool

    def total(self, *, is_checkpointed: bool | None = None, rows: int | None = None) -> float:
        tokens = (self.rows if rows is None else rows) * self.longest_tokens
        with_it = self.is_checkpointed if is_checkpointed is None else is_checkpointed
        per_token = self.per_token_checkpointed if with_it else self.per_token
        return self.constant + per_token * tokens + self.squared_tokens * tokens**2

    def after_a_failure(self) -> Needs:
        """The same where it says itself that the batch does not fit. Else what grows with the
        tokens has been reckoned too low, and is scaled to what the trial has shown."""
        growing = self.total() - self.constant
        if self.total() > self.available or growing <= 0 or not math.isfinite(self.available):
            return self
        scale = (_FAILED * self.available - self.constant) / growing
        return replace(
            self,
            per_token=self.per_token * scale,
            per_token_checkpointed=self.per_token_checkpointed * scale,
            squared_tokens=self.squared_tokens * scale,
        )


def what_fits(needs: Needs, hyper: Hyperparameters) -> str:
    """One sentence for each way that leads on, the least change first."""
    room = needs.available * _USABLE
    ways = [_smaller_batch(needs, hyper, room)]
    if not needs.is_checkpointed:
        ways.append(_checkpointing(needs, hyper, room))
    if needs.saved_by_4_bit > 0 and needs.total() <= room + needs.saved_by_4_bit:
        ways.append(
            "Hold the base model in 4 bits (QLoRA), which frees about "
            f"{needs.saved_by_4_bit:,.0f} MB."
        )
    found = [way for way in ways if way]
    if not found:
        return (
            "Choose a smaller base model, a lower rank or a device with more memory: not even one "
            f"sequence of {_LENGTH_STEP} tokens fits."
        )
    return " Or: ".join(found)


def _smaller_batch(needs: Needs, hyper: Hyperparameters, room: float) -> str | None:
    rows = _fitting_rows(needs, room, is_checkpointed=needs.is_checkpointed)
    # Measured: the batch as it is does not fit, whatever was reckoned.
    rows = min(rows, needs.rows - 1)
    if rows >= 1:
        return f"{_batch_words(hyper, rows)}."
    tokens = needs.longest_tokens - 1
    while tokens >= _LENGTH_STEP:
        tokens = tokens // _LENGTH_STEP * _LENGTH_STEP
        if _total_of(needs, tokens) <= room:
            batch = f" {_batch_words(hyper, 1)}" if hyper.batch_size > 1 else ""
            return f"Shorten the longest sequence to {tokens:,} tokens.{batch and batch + '.'}"
        tokens -= _LENGTH_STEP
    return None


def _checkpointing(needs: Needs, hyper: Hyperparameters, room: float) -> str | None:
    rows = _fitting_rows(needs, room, is_checkpointed=True)
    if rows < 1:
        return None
    batch = ""
    if rows < needs.rows:
        rows, accumulation = _batch(hyper, rows)
        batch = f" with batch size {rows} and {accumulation} accumulation steps"
    return (
        f"Switch gradient checkpointing on{batch}: about "
        f"{needs.total(is_checkpointed=True, rows=rows):,.0f} MB in place of "
        f"{needs.total(is_checkpointed=False, rows=rows):,.0f} MB."
    )


def _fitting_rows(needs: Needs, room: float, *, is_checkpointed: bool) -> int:
    fitting = (
        rows
        for rows in range(needs.rows, 0, -1)
        if needs.total(is_checkpointed=is_checkpointed, rows=rows) <= room
    )
    return next(fitting, 0)


def _total_of(needs: Needs, tokens: int) -> float:
    per_token = needs.per_token_checkpointed if needs.is_checkpointed else needs.per_token
    return needs.constant + per_token * tokens + needs.squared_tokens * tokens**2


def _batch(hyper: Hyperparameters, rows: int) -> tuple[int, int]:
    """The largest batch size up to `rows` that leaves the rows of a step as they are, and its
    accumulation."""
    effective = hyper.batch_size * hyper.gradient_accumulation_steps
    size = next(size for size in range(rows, 0, -1) if effective % size == 0)
    return size, effective // size


def _batch_words(hyper: Hyperparameters, rows: int) -> str:
    size, accumulation = _batch(hyper, rows)
    return (
        f"Batch size {size} with {accumulation} accumulation steps keeps the "
        f"{size * accumulation} rows of a step"
    )
