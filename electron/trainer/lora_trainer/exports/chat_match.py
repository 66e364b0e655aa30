"""Which of the known chat formats a model's template writes, found by letting it write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transformers import AutoTokenizer
from transformers.utils.chat_template_utils import render_jinja_template

from .base_files import chat_template
from .chat_kinds import KINDS, ChatKind, Turn

_SYSTEM: Turn = ("system", "Answer in one word.")
_CHAT: tuple[Turn, ...] = (
    ("user", "What is 2 + 2?"),
    ("assistant", "Four."),
    ("user", "And 3 + 3?"),
)


@dataclass(frozen=True, kw_only=True)
class ChatMatch:
    kind: ChatKind | None
    begins_with: str = ""  # the BOS token's text, where the template itself writes it
    eos: str = ""
    checks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def match_chat(base: Path, adapter: Path) -> ChatMatch:
    template = chat_template(adapter) or chat_template(base)
    if template is None:
        return ChatMatch(kind=None, notes=["The model has no chat template, so none was written."])
    special = _special_tokens(base)
    bos, eos = special.get("bos_token", ""), special.get("eos_token", "")
    plain = _rendered(template, special, _CHAT)
    asked = _rendered(template, special, (_SYSTEM, *_CHAT))
    begins_with = bos if bos and plain is not None and plain.startswith(bos) else ""
    plain, asked = _without(plain, begins_with), _without(asked, begins_with)
    family = [kind for kind in KINDS if kind.marker in template]
    for kind in family:
        if plain == kind.render(_CHAT):
            return _matched(kind, begins_with, eos, asked)
    if not family:
        return ChatMatch(
            kind=None,
            eos=eos,
            notes=[
                "The model's chat template is none of those that can be put into Ollama's "
                "language here (ChatML, Llama 3, Gemma, Mistral). Ollama uses the one in the GGUF "
                "file if it knows it; else add a TEMPLATE to the Modelfile."
            ],
        )
    return ChatMatch(
        kind=family[0],
        begins_with=begins_with,
        eos=eos,
        notes=[
            f"The model's chat template is of the {family[0].name} family but writes more than "
            "plain turns (a default system text or reasoning marks, say). The Modelfile has the "
            "plain form: compare an answer with the app's before relying on it."
        ],
    )


def _matched(kind: ChatKind, begins_with: str, eos: str, asked: str | None) -> ChatMatch:
    has_system = asked == kind.render((_SYSTEM, *_CHAT))
    check = (
        f"The {kind.name} template writes a conversation of three turns "
        + ("with and without a system text " if has_system else "")
        + "letter for letter as the model's own chat template does."
    )
    refused = asked is None
    notes = []
    if not has_system:
        notes = [
            "The model's own chat template takes no system text; the Modelfile's puts it before "
            "the user's first words."
            if refused
            else "With a system text the model's own chat template writes something else than the "
            "Modelfile's."
        ]
    return ChatMatch(kind=kind, begins_with=begins_with, eos=eos, checks=[check], notes=notes)


def _special_tokens(folder: Path) -> dict[str, str]:
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except Exception:  # whatever the many tokenizer formats raise; the converter says it better
        return {}
    return {name: str(token) for name, token in tokenizer.special_tokens_map.items()}


def _rendered(template: str, special: dict[str, str], turns: Sequence[Turn]) -> str | None:
    """None when the template refuses the conversation (Gemma refuses system turns)."""
    messages = [{"role": role, "content": text} for role, text in turns]
    try:
        texts, _ = render_jinja_template(
            conversations=[messages],
            chat_template=template,
            add_generation_prompt=True,
            **special,
        )
    except Exception:  # templates raise what they like
        return None
    return str(texts[0])


def _without(text: str | None, beginning: str) -> str | None:
    return text if text is None else text.removeprefix(beginning)
