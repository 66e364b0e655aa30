"""The dataset of a run: read, deduplicated, tokenised, cut to length, split.

    file ─▶ rows ─▶ without duplicates ─▶ tokens and labels ─▶ fits? ─▶ training | validation

Everything that falls out on the way is counted by its cause.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import transformers
from transformers import PreTrainedTokenizerFast

from .atomic_files import folder_written_beside, sha256_of
from .config import RunConfig
from .events import log
from .failures import TrainingFailure
from .formats import WHITE_SPACE, Row, RowRejected
from .labels import Example, Labeller
from .row_files import read_rows
from .templates import Rendered, Renderer
from .token_cache import Refusals, RowCounts, StoreWriter, TokenStore, cache_key, open_store

_CHUNK_ROWS = 64
# Raised when the way from a row to its tokens changes, so that no older cache is taken for it.
_CACHE_VERSION = 2
_FOLDED = re.compile(f"[{WHITE_SPACE}]+")


@dataclass(frozen=True, kw_only=True)
class PreparedData:
    store: TokenStore
    train: np.ndarray  # int64 [rows]: indices into the store
    validation: np.ndarray

    def summary(self) -> dict[str, int]:
        """The contract's `dataSummarySchema`."""
        return {
            **asdict(self.store.counts),
            "train_rows": len(self.train),
            "validation_rows": len(self.validation),
            "train_tokens": int(self.store.lengths[self.train].sum()),
            "label_tokens": int(self.store.label_counts[self.train].sum()),
        }


def prepare_data(
    config: RunConfig,
    folder: Path,
    tokenizer: PreTrainedTokenizerFast,
    max_tokens: int,
    raise_on_stop: Callable[[], None],
) -> PreparedData:
    """Raises TrainingFailure when the file is missing, changed, or leaves nothing to train on."""
    _check_file(config)
    hyper = config.hyperparameters
    key = cache_key(
        [
            _CACHE_VERSION,
            transformers.__version__,
            tokenizer.backend_tokenizer.to_str(),
            tokenizer.chat_template,
            tokenizer.special_tokens_map,
            config.dataset.sha256,
            config.dataset.format,
            max_tokens,
            hyper.long_rows,
            hyper.seed,
        ]
    )
    cache = folder / "tokens"
    store = open_store(cache, key)
    if store is None:
        with folder_written_beside(cache) as beside:
            _fill(beside, key, config, tokenizer, max_tokens, raise_on_stop)
        store = TokenStore(cache)
    if len(store) == 0:
        raise _nothing_left(store, config)
    train, validation = split_rows(store.order_keys, hyper.validation_share)
    return PreparedData(store=store, train=train, validation=validation)


