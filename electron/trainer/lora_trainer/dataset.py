"""The dataset of a run: read, deduplicated, tokenised, cut to length, split.

    file ─▶ rows ─▶ without duplicates ─▶ tokens and labels ─▶ fits? ─▶ training | validation

Everything that falls out on the way is counted by its cause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import jinja2
import numpy as np
import tokenizers
import transformers
from transformers import PreTrainedTokenizerFast

from .atomic_files import folder_written_beside, sha256_of
from .config import RunConfig
from .failures import TrainingFailure
from .labels import Labeller
from .templates import Renderer
from .token_cache import TokenStore, cache_key, open_store
from .tokenise import write_tokens

# Raised when the way from a row to its tokens changes, so that no older cache is taken for it.
_CACHE_VERSION = 4


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
    # First: both bring the tokenizer into the state in which it is part of the key.
    renderer, labeller = Renderer(tokenizer), Labeller(tokenizer)
    key = cache_key(
        [
            _CACHE_VERSION,
            [transformers.__version__, tokenizers.__version__, jinja2.__version__],
            tokenizer.backend_tokenizer.to_str(),
            tokenizer.chat_template,
            {name: str(token) for name, token in tokenizer.special_tokens_map.items()},
            sorted(labeller.special_ids),
            config.dataset.sha256,
            config.dataset.format,
            config.dataset.path.suffix.lower(),
            max_tokens,
            hyper.long_rows,
            hyper.seed,
        ]
    )
    cache = folder / "tokens"
    store = open_store(cache, key)
    if store is None:
        with folder_written_beside(cache) as beside:
            write_tokens(beside, key, config, renderer, labeller, max_tokens, raise_on_stop)
        store = TokenStore(cache)
    if len(store) == 0:
        raise _nothing_left(store, config)
    train, validation = split_rows(store.order_keys, hyper.validation_share)
    return PreparedData(store=store, train=train, validation=validation)


def split_rows(order_keys: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Holds out the rows with the smallest keys: at least one, and never all of them.

    Pieces of one row have the same key and stay together: no row is learnt and asked for at once.
    """
    keys = np.unique(order_keys)
    if share <= 0 or len(keys) < 2:
        return np.arange(len(order_keys)), np.arange(0)
    held_out = min(max(1, round(len(keys) * share)), len(keys) - 1)
    is_held_out = order_keys < keys[held_out]
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)


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
