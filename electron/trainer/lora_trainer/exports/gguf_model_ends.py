"""Of a GGUF model: embedding, last norm and head, and whether its blocks are whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from safetensors import safe_open

from .base_folder import Base
from .gguf_adapter_check import block_count, check_failure
from .gguf_file import GgufFile
from .tensor_match import tolerance_of

_EMBEDDING, _NORM, _HEAD = "token_embd.weight", "output_norm.weight", "output.weight"
_STORED = re.compile(r"(.+)\.(weight|bias)\Z")
_IN_BLOCK = re.compile(r"blk\.\d+\.(.+)\Z")
_ROWS = 256


def check_model_ends(model: Base, file: GgufFile, tokens: int) -> str:
    """Returns what was found. Raises TrainingFailure on any difference."""
    keys = _keys_by_name(model, file)
    _check_blocks(set(keys), file)
    if _EMBEDDING in file.tensor_names and file.row_count(_EMBEDDING) != tokens:
        raise check_failure(
            f"its vocabulary has {tokens:,} tokens and its embedding "
            f"{file.row_count(_EMBEDDING):,} rows"
        )
    compared = []
    for name in (_EMBEDDING, _NORM, _HEAD):
        # A head that is the embedding may be left out, or written a second time.
        key = keys.get(name) or (keys.get(_EMBEDDING) if name == _HEAD else None)
        if key is None:
            continue
        if name not in file.tensor_names:
            if name == _HEAD and (model.is_tied or _HEAD not in keys):
                continue
            raise check_failure(f"its {name} is missing")
        if not _is_same(model, key, file, name):
            raise check_failure(f"its {name} is not the model's {key}")
        compared.append(name)
    return (
        f"{' and '.join(compared) or 'Nothing beside the layers'} compared with the model too; no "
        f"block lacks a tensor that the others have."
    )


def _keys_by_name(model: Base, file: GgufFile) -> dict[str, str]:
    """The model's stored tensors by llama.cpp's names; those it has no name for are left out."""
    # The converters look at a language model inside of another one by the same names.
    found = {key: _STORED.match(key.replace("language_model.", "", 1)) for key in model.tensors}
    parts = {key: (match[1], match[2]) for key, match in found.items() if match}
    modules = sorted({module for module, _ in parts.values()})
    names = file.names_of_modules(modules, block_count(model.config))
    return {
        f"{names[module]}.{kind}": key for key, (module, kind) in parts.items() if module in names
    }


def _check_blocks(wanted: set[str], file: GgufFile) -> None:
    """What a converter renames, splits or joins is missing in all blocks; what it lost, in some."""
    kinds: dict[str, list[str]] = {}
    for name in sorted(wanted):
        if kind := _IN_BLOCK.match(name):
            kinds.setdefault(kind[1], []).append(name)
    for names in kinds.values():
        lost = [name for name in names if name not in file.tensor_names]
        if lost and len(lost) < len(names):
            raise check_failure(
                f"{len(names)} blocks of the model have such a tensor, but its {lost[0]} is missing"
            )


def _is_same(model: Base, key: str, file: GgufFile, name: str) -> bool:
    tolerance = tolerance_of(file.type_of(name))
    with safe_open(model.folder / model.tensors[key].file, "pt") as source:
        if name == _NORM:
            found, own = file.tensor(name), source.get_tensor(key).float()
            # Of norms that multiply by 1 + weight, the sum is stored.
            return any(_is_near(found, wanted, tolerance) for wanted in (own, own + 1))
        own = source.get_slice(key)
        # Rows that no token has may be left out at the end.
        count = file.row_count(name)
        if count > own.get_shape()[0]:
            return False
        return all(
            _is_near(file.rows(name, start, stop), own[start:stop].float(), tolerance)
            for start, stop in _stretches(count)
        )


def _stretches(count: int) -> Iterator[tuple[int, int]]:
    for start in (0, (count - _ROWS) // 2, count - _ROWS):
        begin = max(0, start)
        yield begin, min(begin + _ROWS, count)


def _is_near(found: torch.Tensor, wanted: torch.Tensor, tolerance: float) -> bool:
    if found.shape != wanted.shape:
        return False
    return float((found - wanted).abs().max()) <= tolerance * float(wanted.abs().max())
