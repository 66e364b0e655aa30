"""The chat formats that can be said in Ollama's template language, each in Go and in Python.

Both sides of a kind write the same text; the Python side is compared with what the model's own
template renders, which says whether the Go side may stand in for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Turn = tuple[str, str]  # role (system, user, assistant) and text
Render = Callable[[Sequence[Turn]], str]


@dataclass(frozen=True, kw_only=True)
class ChatKind:
    name: str
    marker: str  # a template that has it is of this family
    go_template: str
    render: Render  # the conversation and the beginning of the next answer, without a BOS token
    stops: tuple[str, ...]


def _every_turn(turn: str, opening: str) -> Render:
    def render(turns: Sequence[Turn]) -> str:
        written = (turn.format(role=role, text=text) for role, text in turns)
        return "".join(written) + opening

    return render


def _system_in_user(user: str, answer: str, opening: str) -> Render:
    """For formats without a system turn: its text goes before the next user's."""

    def render(turns: Sequence[Turn]) -> str:
        written, system = [], ""
        for role, text in turns:
            if role == "system":
                system = text + "\n\n"
            elif role == "user":
                written.append(user.format(text=system + text))
                system = ""
            else:
                written.append(answer.format(text=text))
        return "".join(written) + opening

    return render


def _go_system_in_user(user: str, answer: str, opening: str) -> str:
    return (
        '{{- $system := "" }}\n{{- range .Messages }}\n'
        '{{- if eq .Role "system" }}{{ $system = printf "%s\\n\\n" .Content }}\n'
        '{{- else if eq .Role "user" }}'
        + user.format(text="{{ $system }}{{ .Content }}")
        + '{{ $system = "" }}\n{{- else }}'
        + answer.format(text="{{ .Content }}")
        # The empty text keeps `{{-` from trimming the answer's end.
        + '{{ "" }}\n{{- end }}\n{{- end }}'
        + opening
    )


def _mistral(version: str, user: str, answer: str) -> ChatKind:
    return ChatKind(
        name=f"Mistral ({version})",
        marker="[INST]",
        go_template=_go_system_in_user(user, answer, ""),
        render=_system_in_user(user, answer, ""),
        stops=("[INST]", "[/INST]"),
    )


_GEMMA_USER = "<start_of_turn>user\n{text}<end_of_turn>\n"
_GEMMA_MODEL = "<start_of_turn>model\n{text}<end_of_turn>\n"
_GEMMA_OPENING = "<start_of_turn>model\n"
_LLAMA_OPENING = "<|start_header_id|>assistant<|end_header_id|>\n\n"

KINDS = (
    ChatKind(
        name="ChatML",
        marker="<|im_start|>",
        go_template="{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n"
        "{{ end }}<|im_start|>assistant\n",
        render=_every_turn("<|im_start|>{role}\n{text}<|im_end|>\n", "<|im_start|>assistant\n"),
        stops=("<|im_end|>",),
    ),
    ChatKind(
        name="Llama 3",
        marker="<|start_header_id|>",
        go_template="{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n"
        "{{ .Content }}<|eot_id|>{{ end }}" + _LLAMA_OPENING,
        render=_every_turn(
            "<|start_header_id|>{role}<|end_header_id|>\n\n{text}<|eot_id|>", _LLAMA_OPENING
        ),
        stops=("<|eot_id|>",),
    ),
    ChatKind(
        name="Gemma",
        marker="<start_of_turn>",
        go_template=_go_system_in_user(_GEMMA_USER, _GEMMA_MODEL, _GEMMA_OPENING),
        render=_system_in_user(_GEMMA_USER, _GEMMA_MODEL, _GEMMA_OPENING),
        stops=("<end_of_turn>",),
    ),
    _mistral("v3", "[INST] {text}[/INST]", " {text}</s>"),
    _mistral("v3, no space", "[INST]{text}[/INST]", "{text}</s>"),
    _mistral("v1", "[INST] {text} [/INST]", " {text}</s>"),
    _mistral("v1, no space", "[INST] {text} [/INST]", "{text}</s>"),
)
