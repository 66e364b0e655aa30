"""What a merged model takes over from its base besides weights: tokenizer, template, licence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

# Named one by one: code, pickled weights and whatever else lies in a model folder stays there.
_PATTERNS = (
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "*.model",
    "chat_template.jinja",
    "chat_template.json",
    "additional_chat_templates/*.jinja",
    "LICEN[SC]E*",
    "NOTICE*",
)
_TEMPLATE = "chat_template.jinja"


def copy_base_files(base: Path, adapter: Path, folder: Path) -> list[str]:
    """Returns notes on what was done besides copying.

    The tokenizer is the base's own file by file, not the adapter's copy of it: that one was written
    by this environment's transformers and other programs may not know its format yet.
    """
    for pattern in _PATTERNS:
        for path in sorted(base.glob(pattern)):
            if path.is_file():
                copy = folder / path.relative_to(base)
                copy.parent.mkdir(exist_ok=True)
                shutil.copyfile(path, copy)
    if chat_template(folder) is not None:
        return []
    template = chat_template(adapter)
    if template is None:
        return ["Neither the base model nor the adapter has a chat template."]
    (folder / _TEMPLATE).write_text(template, "utf-8")
    return [
        "The base model has no chat template; the one that the adapter was trained with is in "
        f"{_TEMPLATE}."
    ]


def chat_template(folder: Path) -> str | None:
    """The template that a folder's tokenizer uses for chats, if it has one."""
    file = folder / _TEMPLATE
    if file.is_file():
        return file.read_text("utf-8")
    try:
        found = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))["chat_template"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if isinstance(found, list):  # several templates, each {name, template}
        named = {each["name"]: each["template"] for each in found}
        found = named.get("default")
    return found if isinstance(found, str) and found else None
