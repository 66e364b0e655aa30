"""The base model's tokenizer and the facts of its configuration that concern text. Without torch:
what only looks at rows must not wait for it."""

from __future__ import annotations

from typing import Any

from transformers import AutoConfig, AutoTokenizer, PreTrainedTokenizerFast

from .config import Named
from .failures import TrainingFailure
from .model_files import read_model_config


def load_tokenizer(base: Named) -> PreTrainedTokenizerFast:
    """Raises TrainingFailure when the folder is no model folder or has no fast tokenizer."""
    read_model_config(base)
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            base.path, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # whatever the many tokenizer formats raise
        lines = str(error).strip().splitlines()
        first = (lines[0] if lines else type(error).__name__).rstrip(".")
        raise TrainingFailure(
            "tokenizer_missing",
            f"The tokenizer of “{base.name}” cannot be loaded from {base.path}: {first}.",
            "Put the model's tokenizer.json and tokenizer_config.json into its folder.",
        ) from error
    if not getattr(tokenizer, "is_fast", False):
        raise TrainingFailure(
            "tokenizer_unsupported",
            f"“{base.name}” has no tokenizer.json; only such tokenizers can mark what is learnt.",
            "Convert the tokenizer with transformers, or choose a model that has tokenizer.json.",
        )
    return tokenizer


def load_model_config(base: Named) -> Any:
    """As AutoConfig reads it. Raises TrainingFailure when the architecture is not known."""
    try:
        return AutoConfig.from_pretrained(base.path, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # an architecture that is unknown or needs code of its own
        raise TrainingFailure(
            "model_unusable",
            f"The configuration of “{base.name}” is not understood: {error}",
            "Choose a model whose architecture is known to the installed transformers.",
        ) from error


def context_tokens(model_config: Any) -> int | None:
    found = getattr(model_config.get_text_config(), "max_position_embeddings", None)
    return found if isinstance(found, int) and found > 0 else None
