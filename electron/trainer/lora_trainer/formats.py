"""From one row of a dataset to turns: the rules of what is accepted, and why a row is not.

The app's importer applies the same rules; `tests/row-cases.jsonl` holds both sides to them.

1.  A row is the bytes of one line (JSONL) or of one element of a JSON array. Bytes above
    MAX_ROW_BYTES: `row_too_large`. Not UTF-8: `invalid_utf8`. Not JSON as RFC 8259 has it (no NaN,
    no Infinity, no trailing comma): `invalid_json`; so are objects and arrays nested more than
    MAX_NESTING levels deep, the row itself being level 1. Not an object: `not_an_object`. Of
    duplicate keys the last one counts.
2.  A row with the keys `chosen` and `rejected` is `preference_data`, whatever else it holds.
3.  A row without the main field of the dataset's format (FIRST_FIELD) is `unknown_format` when it
    has no field of any format (KNOWN_FIELDS), else `missing_field`.
4.  null is the same as absent. An absent field is `missing_field`, a field of another type than
    text is `wrong_type`, a blank one is `empty_text`. "Blank" is nothing but WHITE_SPACE. Fields
    are checked in the order in which they are named below, and turns from first to last; the first
    thing found is the reason.
5.  Text is kept as it is, never trimmed. Text with half a surrogate pair cannot be written as
    UTF-8: `invalid_utf8`.
6.  Keys that are not named below are ignored.

messages            messages: array of {role, content}.
    role            system, developer → system; user; assistant; tool, function → tool. Any other
                    text: `unknown_role`.
    content         text, or an array of {"type": "text", "text": text} whose texts are joined
                    without a separator; any other part is `wrong_type`.
    tool_calls      only looked at in assistant turns: an array (else `wrong_type`); when not empty
                    the content may be absent or blank, and the turn's text is the content (if not
                    blank), "\\n\\n" between, and the tool calls as compact JSON.
    blank content   is left out in a system turn, kept in a tool turn, else `empty_text`.
    weight          0 (OpenAI's format): this assistant turn is not learnt. Any other is ignored.
    name,
    tool_call_id    of a tool turn: given to the chat template where they are text.
    tools           beside `messages` or `conversations`: an array, or the same as JSON in a text;
                    given to the chat template. What is none of these is ignored.
    No assistant turn at all: `no_assistant_turn`. The last turn need not be the assistant's.
sharegpt            conversations: array of {from, value}; from: system, human → user,
                    gpt → assistant, function_call → assistant, observation → tool. value is text
                    only; blank values are treated as in messages. A function_call that is JSON
                    with `name` and `arguments` is a tool call for templates that know them.
alpaca              instruction → user; input, when present and not blank, follows it after
                    "\\n\\n" (any type but text is `wrong_type`); output → assistant.
prompt_completion   prompt → user, completion → assistant.
question_answer     question → user, answer → assistant.
text                text → text.
"""

from __future__ import annotations

from typing import Any, Final

from .conversations import messages_row, sharegpt_row
from .turns import Row, RowRejected, Turn, is_blank

MAX_ROW_BYTES: Final = 8 * 1024 * 1024
MAX_NESTING: Final = 200

FIRST_FIELD: Final = {
    "messages": "messages",
    "sharegpt": "conversations",
    "alpaca": "instruction",
    "prompt_completion": "prompt",
    "question_answer": "question",
    "text": "text",
}
KNOWN_FIELDS: Final = frozenset([*FIRST_FIELD.values(), "output", "completion", "answer"])


def row_from_value(value: Any, dataset_format: str) -> Row:
    """The turns of one row that is JSON already. Raises RowRejected."""
    if not isinstance(value, dict):
        raise RowRejected("not_an_object", "The row is not a JSON object.")
    if "chosen" in value and "rejected" in value:
        raise RowRejected("preference_data", "Preference rows (chosen, rejected) are not trained.")
    first = FIRST_FIELD[dataset_format]
    if value.get(first) is None and not any(value.get(key) is not None for key in KNOWN_FIELDS):
        raise RowRejected("unknown_format", "The row has no field of any known format.")
    if dataset_format == "messages":
        return messages_row(value)
    if dataset_format == "sharegpt":
        return sharegpt_row(value)
    if dataset_format == "alpaca":
        return Row(turns=_alpaca(value))
    if dataset_format == "text":
        return Row(turns=(_turn("text", _required_text(value, "text")),))
    second = {"prompt": "completion", "question": "answer"}[first]
    return Row(
        turns=(
            _turn("user", _required_text(value, first)),
            _turn("assistant", _required_text(value, second)),
        )
    )


def _turn(role: str, text: str) -> Turn:
    return Turn(role=role, text=text, content=text)


def _alpaca(row: dict[str, Any]) -> tuple[Turn, ...]:
    instruction = _required_text(row, "instruction")
    extra = row.get("input")
    if extra is not None and not isinstance(extra, str):
        raise RowRejected("wrong_type", "`input` is not text.")
    user = f"{instruction}\n\n{extra}" if extra and not is_blank(extra) else instruction
    return (_turn("user", user), _turn("assistant", _required_text(row, "output")))


def _required_text(row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if value is None:
        raise RowRejected("missing_field", f"`{field}` is missing.")
    if not isinstance(value, str):
        raise RowRejected("wrong_type", f"`{field}` is not text.")
    if is_blank(value):
        raise RowRejected("empty_text", f"`{field}` is blank.")
    return value
