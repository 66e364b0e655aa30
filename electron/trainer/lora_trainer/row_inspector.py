"""One row as training would take it, by the very functions that training uses."""

from __future__ import annotations

from typing import Any

import numpy as np
from tokenizers import Encoding

from .base_tokenizer import context_tokens, load_model_config, load_tokenizer
from .config import Named
from .events import log
from .labels import Labeller
from .long_rows import Example, fit
from .templates import Rendered, Renderer, ensure_chat_template
from .tokenise import render
from .tokenizer_check import check_tokenizer
from .turns import Row, RowRejected


class RowInspector:
    """Raises TrainingFailure when the model's tokenizer or configuration cannot be used."""

    def __init__(self, base: Named, *, is_text: bool, max_tokens: int, long_rows: str) -> None:
        tokenizer = load_tokenizer(base)
        check_tokenizer(tokenizer, base.name, is_text=is_text)
        has_template = bool(tokenizer.chat_template)
        ensure_chat_template(tokenizer, lambda _kind, message: log(message))
        self._template = "none" if is_text else "model" if has_template else "chatml"
        self._renderer, self._labeller = Renderer(tokenizer), Labeller(tokenizer)
        context = context_tokens(load_model_config(base))
        self._max_tokens = max_tokens if context is None else min(max_tokens, context)
        self._long_rows = long_rows

    def facts(self) -> dict[str, Any]:
        marking = "generation" if self._renderer.marks_generation else "search"
        return {
            "template": self._template,
            "marking": "whole_text" if self._template == "none" else marking,
            "max_sequence_tokens": self._max_tokens,
        }

    def inspect(self, index: int, row: Row | RowRejected) -> dict[str, Any]:
        if isinstance(row, RowRejected):
            return _without_text(index, "rejected", str(row))
        try:
            rendered = render(row, self._renderer)
        except MemoryError:
            raise
        except Exception as error:  # a template is a program that came with the model
            lines = str(error).strip().splitlines() or [type(error).__name__]
            return _without_text(
                index, "refused", f"The model's chat template refuses the row: {lines[0]}"
            )
        [encoding] = self._labeller.encode([rendered])
        return self._with_tokens(index, rendered, encoding)

    def _with_tokens(self, index: int, rendered: Rendered, encoding: Encoding) -> dict[str, Any]:
        example = self._labeller.example(rendered, encoding)
        fitted = fit(example, self._max_tokens, self._long_rows)
        length = len(example.ids)
        sequence = np.full(length, -1)
        is_label = np.zeros(length, dtype=bool)
        for number, (begin, piece) in enumerate(zip(fitted.begins, fitted.pieces, strict=True)):
            where = slice(begin, begin + len(piece.ids))
            is_label[where] |= piece.is_label
            # The token that two pieces share is shown where it is learnt.
            sequence[where] = np.where(sequence[where] < 0, number, sequence[where])
        columns = zip(
            example.ids.tolist(),
            encoding.offsets,
            is_label.tolist(),
            sequence.tolist(),
            strict=True,
        )
        return {
            "row": index,
            "outcome": fitted.outcome,
            "reason": _reason(fitted.outcome, example, self._max_tokens, len(fitted.pieces)),
            "text": rendered.text,
            "tokens": [
                {
                    "id": token,
                    "start": start,
                    "end": end,
                    "is_label": learnt,
                    "sequence": None if number < 0 else number,
                }
                for token, (start, end), learnt, number in columns
            ],
            "token_count": length,
            "label_count": int(is_label.sum()),
        }


def _reason(outcome: str, example: Example, max_tokens: int, pieces: int) -> str | None:
    length = len(example.ids)
    if outcome == "dropped_too_long":
        return f"The row has {length} tokens, above the limit of {max_tokens}."
    if outcome == "truncated":
        return f"The last {length - max_tokens} of {length} tokens are cut off."
    if outcome == "split":
        return f"The row has {length} tokens and becomes {pieces} sequences."
    if outcome != "without_labels":
        return None
    if example.is_label.any():
        return f"All that would be learnt is behind the limit of {max_tokens} tokens."
    return "Nothing in the row is to be learnt, or the assistant's turns cannot be found in it."


def _without_text(index: int, outcome: str, reason: str) -> dict[str, Any]:
    return {
        "row": index,
        "outcome": outcome,
        "reason": reason,
        "text": "",
        "tokens": [],
        "token_count": 0,
        "label_count": 0,
    }
