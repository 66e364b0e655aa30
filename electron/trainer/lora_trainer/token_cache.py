"""Token ids of all usable rows, in flat files that are mapped into memory.

ids.bin      int32, the tokens of all rows one after the other
labels.bin   uint8, 1 where the token is to be learnt
rows.npz     offsets int64 [rows + 1], label_counts int64 [rows], order_keys uint64 [rows]
facts.json   the key, the counts of what was left out, and what the chat template refused
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .labels import Example


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """What became of the rows of the file; what is kept is what the others leave of `rows`."""

    rows: int = 0
    rejected: int = 0
    duplicates_removed: int = 0
    without_labels: int = 0
    dropped_too_long: int = 0
    truncated: int = 0


@dataclass(kw_only=True)
class Refusals:
    """Rows that the chat template refuses; they are among those without labels."""

    rows: int = 0
    first_message: str = ""

    def add(self, error: Exception) -> None:
        if self.rows == 0:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            self.first_message = lines[0][:200]
        self.rows += 1


class TokenStore:
    def __init__(self, folder: Path) -> None:
        rows = np.load(folder / "rows.npz")
        self.offsets: np.ndarray = rows["offsets"]
        self.label_counts: np.ndarray = rows["label_counts"]
        self.order_keys: np.ndarray = rows["order_keys"]
        self.lengths: np.ndarray = np.diff(self.offsets)
        facts = json.loads((folder / "facts.json").read_text("utf-8"))
        self.counts = RowCounts(**facts["counts"])
        self.refusals = Refusals(**facts["refusals"])
        self._ids = _mapped(folder / "ids.bin", np.int32)
        self._labels = _mapped(folder / "labels.bin", np.uint8)
        if not len(self._ids) == len(self._labels) == self.offsets[-1]:
            raise ValueError(f"{folder}: the files of the token cache do not fit together.")

    def __len__(self) -> int:
        return len(self.lengths)

    def row(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """ids int32 [tokens], labels uint8 [tokens]."""
        where = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        return self._ids[where], self._labels[where]


def _mapped(path: Path, dtype: type) -> np.ndarray:
    # An empty file cannot be mapped.
    return np.memmap(path, dtype=dtype, mode="r") if path.stat().st_size else np.empty(0, dtype)


def open_store(folder: Path, key: str) -> TokenStore | None:
    """The store of an earlier attempt, when it was made from the very same things."""
    try:
        facts = json.loads((folder / "facts.json").read_text("utf-8"))
        return TokenStore(folder) if facts["key"] == key else None
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


class StoreWriter:
    """Appends rows to the files of a folder; `finish` makes them a store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids = (folder / "ids.bin").open("wb")
        self._labels = (folder / "labels.bin").open("wb")
        self._lengths: list[int] = []
        self._label_counts: list[int] = []
        self._order_keys: list[int] = []

    def close(self) -> None:
        self._ids.close()
        self._labels.close()

    def append(self, example: Example, order_key: int) -> None:
        self._ids.write(example.ids.astype(np.int32).tobytes())
        self._labels.write(example.is_label.astype(np.uint8).tobytes())
        self._lengths.append(len(example.ids))
        self._label_counts.append(int(example.is_label.sum()))
        self._order_keys.append(order_key)

    def finish(self, key: str, counts: RowCounts, refusals: Refusals) -> None:
        self.close()
        np.savez(
            self._folder / "rows.npz",
            offsets=np.concatenate([[0], np.cumsum(self._lengths, dtype=np.int64)]),
            label_counts=np.asarray(self._label_counts, dtype=np.int64),
            order_keys=np.asarray(self._order_keys, dtype=np.uint64),
        )
        facts = {"key": key, "counts": asdict(counts), "refusals": asdict(refusals)}
        (self._folder / "facts.json").write_text(json.dumps(facts), "utf-8")


def cache_key(parts: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(parts), default=str).encode()).hexdigest()
