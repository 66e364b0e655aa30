"""Where in a rendered conversation the assistant's turns are, when the template does not mark them.

By prefixes: the conversation is rendered up to each assistant turn and up to its end; if each of
these texts is the beginning of the whole, the difference is what the assistant said.

By search, for templates that rewrite earlier turns, as those that drop old reasoning do: each
turn's text is looked for in the rendering, in order, an assistant's behind the header of its turn.
What cannot be found is not learnt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

Messages = list[dict[str, Any]]
Span = tuple[int, int]
# (messages, is a prompt for an answer) → text; raises whatever the template raises.
Render = Callable[[Messages, bool], str]

# What a prompt for an answer may end in, but an earlier answer in the same conversation lacks.
_REASONING: Final = re.compile(r"<think>\s*(?:</think>\s*)?\Z")
# What a template puts ahead of an answer that came without reasoning.
_EMPTY_REASONING: Final = re.compile(r"\s*<think>\s*</think>\s*")
_REASONED: Final = "</think>"


def assistant_spans(messages: Messages, text: str, render: Render) -> dict[int, Span]:
    """Half-open character ranges in `text`, by the index of the message."""
    spans = _by_prefixes(messages, text, render)
    return _by_search(messages, text, render) if spans is None else spans


def _by_prefixes(messages: Messages, text: str, render: Render) -> dict[int, Span] | None:
    spans: dict[int, Span] = {}
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        try:
            prompt = render(messages[:index], True)
            is_last = index + 1 == len(messages)
            upto = text if is_last else render(messages[: index + 1], False)
        except Exception:  # a template may refuse any part of a conversation in its own way
            return None
        if not text.startswith(upto) or not upto.startswith(prompt):
            return None
        spans[index] = (len(prompt), len(upto))
    return spans


def _by_search(messages: Messages, text: str, render: Render) -> dict[int, Span]:
    spans: dict[int, Span] = {}
    cursor = 0
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            content = message["content"].strip()
            found = text.find(content, cursor) if content else -1
            cursor = cursor if found < 0 else found + len(content)
            continue
        # A short answer may be a part of the header's own words.
        head = _head(messages[:index], render)
        if not head or (at := text.find(head, cursor)) < 0:
            continue
        cursor = at + len(head)
        wanted = _wanted(messages[: index + 1], render)
        span = _answer(text, cursor, text.find(head, cursor), wanted, message["content"])
        if span is not None:
            spans[index] = span
            cursor = span[1]
    return spans


def _wanted(upto: Messages, render: Render) -> Iterator[str]:
    """What the last of these turns may have become, the likeliest first."""
    # A turn with tool calls is more than its content.
    if upto[-1].get("tool_calls"):
        yield _said(upto, render)
    content = upto[-1]["content"]
    yield content.strip()
    yield content.rpartition(_REASONED)[2].strip()
    yield _said(upto, render)


def _answer(
    text: str, start: int, next_head: int, wanted: Iterator[str], content: str
) -> Span | None:
    """Where the first of the wanted texts that is there is, in the turn that begins at `start`."""
    # A short answer may also be a part of the words around a reasoning that is empty.
    empty = _EMPTY_REASONING.match(text, start)
    behind = start if empty is None else empty.end()
    for answer in filter(None, wanted):
        found = text.find(answer, start if _EMPTY_REASONING.match(answer) else behind)
        # Behind the next answer's header it would be another turn's.
        if found >= 0 and (next_head < 0 or found < next_head):
            return _with_white_space(text, behind, (found, found + len(answer)), content)
    return None


def _with_white_space(text: str, behind: int, span: Span, content: str) -> Span:
    """With the white space that the content has around it, where the template keeps that: only
    then is what ends the turn the next token."""
    start, end = span
    before = content[: len(content) - len(content.lstrip())]
    after = content[len(content.rstrip()) :]
    if start - len(before) >= behind and text.endswith(before, behind, start):
        start -= len(before)
    if text.startswith(after, end):
        end += len(after)
    return start, end


def _said(upto: Messages, render: Render) -> str:
    """What the template makes of the last of these turns, without an empty reasoning."""
    try:
        prompt, text = render(upto[:-1], True), render(upto, False)
    except Exception:  # a template may refuse any part of a conversation in its own way
        return ""
    prompt = _REASONING.sub("", prompt)
    said = text[len(prompt) :] if text.startswith(prompt) else ""
    empty = _EMPTY_REASONING.match(said)
    return said[empty.end() if empty else 0 :].strip()


def _head(before: Messages, render: Render) -> str | None:
    """What the template writes ahead of an answer to these turns; None: it does not tell."""
    # Many templates refuse turns without a question, as those before a first answer are.
    for turns in (before, [{"role": "user", "content": "Hello"}]):
        try:
            closed, prompt = render(turns, False), render(turns, True)
        except Exception:  # a template may refuse any part of a conversation in its own way
            continue
        if prompt.startswith(closed):
            return _REASONING.sub("", prompt[len(closed) :])
    return None
