"""What is asked for on the command line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .cancel import Cancellation
from .report import Progress

FORMATS = ("merged", "gguf", "ollama", "vllm")
OUTTYPES = ("f16", "bf16", "f32", "q8_0")


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    adapter: Path
    base: Path
    format: str
    to: Path | None  # None only for vLLM, which needs no files
    llama_cpp: Path | None
    outtype: str
    is_merged_first: bool
    name: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What every step of an export is handed."""

    request: ExportRequest
    progress: Progress
    cancellation: Cancellation

    def target(self) -> Path:
        assert self.request.to is not None  # parse_request sees to it
        return self.request.to


def parse_request(arguments: Sequence[str] | None = None) -> ExportRequest:
    parser = argparse.ArgumentParser(
        prog="python -m lora_trainer.exports",
        description="Writes a trained adapter in the form another program takes, and checks it.",
    )
    parser.add_argument("--adapter", type=Path, required=True, help="the adapter's folder (PEFT)")
    parser.add_argument("--base", type=Path, required=True, help="the base model's folder, 16 bit")
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument("--to", type=Path, help="the folder to write (not for vllm)")
    parser.add_argument("--llama-cpp", type=Path, help="a llama.cpp checkout (gguf and ollama)")
    parser.add_argument("--outtype", choices=OUTTYPES, default="f16", help="of GGUF files")
    parser.add_argument(
        "--merged-first", action="store_true", help="GGUF of the merged model, not of the adapter"
    )
    parser.add_argument("--name", default="adapter", help="what the other program is to call it")
    found = parser.parse_args(arguments)
    if found.to is None and found.format != "vllm":
        parser.error(f"--to is required for {found.format}")
    return ExportRequest(
        adapter=found.adapter.absolute(),
        base=found.base.absolute(),
        format=found.format,
        to=found.to.absolute() if found.to else None,
        llama_cpp=found.llama_cpp.absolute() if found.llama_cpp else None,
        outtype=found.outtype,
        is_merged_first=found.merged_first,
        name=plain_name(found.name),
    )


def plain_name(name: str) -> str:
    """A name that is a file name and a model name everywhere: a-z, 0-9, dot, dash, underscore."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")
    return plain[:80].rstrip("-._") or "adapter"
