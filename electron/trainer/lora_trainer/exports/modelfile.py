"""Ollama's Modelfile: INSTRUCTION value, one a line; \"\"\" around a value of several lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..failures import TrainingFailure

Instruction = tuple[str, str]  # FROM, ADAPTER, TEMPLATE, PARAMETER and what follows

_KNOWN = {"FROM", "ADAPTER", "TEMPLATE", "PARAMETER", "SYSTEM", "MESSAGE", "LICENSE"}
_QUOTES = '"""'
_INSTRUCTION = re.compile(r"[ \t]*([A-Za-z]+)[ \t]+")


def modelfile_text(instructions: Iterable[Instruction], comments: Sequence[str] = ()) -> str:
    lines = [f"# {comment}" for comment in comments]
    for name, value in instructions:
        is_long = name == "TEMPLATE"
        lines.append(f"{name} {_QUOTES}{value}{_QUOTES}" if is_long else f"{name} {value}")
    return "\n".join(lines) + "\n"


def stop_parameter(text: str) -> Instruction:
    return ("PARAMETER", 'stop "' + text.replace('"', '\\"') + '"')


def parse_modelfile(text: str) -> list[Instruction]:
    """Raises TrainingFailure where Ollama would refuse the file."""
    found: list[Instruction] = []
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if not line.strip() or line.lstrip().startswith("#"):
            at = end + 1
            continue
        head = _INSTRUCTION.match(text, at)
        if head is None or head[1].upper() not in _KNOWN:
            raise _damaged(f"{line!r} is no instruction")
        if text.startswith(_QUOTES, head.end()):
            close = text.find(_QUOTES, head.end() + len(_QUOTES))
            if close < 0:
                raise _damaged(f"the {_QUOTES} of {head[1]} is never closed")
            found.append((head[1].upper(), text[head.end() + len(_QUOTES) : close]))
            at = close + len(_QUOTES)
        else:
            found.append((head[1].upper(), text[head.end() : end].strip()))
            at = end + 1
    if [name for name, _ in found].count("FROM") != 1:
        raise _damaged("it has not exactly one FROM")
    return found


def _damaged(why: str) -> TrainingFailure:
    return TrainingFailure(
        "check_failed",
        f"The Modelfile was not kept, because {why}.",
        "Export to GGUF instead and write a Modelfile by hand.",
    )
