"""What becomes of a row's tokens: kept, left out, or cut to sequences that fit.

drop       nothing of a row that is too long
truncate   its first `max_tokens` tokens
split      ┌────────┐          Each piece but the first begins with the token that the one
           │ piece  ├────────┐ before it ended in: there it was learnt, here it is what comes
           └────────┤ piece  │ before the first token that is to be learnt.
                    └────────┘
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

KEPT: Final = "kept"
WITHOUT_LABELS: Final = "without_labels"
DROPPED: Final = "dropped_too_long"
TRUNCATED: Final = "truncated"
SPLIT: Final = "split"


@dataclass(frozen=True, kw_only=True)
class Example:
    ids: np.ndarray  # int32 [tokens]
    is_label: np.ndarray  # bool [tokens]: the model is to predict this token


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """`begins`: where in the row each of the pieces begins."""

    outcome: str
    pieces: tuple[Example, ...] = ()
    begins: tuple[int, ...] = ()


def fit(example: Example, max_tokens: int, long_rows: str) -> Fitted:
    """Pieces without anything to learn are left out. `max_tokens` is at least 2."""
    length = len(example.ids)
    if length <= max_tokens:
        begins, outcome = [0], KEPT
    elif long_rows == "drop":
        return Fitted(outcome=DROPPED)
    elif long_rows == "truncate":
        begins, outcome = [0], TRUNCATED
    else:
        begins, outcome = list(range(0, length - 1, max_tokens - 1)), SPLIT
    found = [(begin, _piece(example, begin, max_tokens)) for begin in begins]
    kept = [(begin, piece) for begin, piece in found if piece.is_label.any()]
    if not kept:
        return Fitted(outcome=WITHOUT_LABELS)
    kept_begins, pieces = zip(*kept, strict=True)
    return Fitted(outcome=outcome, pieces=pieces, begins=kept_begins)


def _piece(example: Example, begin: int, max_tokens: int) -> Example:
    where = slice(begin, begin + max_tokens)
    is_label = example.is_label[where].copy()
    is_label[:1] = False
    return Example(ids=example.ids[where], is_label=is_label)
