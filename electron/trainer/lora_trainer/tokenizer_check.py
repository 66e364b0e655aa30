"""Tokenizers and chat templates that no run can be made with, found out before anything is read."""

from __future__ import annotations

import jinja2
from transformers import PreTrainedTokenizerFast

from .failures import TrainingFailure

_HELLO = [{"role": "user", "content": "Hello"}]


def check_tokenizer(tokenizer: PreTrainedTokenizerFast, name: str, *, is_text: bool) -> None:
    """Raises TrainingFailure. To be called before a missing template is made up for."""
    if tokenizer.eos_token_id is None and (is_text or not tokenizer.chat_template):
        # With a template the end of a turn is marked by what the template writes.
        raise TrainingFailure(
            "tokenizer_without_end",
            f"The tokenizer of “{name}” names no end-of-sequence token"
            + ("" if is_text else " and has no chat template")
            + ": a model trained with it would never learn where to stop.",
            "Set `eos_token` in the model's tokenizer_config.json to the token that ends its "
            "texts, or choose another model.",
        )
    if is_text or not tokenizer.chat_template:
        return
    try:
        tokenizer.apply_chat_template(_HELLO, tokenize=False)
    except jinja2.TemplateSyntaxError as error:
        raise TrainingFailure(
            "chat_template_broken",
            f"The chat template of “{name}” is damaged: {error.message} (line {error.lineno}).",
            "Put the model's original tokenizer_config.json and chat_template.jinja into its "
            "folder.",
        ) from error
    except Exception:  # it may refuse this conversation and take those of the dataset
        return
