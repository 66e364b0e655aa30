"""The llama.cpp checkout that the user points at: its two converters and its gguf package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..failures import TrainingFailure

ADAPTER_SCRIPT = "convert_lora_to_gguf.py"
MODEL_SCRIPT = "convert_hf_to_gguf.py"
_GGUF = "gguf-py/gguf/__init__.py"
_SITE = "github.com/ggml-org/llama.cpp"


@dataclass(frozen=True, kw_only=True)
class Checkout:
    folder: Path

    @property
    def gguf_package(self) -> Path:
        return self.folder / "gguf-py"


def find_checkout(folder: Path | None) -> Checkout:
    """Raises TrainingFailure when there is none or the folder is something else."""
    if folder is None:
        raise TrainingFailure(
            "llama_cpp_missing",
            "GGUF files are written by llama.cpp's own converters, and no llama.cpp folder is set.",
            f"Download llama.cpp's source ({_SITE}) and choose its folder in Settings.",
        )
    if not folder.is_dir():
        raise TrainingFailure(
            "llama_cpp_missing",
            f"The llama.cpp folder is not there: {folder}.",
            "Choose the folder of llama.cpp's source again in Settings.",
        )
    for name in (ADAPTER_SCRIPT, MODEL_SCRIPT, _GGUF):
        if not (folder / name).is_file():
            raise TrainingFailure(
                "llama_cpp_wrong_folder",
                f"{folder} is not llama.cpp's source: it has no {name}.",
                f"Choose the folder that holds {ADAPTER_SCRIPT}. A download of ready-built "
                f"programs is not enough; the source is at {_SITE}.",
            )
    return Checkout(folder=folder)
