"""The rows of the dataset's file to the tokens of the store: rendered, tokenised, cut to length."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from .config import RunConfig
from .events import log
from .labels import Labeller
from .long_rows import KEPT, fit
from .prefetch import Prefetcher
from .row_files import read_rows
from .templates import Rendered, Renderer
from .token_cache import Refusals, RowCounts, StoreWriter
from .turns import WHITE_SPACE, Row, RowRejected

_CHUNK_ROWS = 64
_REFUSALS_LOGGED = 20
_FOLDED = re.compile(f"[{WHITE_SPACE}]+")

Chunk = list[tuple[Rendered, bytes]]


def write_tokens(
    folder: Path,
    key: str,
    config: RunConfig,
    renderer: Renderer,
    labeller: Labeller,
    max_tokens: int,
    raise_on_stop: Callable[[], None],
) -> None:
    """Fills the folder with a token store of the run's dataset."""
    hyper = config.hyperparameters
    reader = _Reader(renderer)
    rows = read_rows(config.dataset.path, config.dataset.format)
    outcomes: Counter[str] = Counter()
    writer = StoreWriter(folder)
    try:
        # Tokenizers work outside of Python's lock: the next rows are rendered meanwhile.
        with Prefetcher(reader.render_new, _chunks(rows)) as chunks:
            for chunk in chunks:
                raise_on_stop()
                examples = labeller.examples([rendered for rendered, _ in chunk])
                for example, (_, digest) in zip(examples, chunk, strict=True):
                    fitted = fit(example, max_tokens, hyper.long_rows)
                    outcomes[fitted.outcome] += 1
                    order_key = _order_key(digest, hyper.seed)
                    for piece in fitted.pieces:
                        writer.append(piece.ids, piece.is_label, order_key)
        del outcomes[KEPT]  # the contract counts what became of the others
        writer.finish(key, RowCounts(**(reader.counts + outcomes)), reader.refusals)
    finally:
        writer.close()


class _Reader:
    """Renders the rows that are not seen yet, and counts the others."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._seen: set[bytes] = set()
        self.counts: Counter[str] = Counter()
        self.refusals = Refusals()

    def render_new(self, rows: list[Row | RowRejected]) -> Chunk:
        chunk: Chunk = []
        for row in rows:
            self.counts["rows"] += 1
            if isinstance(row, RowRejected):
                self.counts["rejected"] += 1
                continue
            digest = _digest(row)
            if digest in self._seen:
                self.counts["duplicates_removed"] += 1
                continue
            self._seen.add(digest)
            try:
                chunk.append((render(row, self._renderer), digest))
            except MemoryError:
                raise
            except Exception as error:  # a template is a program that came with the model
                self._refuse(error)
        return chunk

    def _refuse(self, error: Exception) -> None:
        self.counts["without_labels"] += 1
        self.refusals.add(error)
        if self.refusals.rows <= _REFUSALS_LOGGED:
            log(f"row {self.counts['rows']}: the chat template refuses it: {error}")


def render(row: Row, renderer: Renderer) -> Rendered:
    """Raises whatever the template raises when it refuses the row."""
    rendered = renderer.render(row)
    # JSON inside of a row's text may hold half a surrogate pair, which no tokenizer takes.
    rendered.text.encode("utf-8")
    return rendered


def _chunks(rows: Iterator[Row | RowRejected]) -> Iterator[list[Row | RowRejected]]:
    chunk: list[Row | RowRejected] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _digest(row: Row) -> bytes:
    """Equal for rows that differ in white space only. `duplicate-cases.jsonl` in the tests holds
    the app's importer to the same."""
    digest = hashlib.sha256()
    for turn in row.turns:
        folded = _FOLDED.sub(" ", turn.text).strip(WHITE_SPACE)
        digest.update(f"{turn.role}\x00{folded}\x00".encode())
        if not turn.is_learnt:
            digest.update(b"unlearnt\x00")
        # Rows without these keep the digest that they had before: it decides the validation split.
        if turn.name or turn.tool_call_id:
            digest.update(json.dumps(["answers", turn.name, turn.tool_call_id]).encode())
    if row.tools:
        digest.update(json.dumps(["tools", *row.tools]).encode())
    return digest.digest()


def _order_key(digest: bytes, seed: int) -> int:
    seeded = hashlib.sha256(seed.to_bytes(8, "big") + digest).digest()
    return int.from_bytes(seeded[:8], "big")
