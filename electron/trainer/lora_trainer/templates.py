"""Which text a row becomes for this base model, and which parts of it are to be learnt.

    row ──▶ chat template ──▶ text + spans (character ranges of what the assistant says)

The spans are those that the template marks with {% generation %}; where it marks none, spans.py
finds them. Turns that are not to be learnt (`weight: 0`) are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from transformers import PreTrainedTokenizerFast
from transformers.utils.chat_template_utils import render_jinja_template

from .spans import Messages, Span, assistant_spans
from .tool_calls import with_parsed_arguments
from .turns import Row, Turn

_GENERATION: Final = re.compile(r"\{%-?\s*generation\s*-?%\}")
# Templates that write today's date get this one, so that the same row is the same text tomorrow.
TODAY: Final = datetime(2024, 7, 26)

# Ends an assistant turn with `end`, so that a model which never saw the markers still learns to
# stop: with <|im_end|> alone where that is one token, else followed by the end-of-sequence token.
_CHATML: Final = (
    "{begin}{{%- for message in messages %}}"
    "{{{{ '<|im_start|>' + message['role'] + '\\n' }}}}"
    "{{%- if message['role'] == 'assistant' %}}"
    "{{% generation %}}{{{{ message['content'] + '<|im_end|>'{end} }}}}{{% endgeneration %}}"
    "{{%- else %}}{{{{ message['content'] + '<|im_end|>' }}}}{{%- endif %}}"
    "{{{{ '\\n' }}}}{{%- endfor %}}"
    "{{%- if add_generation_prompt %}}{{{{ '<|im_start|>assistant\\n' }}}}{{%- endif %}}"
)

Warn = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class Rendered:
    text: str
    # Half-open character ranges of what is to be learnt; None: all of it.
    spans: tuple[Span, ...] | None


def ensure_chat_template(tokenizer: PreTrainedTokenizerFast, warn: Warn) -> None:
    """Gives ChatML to a tokenizer without a template. The embeddings are never resized."""
    if isinstance(tokenizer.chat_template, str) and tokenizer.chat_template:
        return
    if isinstance(tokenizer.chat_template, dict) and "default" in tokenizer.chat_template:
        tokenizer.chat_template = tokenizer.chat_template["default"]
        return
    vocabulary = tokenizer.get_vocab()
    has_markers = "<|im_start|>" in vocabulary and "<|im_end|>" in vocabulary
    begins = tokenizer.bos_token_id is not None and (
        tokenizer("a")["input_ids"][:1] == [tokenizer.bos_token_id]
    )
    ends = not has_markers and tokenizer.eos_token is not None
    tokenizer.chat_template = _CHATML.format(
        begin="{{ bos_token }}" if begins else "", end=" + eos_token" if ends else ""
    )
    if not has_markers:
        warn(
            "chat_template_missing",
            "The base model has no chat template. ChatML is used; its markers <|im_start|> and "
            "<|im_end|> are no tokens of this model, so they are written as plain text.",
        )


class Renderer:
    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self._template = str(tokenizer.chat_template)
        self._special_tokens = tokenizer.special_tokens_map
        self._eos = tokenizer.eos_token or ""
        self.marks_generation = _GENERATION.search(self._template) is not None
        self._knows_tool_calls = "tool_calls" in self._template

    def render(self, row: Row) -> Rendered:
        """Raises whatever the template raises when it refuses the conversation."""
        if row.turns[0].role == "text":
            return Rendered(text=row.turns[0].text + self._eos, spans=None)
        messages = [self._message(turn) for turn in row.turns]
        tools = list(row.tools) or None
        text, marked = self._render(messages, tools, with_spans=self.marks_generation)

        def found() -> dict[int, Span]:
            return assistant_spans(
                messages, text, lambda some, is_prompt: self._render(some, tools, is_prompt)[0]
            )

        unlearnt = [at for at, turn in enumerate(row.turns) if not turn.is_learnt]
        if not any(end > start for start, end in marked):
            spans = [span for at, span in found().items() if at not in unlearnt]
            return Rendered(text=text, spans=tuple(spans))
        if unlearnt:
            answers = [at for at, turn in enumerate(row.turns) if turn.role == "assistant"]
            if len(marked) == len(answers):
                pairs = zip(answers, marked, strict=True)
                marked = [span for at, span in pairs if at not in unlearnt]
            else:  # several marks in one turn, or none: by where the turns are
                turns = found()
                without = [turns[at] for at in unlearnt if at in turns]
                marked = [
                    (start, end)
                    for start, end in marked
                    if len(without) == len(unlearnt)
                    and not any(start < last and first < end for first, last in without)
                ]
        return Rendered(text=text, spans=tuple(marked))

    def _message(self, turn: Turn) -> dict[str, Any]:
        message: dict[str, Any] = {"role": turn.role, "content": turn.text}
        if turn.tool_calls and self._knows_tool_calls:
            message["content"] = turn.content
            message["tool_calls"] = [with_parsed_arguments(call) for call in turn.tool_calls]
        if turn.name:
            message["name"] = turn.name
        if turn.tool_call_id:
            message["tool_call_id"] = turn.tool_call_id
        return message

    def _render(
        self,
        messages: Messages,
        tools: list[dict[str, Any]] | None,
        is_prompt: bool = False,
        *,
        with_spans: bool = False,
    ) -> tuple[str, list[Span]]:
        texts, spans = render_jinja_template(
            conversations=[messages],
            tools=tools,
            chat_template=self._template,
            return_assistant_tokens_mask=with_spans,
            add_generation_prompt=is_prompt,
            strftime_now=TODAY.strftime,
            **self._special_tokens,
        )
        return texts[0], spans[0] if with_spans else []
