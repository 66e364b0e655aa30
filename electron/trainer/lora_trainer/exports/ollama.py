"""`--format ollama`: a folder that `ollama create` takes: GGUF files, Modelfile, README.

The base model and the adapter are converted apart (FROM and ADAPTER). Merged first, as DoRA always
is, there is one file.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..failures import TrainingFailure
from .adapter_folder import Adapter, read_adapter_folder
from .base_folder import read_base_folder
from .chat_match import ChatMatch, match_chat
from .checkout import Checkout, find_checkout
from .command_line import command_line
from .export_folder import export_folder
from .gguf import (
    adapter_gguf_bytes,
    merged_gguf_bytes,
    model_gguf_bytes,
    try_conversion,
    write_adapter_gguf,
    write_merged_gguf,
    write_model_gguf,
)
from .gguf_file import GgufFile
from .modelfile import Instruction, modelfile_text, parse_modelfile, stop_parameter
from .report import Export
from .request import Context

MODELFILE = "Modelfile"

_README = """# {name} for Ollama

In a terminal, in this folder:

```
{command}
ollama run {name}
```

{files}

## Checked

{checks}

## Good to know

{notes}
"""


@dataclass(frozen=True, kw_only=True)
class Weights:
    base: str  # what FROM names
    adapter: str | None
    checks: list[str]
    notes: list[str]


def export_ollama(context: Context) -> Export:
    request = context.request
    adapter = read_adapter_folder(request.adapter)
    checkout = find_checkout(request.llama_cpp)
    is_merged = request.is_merged_first or adapter.is_dora
    needed = merged_gguf_bytes(context)
    if not is_merged:
        base = read_base_folder(request.base)
        needed = adapter_gguf_bytes(adapter) + model_gguf_bytes(base, request.outtype)
    write = _merged_weights if is_merged else _two_weights
    with export_folder(context, needed) as (beside, write_record):
        weights = write(context, adapter, checkout, beside)
        chat = match_chat(request.base, request.adapter)
        with closing(GgufFile(checkout, beside / weights.base)) as file:
            adds_bos = _adds_bos(file)
        text = modelfile_text(_instructions(weights, chat, adds_bos=adds_bos), [request.name])
        (beside / MODELFILE).write_text(text, "utf-8", newline="\n")
        checks = [*weights.checks, *chat.checks, _check_modelfile(beside)]
        notes = [*weights.notes, *chat.notes]
        (beside / "README.md").write_text(_readme(request.name, weights, checks, notes), "utf-8")
        files = write_record(checks)
    modelfile = str(context.target() / MODELFILE)
    return Export(
        path=context.target(),
        files=files,
        checks=checks,
        command=command_line(["ollama", "create", request.name, "-f", modelfile]),
        notes=notes,
    )


def _merged_weights(
    context: Context, adapter: Adapter, checkout: Checkout, folder: Path
) -> Weights:
    written = write_merged_gguf(context, adapter, checkout, folder, context.progress.part(0, 0.95))
    return Weights(base=written.name, adapter=None, checks=written.checks, notes=written.notes)


def _two_weights(context: Context, adapter: Adapter, checkout: Checkout, folder: Path) -> Weights:
    base = read_base_folder(context.request.base)
    # What takes seconds first: what is wrong with it is known before the long part.
    try_conversion(base, checkout, folder, context.progress.part(0, 0.05))
    small = write_adapter_gguf(context, adapter, checkout, folder, context.progress.part(0.05, 0.2))
    progress = context.progress.part(0.2, 0.95)
    whole = write_model_gguf(context, base, adapter, checkout, folder, progress, "base")
    apart = (
        "If Ollama says that this model's architecture takes no adapters, export again with the "
        "adapter merged first."
    )
    return Weights(
        base=whole.name,
        adapter=small.name,
        checks=small.checks + whole.checks,
        notes=[*small.notes, *whole.notes, apart],
    )


def _instructions(weights: Weights, chat: ChatMatch, *, adds_bos: bool) -> list[Instruction]:
    found: list[Instruction] = [("FROM", f"./{weights.base}")]
    if weights.adapter is not None:
        found.append(("ADAPTER", f"./{weights.adapter}"))
    if chat.kind is not None:
        # Exactly one BOS token: the template writes it only where the tokenizer does not.
        begins_with = "" if adds_bos else chat.begins_with
        found.append(("TEMPLATE", begins_with + chat.kind.go_template))
        stops = dict.fromkeys([*chat.kind.stops, *([chat.eos] if chat.eos else [])])
        found += [stop_parameter(stop) for stop in stops]
    return found


def _adds_bos(file: GgufFile) -> bool:
    told = file.value("tokenizer.ggml.add_bos_token")
    if told is not None:
        return bool(told)
    # llama.cpp's own rule for files that do not say.
    is_sentencepiece = file.value("tokenizer.ggml.model") == "llama"
    return is_sentencepiece or file.value("tokenizer.ggml.pre") == "llama-bpe"


def _check_modelfile(folder: Path) -> str:
    found = parse_modelfile((folder / MODELFILE).read_text("utf-8"))
    named = [value for name, value in found if name in ("FROM", "ADAPTER")]
    for name in named:
        if not (folder / name).is_file():
            raise TrainingFailure(
                "check_failed",
                f"The Modelfile names {name}, which was not written.",
                "Export again; if it happens again, export to GGUF instead.",
            )
    return (
        f"The Modelfile was read back: {len(found)} instructions; {' and '.join(named)} are there."
    )


def _readme(name: str, weights: Weights, checks: list[str], notes: list[str]) -> str:
    files = f"`{weights.base}` is the merged model."
    if weights.adapter is not None:
        files = f"`{weights.base}` is the base model, `{weights.adapter}` the adapter."
    return _README.format(
        name=name,
        command=command_line(["ollama", "create", name, "-f", MODELFILE]),
        files=files,
        checks="\n".join(f"- {check}" for check in checks),
        notes="\n".join(f"- {note}" for note in notes) or "Nothing more.",
    )
