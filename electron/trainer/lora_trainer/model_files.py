"""Whether a model folder is whole, from the headers and sizes of its files: no weights are read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .config import Named
from .failures import TrainingFailure

_INDEX, _SINGLE = "model.safetensors.index.json", "model.safetensors"
_LFS_POINTER = b"version https://git-lfs"
# Of what stands in these and in the weights, everything that the model computes follows.
_SMALL_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
_SAMPLES, _SAMPLE_BYTES = 64, 4096
# The format's own limit on headers.
_LARGEST_HEADER = 100_000_000
_CHOOSE_AGAIN = "Choose the model again on the Models page."


@dataclass(frozen=True, kw_only=True)
class ModelFiles:
    """What the headers say of the weights."""

    shapes: dict[str, tuple[int, ...]]  # by the name of the tensor

    @property
    def parameters(self) -> int:
        return sum(_product(shape) for shape in self.shapes.values())


def read_model_config(base: Named) -> dict[str, Any]:
    """config.json. Raises TrainingFailure `model_missing` or `model_unusable`."""
    if not base.path.is_dir():
        message = f"The folder of the base model “{base.name}” is not there: {base.path}."
        raise TrainingFailure("model_missing", message, _CHOOSE_AGAIN)
    try:
        config = json.loads((base.path / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        config = None
    if not isinstance(config, dict) or "model_type" not in config:
        message = f"{base.path} is no model folder: its config.json is missing or damaged."
        raise TrainingFailure("model_unusable", message, _CHOOSE_AGAIN)
    return config


def check_model_files(base: Named) -> ModelFiles:
    """Raises TrainingFailure naming the file that is missing or damaged."""
    read_model_config(base)
    folder = base.path
    if (folder / _INDEX).is_file():
        expected = _read_index(folder)
    elif (folder / _SINGLE).is_file():
        expected = {_SINGLE: set()}
    elif any(folder.glob("*.safetensors")):
        named = sorted(path.name for path in folder.glob("*.safetensors"))[0]
        raise _unusable(f"{folder} has {named}, but neither {_SINGLE} nor {_INDEX}")
    else:
        message = f"{folder} has no safetensors weights; other kinds are never loaded."
        raise TrainingFailure("model_unusable", message, "Choose a safetensors version of it.")
    missing = sorted(name for name in expected if not (folder / name).is_file())
    if missing:
        count = f"{len(missing)} of {len(expected)} files with weights are missing from {folder}"
        raise _unusable(f"{count}, the first is {missing[0]}")
    shapes: dict[str, tuple[int, ...]] = {}
    for name, tensors in sorted(expected.items()):
        found = _read_header(folder / name)
        absent = sorted(tensors - set(found))
        if absent:
            raise _unusable(f"{folder / name} lacks the tensor {absent[0]} that {_INDEX} has in it")
        shapes |= found
    return ModelFiles(shapes=shapes)


def model_fingerprint(folder: Path) -> str:
    """Another one for other weights, or another tokenizer, in the same folder. Quick: of the
    weights the sizes, the headers and samples are read, which no training leaves as they are."""
    digest = hashlib.sha256()
    for name in _SMALL_FILES:
        path = folder / name
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{name}\x00{len(content)}\x00".encode() + content)
    for path in sorted(folder.glob("*.safetensors")):
        size = path.stat().st_size
        digest.update(f"{path.name}\x00{size}\x00".encode())
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            digest.update(file.read(min(length, size, _LARGEST_HEADER)))
            for sample in range(_SAMPLES):
                file.seek(max(0, size - _SAMPLE_BYTES) * (sample + 1) // _SAMPLES)
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def _read_index(folder: Path) -> dict[str, set[str]]:
    """The names of the tensors by the file that holds them."""
    try:
        weight_map = json.loads((folder / _INDEX).read_text("utf-8"))["weight_map"]
        files: dict[str, set[str]] = {}
        for tensor, name in weight_map.items():
            files.setdefault(name, set()).add(tensor)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _unusable(f"{folder / _INDEX} is damaged") from None
    if any(Path(name).name != name for name in files):
        raise _unusable(f"{folder / _INDEX} names files outside of the model's folder")
    return files


def _read_header(path: Path) -> dict[str, tuple[int, ...]]:
    """Shapes by tensor. A file is 8 bytes of length, a JSON header and the tensors' bytes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        begin = file.read(len(_LFS_POINTER))
        if begin == _LFS_POINTER:
            raise TrainingFailure(
                "model_unusable",
                f"{path} is not the weights but a Git LFS pointer to them.",
                "Fetch the weights with `git lfs pull` in the model's folder.",
            )
        length = int.from_bytes(begin[:8], "little")
        if len(begin) < 8 or not 2 <= length <= min(size - 8, _LARGEST_HEADER):
            raise _damaged(path, size)
        file.seek(8)
        try:
            header = json.loads(file.read(length))
            header.pop("__metadata__", None)
            shapes = {name: tuple(entry["shape"]) for name, entry in header.items()}
            end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            raise _damaged(path, size) from None
    if size != 8 + length + end:
        raise _unusable(f"{path} has {size:,} bytes where its header asks for {8 + length + end:,}")
    return shapes


def _damaged(path: Path, size: int) -> TrainingFailure:
    return _unusable(f"{path} ({size:,} bytes) is no whole safetensors file")


def _unusable(what: str) -> TrainingFailure:
    return TrainingFailure(
        "model_unusable",
        f"The base model is damaged or incomplete: {what}.",
        "Download or copy the model again, then resume.",
    )


def _product(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count
