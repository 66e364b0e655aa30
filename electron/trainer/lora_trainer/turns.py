"""What a row of a dataset becomes: turns of a conversation, or a reason why it is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

# What JavaScript's `trim` removes; Python's `strip` differs in a few control characters.
WHITE_SPACE: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


class RowRejected(Exception):
    """A row that is left out; `reason` is one of the contract's rejection reasons."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Turn:
    role: str
    text: str
    # What a chat template that knows tool calls is given instead of `text`.
    content: str = ""
    tool_calls: tuple[dict[str, Any], ...] = ()
    # Of a tool turn: which tool answers, and which call. Some templates insist on one of them.
    name: str = ""
    tool_call_id: str = ""
    # False for an assistant turn that is there for what comes after it.
    is_learnt: bool = True


@dataclass(frozen=True, kw_only=True)
class Row:
    turns: tuple[Turn, ...]
    # Descriptions of the tools that the assistant may call (OpenAI's `tools` beside `messages`).
    tools: tuple[dict[str, Any], ...] = ()


def is_blank(text: str) -> bool:
    return not text.strip(WHITE_SPACE)
