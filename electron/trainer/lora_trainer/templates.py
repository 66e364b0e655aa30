"""Which text a row becomes for this base model, and which parts of it are to be learnt.

    row ──▶ chat template ──▶ text + spans (character ranges of what the assistant says)

Three ways to find the spans, the first that works:
1. the template marks them with {% generation %};
2. the conversation is rendered up to each assistant turn and up to its end; if each of these texts
   is the beginning of the next, the difference is what the assistant said;
3. each turn's text is looked for in the rendering, in order, an assistant's behind the header of
   its turn (templates that rewrite earlier turns, as those that drop old reasoning do). What cannot
   be found is not learnt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from transformers import PreTrainedTokenizerFast
from transformers.utils.chat_template_utils import render_jinja_template

from .formats import Row, Turn

_GENERATION: Final = re.compile(r"\{%-?\s*generation\s*-?%\}")
# What a prompt for an answer may end in, but an earlier answer in the same conversation lacks.
_REASONING: Final = re.compile(r"<think>\s*(?:</think>\s*)?\Z")

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
    spans: tuple[tuple[int, int], ...] | None


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
        self._marks_generation = _GENERATION.search(self._template) is not None
        self._knows_tool_calls = "tool_calls" in self._template

    def render(self, row: Row) -> Rendered:
        """Raises whatever the template raises when it refuses the conversation."""
        if row.turns[0].role == "text":
            return Rendered(text=row.turns[0].text + self._eos, spans=None)
        messages = [self._message(turn) for turn in row.turns]
        tools = list(row.tools) or None
        if self._marks_generation:
            text, marked = self._render(messages, tools, with_spans=True)
            if any(end > start for start, end in marked):
                return Rendered(text=text, spans=tuple(marked))
        text, _ = self._render(messages, tools)
        spans = self._spans_by_prefixes(messages, tools, text)
        if spans is None:
            spans = self._spans_by_search(messages, tools, text)
        return Rendered(text=text, spans=tuple(spans))

    def _message(self, turn: Turn) -> dict[str, Any]:
        if not turn.tool_calls or not self._knows_tool_calls:
            return {"role": turn.role, "content": turn.text}
        calls = [_with_parsed_arguments(call) for call in turn.tool_calls]
        return {"role": turn.role, "content": turn.content, "tool_calls": calls}

    def _render(
        self,
        messages: list[dict[str, Any]],
        tools: list[dict[str, Any]] | None,
        *,
        with_spans: bool = False,
        is_prompt: bool = False,
    ) -> tuple[str, list[tuple[int, int]]]:
        texts, spans = render_jinja_template(
            conversations=[messages],
            tools=tools,
            chat_template=self._template,
            return_assistant_tokens_mask=with_spans,
            add_generation_prompt=is_prompt,
            **self._special_tokens,
        )
        return texts[0], spans[0] if with_spans else []

    def _spans_by_prefixes(
        self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None, text: str
    ) -> list[tuple[int, int]] | None:
        spans: list[tuple[int, int]] = []
        for index, message in enumerate(messages):
            if message["role"] != "assistant":
                continue
            try:
                prompt, _ = self._render(messages[:index], tools, is_prompt=True)
                upto, _ = self._render(messages[: index + 1], tools)
            except Exception:  # a template may refuse any part of a conversation in its own way
                return None
            if not text.startswith(upto) or not upto.startswith(prompt):
                return None
            spans.append((len(prompt), len(upto)))
        return spans

    def _spans_by_search(
        self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None, text: str
    ) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        cursor = 0
        for index, message in enumerate(messages):
            is_learnt = message["role"] == "assistant"
            if is_learnt:
                # A short answer may be a part of the header's own words.
                head = self._head(messages[:index], tools)
                if head is None or (at := text.find(head, cursor)) < 0:
                    continue
                cursor = at + len(head)
            content = message["content"].strip()
            found = text.find(content, cursor) if content else -1
            if found < 0:
                continue
            cursor = found + len(content)
            if is_learnt:
                spans.append((found, cursor))
        return spans

    def _head(self, before: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> str | None:
        """What the template writes ahead of an answer to these turns; None: it does not tell."""
        # Many templates refuse turns without a question, as those before a first answer are.
        for turns in (before, [{"role": "user", "content": "Hello"}]):
            try:
                closed, _ = self._render(turns, tools)
                prompt, _ = self._render(turns, tools, is_prompt=True)
            except Exception:  # a template may refuse any part of a conversation in its own way
                continue
            if prompt.startswith(closed):
                return _REASONING.sub("", prompt[len(closed) :])
        return None


def _with_parsed_arguments(call: dict[str, Any]) -> dict[str, Any]:
    """OpenAI writes the arguments as JSON inside a string; chat templates expect an object."""
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
        return call
    try:
        arguments = json.loads(function["arguments"])
    except (ValueError, RecursionError):
        return call
    if not isinstance(arguments, dict):
        return call
    return {**call, "function": {**function, "arguments": arguments}}
