"""Copies a safetensors file tensor by tensor, some of them changed, in the memory of one tensor.

The library's own `save_file` wants every tensor of the file at once, and copies them once more.

    8 bytes (little-endian length of the header) │ header, JSON │ tensors one after the other
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import safe_open

# Of a tensor's name and value; returns a value of the same shape and type.
Change = Callable[[str, torch.Tensor], torch.Tensor]


def rewrite_weights(
    source: Path,
    target: Path,
    change: Change,
    *,
    copies: Mapping[str, str],
    left_out: frozenset[str],
    tell: Callable[[int], None],
) -> None:
    """`copies`: new tensors by name, each begun from another one of this file.

    `tell` is told the bytes of each tensor written.
    """
    with safe_open(source, "pt") as file, target.open("wb") as out:
        kept = [(key, key) for key in file.offset_keys() if key not in left_out]
        written = [*kept, *copies.items()]
        header: dict[str, object] = {"__metadata__": file.metadata() or {"format": "pt"}}
        offset = 0
        for name, origin in written:
            part = file.get_slice(origin)
            # Mapped into memory, not read: only its size is asked for.
            end = offset + file.get_tensor(origin).nbytes
            header[name] = {
                "dtype": part.get_dtype(),
                "shape": part.get_shape(),
                "data_offsets": [offset, end],
            }
            offset = end
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)  # tensors begin at a multiple of 8 bytes
        out.write(len(text).to_bytes(8, "little"))
        out.write(text)
        for name, origin in written:
            tensor = change(name, file.get_tensor(origin)).contiguous()
            out.write(tensor.reshape(-1).view(torch.uint8).numpy().data)
            tell(tensor.nbytes)
