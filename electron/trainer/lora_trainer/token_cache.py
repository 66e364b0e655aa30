"""Token ids of all usable rows, in flat files that are mapped into memory.

ids.bin      int32, the tokens of all rows one after the other
learnt.bin   int32, which tokens are to be learnt: for each row their positions in it, ascending
rows.npz     offsets and learnt_offsets int64 [rows + 1], order_keys uint64 [rows]
facts.json   the key, the counts of what was left out, what the chat template refused, and the
             hashes of the other files
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .atomic_files import sha256_of

_FILES = ("ids.bin", "learnt.bin", "rows.npz")


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """What became of the rows of the file. Truncated and split rows are among those kept; what is
    kept is what the others leave of `rows`."""

    rows: int = 0
    rejected: int = 0
    duplicates_removed: int = 0
    without_labels: int = 0
    dropped_too_long: int = 0
    truncated: int = 0
    split: int = 0


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
    """What is called a row here is one sequence: a row of the file, or a piece of a long one."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "rows.npz") as rows:
            self.offsets: np.ndarray = rows["offsets"]
            self.order_keys: np.ndarray = rows["order_keys"]
            learnt_offsets: np.ndarray = rows["learnt_offsets"]
        self.lengths: np.ndarray = np.diff(self.offsets)
        self.label_counts: np.ndarray = np.diff(learnt_offsets)
        facts = json.loads((folder / "facts.json").read_text("utf-8"))
        self.counts = RowCounts(**facts["counts"])
        self.refusals = Refusals(**facts["refusals"])
        # The model's vocabulary must reach as far.
        self.largest_id = int(facts["largest_id"])
        self._learnt_offsets = learnt_offsets
        self._ids = _mapped(folder / "ids.bin")
        self._learnt = _mapped(folder / "learnt.bin")

    def __len__(self) -> int:
        return len(self.lengths)

    def row(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """ids int32 [tokens], and the positions of those to be learnt, int32 [labels], never 0."""
        offsets, learnt = self.offsets, self._learnt_offsets
        return (
            self._ids[offsets[index] : offsets[index + 1]],
            self._learnt[learnt[index] : learnt[index + 1]],
        )


def _mapped(path: Path) -> np.ndarray:
    # An empty file cannot be mapped. A plain view of the map: slices of a memmap are slow to make.
    if path.stat().st_size == 0:
        return np.empty(0, np.int32)
    return np.memmap(path, dtype=np.int32, mode="r").view(np.ndarray)


def open_store(folder: Path, key: str) -> TokenStore | None:
    """The store of an earlier attempt, when it was made from the very same things and is whole."""
    try:
        facts = json.loads((folder / "facts.json").read_text("utf-8"))
        if facts.get("seal") != _seal(facts) or facts["key"] != key:
            return None
        if any(sha256_of(folder / name) != facts["files"][name] for name in _FILES):
            return None
        return TokenStore(folder)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        return None
    except zipfile.BadZipFile:
        return None


class StoreWriter:
    """Appends rows to the files of a folder; `finish` makes them a store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids = (folder / "ids.bin").open("wb")
        self._learnt = (folder / "learnt.bin").open("wb")
        self._lengths: list[int] = []
        self._label_counts: list[int] = []
        self._order_keys: list[int] = []
        self._largest_id = -1

    def close(self) -> None:
        self._ids.close()
        self._learnt.close()

    def append(self, ids: np.ndarray, is_label: np.ndarray, order_key: int) -> None:
        """ids int32 [tokens], is_label bool [tokens]."""
        learnt = np.flatnonzero(is_label).astype(np.int32)
        self._ids.write(ids.astype(np.int32, copy=False).tobytes())
        self._learnt.write(learnt.tobytes())
        self._lengths.append(len(ids))
        self._label_counts.append(len(learnt))
        self._order_keys.append(order_key)
        self._largest_id = max(self._largest_id, int(ids.max(initial=-1)))

    def finish(self, key: str, counts: RowCounts, refusals: Refusals) -> None:
        self.close()
        np.savez(
            self._folder / "rows.npz",
            offsets=_offsets(self._lengths),
            learnt_offsets=_offsets(self._label_counts),
            order_keys=np.asarray(self._order_keys, dtype=np.uint64),
        )
        facts: dict[str, Any] = {
            "key": key,
            "counts": asdict(counts),
            "refusals": asdict(refusals),
            "largest_id": self._largest_id,
            "files": {name: sha256_of(self._folder / name) for name in _FILES},
        }
        facts["seal"] = _seal(facts)
        (self._folder / "facts.json").write_text(json.dumps(facts), "utf-8")


def _offsets(lengths: list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _seal(facts: dict[str, Any]) -> str:
    return cache_key(sorted((name, value) for name, value in facts.items() if name != "seal"))


def cache_key(parts: Iterable[object]) -> str:
    """Raises TypeError for what JSON cannot write: a key must not hang on where an object lies."""
    text = json.dumps(list(parts), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
