"""Every label of a long row is learnt once, or counted as cut off."""

from __future__ import annotations

import numpy as np
import pytest

from lora_trainer.long_rows import Example, fit


def example(length: int, labels: list[int]) -> Example:
    is_label = np.zeros(length, dtype=bool)
    is_label[labels] = True
    return Example(ids=np.arange(length, dtype=np.int32), is_label=is_label)


@pytest.mark.parametrize("policy", ["drop", "truncate", "split"])
def test_row_that_fits_is_kept_as_it_is(policy: str) -> None:
    row = example(8, [3, 7])
    fitted = fit(row, 8, policy)
    assert (fitted.outcome, fitted.begins) == ("kept", (0,))
    assert np.array_equal(fitted.pieces[0].ids, row.ids)
    assert np.array_equal(fitted.pieces[0].is_label, row.is_label)


def test_long_rows_are_dropped_or_truncated() -> None:
    row = example(20, [3, 9, 10, 19])
    assert fit(row, 10, "drop").outcome == "dropped_too_long"
    truncated = fit(row, 10, "truncate")
    assert truncated.outcome == "truncated"
    assert truncated.pieces[0].ids.tolist() == list(range(10))
    assert np.flatnonzero(truncated.pieces[0].is_label).tolist() == [3, 9]


@pytest.mark.parametrize("policy", ["truncate", "split"])
def test_row_with_nothing_left_to_learn(policy: str) -> None:
    labels = [15] if policy == "truncate" else []
    assert fit(example(20, labels), 10, policy).outcome == "without_labels"
    assert fit(example(5, []), 10, policy).outcome == "without_labels"


@pytest.mark.parametrize("length", range(2, 60))
@pytest.mark.parametrize("limit", [2, 3, 7, 16])
def test_split_learns_every_label_once(length: int, limit: int) -> None:
    pick = np.random.Generator(np.random.PCG64(length))
    labels = np.flatnonzero(pick.random(length) < 0.4)
    labels = labels[labels > 0]  # what comes first is never a label
    fitted = fit(example(length, labels.tolist()), limit, "split")
    learnt = [token for piece in fitted.pieces for token in piece.ids[piece.is_label].tolist()]
    assert learnt == labels.tolist()
    for begin, piece in zip(fitted.begins, fitted.pieces, strict=True):
        assert 2 <= len(piece.ids) <= limit
        assert piece.ids[0] == begin and not piece.is_label[0] and piece.is_label.any()
    if len(labels):
        assert fitted.outcome == ("split" if length > limit else "kept")