def split_rows(order_keys: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Holds out the rows with the smallest keys: at least one, and never all of them."""
    rows = len(order_keys)
    held_out = 0 if share <= 0 or rows < 2 else min(max(1, round(rows * share)), rows - 1)
    by_key = np.argsort(order_keys, kind="stable")
    return np.sort(by_key[held_out:]), np.sort(by_key[:held_out])


def _check_file(config: RunConfig) -> None:
    path = config.dataset.path
    if not path.is_file():
        raise TrainingFailure(
            "dataset_missing",
            f"The file of the dataset “{config.dataset.name}” is not there: {path}.",
            "Import the dataset again and start a new run.",
        )
    if sha256_of(path) != config.dataset.sha256:
        raise TrainingFailure(
            "dataset_changed",
            f"The file of the dataset “{config.dataset.name}” is not the one that the run was "
            f"made for: {path}.",
            "Import the changed file as a new dataset and start a new run.",
        )


def _fill(
    folder: Path,
    key: str,
    config: RunConfig,
    tokenizer: PreTrainedTokenizerFast,
    max_tokens: int,
    raise_on_stop: Callable[[], None],
) -> None:
    hyper = config.hyperparameters
    renderer, labeller = Renderer(tokenizer), Labeller(tokenizer)
    counts: Counter[str] = Counter()
    refusals = Refusals()
    seen: set[bytes] = set()
    writer = StoreWriter(folder)
    try:
        for chunk in _chunks(read_rows(config.dataset.path, config.dataset.format)):
            raise_on_stop()
            rendered, digests = _render_new(chunk, renderer, seen, counts, refusals)
            for example, digest in zip(labeller.examples(rendered), digests, strict=True):
                if len(example.ids) > max_tokens:
                    if hyper.long_rows == "drop":
                        counts["dropped_too_long"] += 1
                        continue
                    counts["truncated"] += 1
                    example = Example(
                        ids=example.ids[:max_tokens], is_label=example.is_label[:max_tokens]
                    )
                if not example.is_label.any():
                    counts["without_labels"] += 1
                    continue
                writer.append(example, _order_key(digest, hyper.seed))
        writer.finish(key, RowCounts(**counts), refusals)
    finally:
        writer.close()


def _render_new(
    chunk: list[Row | RowRejected],
    renderer: Renderer,
    seen: set[bytes],
    counts: Counter[str],
    refusals: Refusals,
) -> tuple[list[Rendered], list[bytes]]:
    """Renders the rows that are not seen yet, and counts the others."""
    rendered: list[Rendered] = []
    digests: list[bytes] = []
    for row in chunk:
        counts["rows"] += 1
        if isinstance(row, RowRejected):
            counts["rejected"] += 1
            continue
        digest = _digest(row)
        if digest in seen:
            counts["duplicates_removed"] += 1
            continue
        seen.add(digest)
        try:
            item = renderer.render(row)
            # JSON inside of a row's text may hold half a surrogate pair, which no tokenizer takes.
            item.text.encode("utf-8")
        except MemoryError:
            raise
        except Exception as error:  # a template is a program that came with the model
            log(f"row {counts['rows']}: the chat template refuses it: {error}")
            counts["without_labels"] += 1
            refusals.add(error)
            continue
        rendered.append(item)
        digests.append(digest)
    return rendered, digests


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
    """Equal for rows that differ in white space only."""
    digest = hashlib.sha256()
    for turn in row.turns:
        folded = _FOLDED.sub(" ", turn.text).strip(WHITE_SPACE)
        digest.update(f"{turn.role}\x00{folded}\x00".encode())
    return digest.digest()


def _order_key(digest: bytes, seed: int) -> int:
    seeded = hashlib.sha256(seed.to_bytes(8, "big") + digest).digest()
    return int.from_bytes(seeded[:8], "big")


def _nothing_left(store: TokenStore, config: RunConfig) -> TrainingFailure:
    counts, refusals = store.counts, store.refusals
    others = (counts.rejected, counts.dropped_too_long, counts.without_labels - refusals.rows)
    if refusals.rows > max(others):
        is_about_system = "system" in refusals.first_message.lower()
        return TrainingFailure(
            "no_rows",
            f"No row of “{config.dataset.name}” can be trained on. The model's chat template "
            f"refuses these rows: {refusals.first_message}",
            "Remove the system turns or choose another model."
            if is_about_system
            else "Change the rows to what the template accepts, or choose another model.",
        )
    if counts.dropped_too_long > max(counts.rejected, counts.without_labels):
        remedy = "Raise the longest sequence, or let long rows be truncated."
    elif counts.without_labels > counts.rejected:
        remedy = "The rows have no assistant text within the longest sequence; raise it."
    else:
        remedy = "Look at the rejected rows on the dataset's page and correct the file."
    return TrainingFailure(
        "no_rows",
        f"No row of “{config.dataset.name}” can be trained on: of {counts.rows}, "
        f"{counts.rejected} are malformed, {counts.without_labels} have nothing to learn, "
        f"{counts.dropped_too_long} are too long.",
        remedy,
    )
