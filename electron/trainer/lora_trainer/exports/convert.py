"""Runs one of llama.cpp's converters and says in one sentence why it failed, if it did."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import IO

from ..failures import TrainingFailure
from .checkout import Checkout
from .command_line import command_line
from .report import Progress

_MISSING = re.compile(r"No module named '([^']+)'")
_UNSUPPORTED = re.compile(r"Model (\S+) is not supported")
_WRITING = re.compile(r"Writing:\s+(\d+)%")
_KEPT_LINES = 400
# What a module is installed as, where that is another name.
_PACKAGES = {"yaml": "pyyaml", "google": "protobuf", "mistral_common": "mistral-common"}


def run_converter(
    checkout: Checkout, script: str, arguments: Sequence[str], progress: Progress, message: str
) -> None:
    """Blocks until the converter ends; an exception meanwhile (a cancellation) ends the converter.

    Raises TrainingFailure when it fails.
    """
    progress.tell(0.0, message)
    command = [sys.executable, str(checkout.folder / script), *arguments]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8"}
    environment.pop("NO_LOCAL_GGUF", None)  # it would read another gguf package than we do
    kept: list[str] = []
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        try:
            for line in _lines(process.stdout):
                share = _WRITING.match(line)
                if share is not None:
                    progress.tell(int(share[1]) / 100, message)
                    continue
                print(line, file=sys.stderr)
                kept = [*kept[-_KEPT_LINES:], line]
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise explain_converter(script, kept, process.returncode)


def explain_converter(script: str, lines: Sequence[str], code: int) -> TrainingFailure:
    text = "\n".join(lines)
    last = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")
    if missing := _MISSING.search(last):
        module = missing[1].partition(".")[0]
        package = _PACKAGES.get(module, module)
        install = command_line([sys.executable, "-m", "pip", "install", package])
        return TrainingFailure(
            "converter_package_missing",
            f"llama.cpp's {script} needs the Python package {package}, which is not installed.",
            f"Install it into the training environment: {install}",
        )
    if unsupported := _UNSUPPORTED.search(text):
        return TrainingFailure(
            "architecture_unknown",
            f"This llama.cpp cannot convert models of the architecture {unsupported[1]}.",
            "Update the llama.cpp folder; if the newest cannot either, export the model merged.",
        )
    if "pre-tokenizer was not recognized" in text:
        return TrainingFailure(
            "tokenizer_unknown",
            f"llama.cpp's {script} does not know this model's tokenizer: {last}",
            "Update the llama.cpp folder; it lists the tokenizers it can convert one by one.",
        )
    return TrainingFailure(
        "converter_failed",
        f"llama.cpp's {script} failed: {last}",
        "The log has all it said. Update the llama.cpp folder, or export the model merged.",
    )


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Lines as they come; a progress bar's end in a carriage return only."""
    rest = b""
    while block := os.read(stream.fileno(), 65_536):
        *whole, rest = re.split(rb"[\r\n]", rest + block)
        for line in whole:
            if line.strip():
                yield line.decode("utf-8", "replace")
    if rest.strip():
        yield rest.decode("utf-8", "replace")
