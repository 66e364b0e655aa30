"""A GGUF file as read by the gguf package of the same checkout that wrote it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import torch

from ..failures import TrainingFailure
from .checkout import Checkout


class GgufFile:
    def __init__(self, checkout: Checkout, path: Path) -> None:
        """Raises TrainingFailure when the package or the file cannot be read."""
        self._gguf = _gguf_package(checkout)
        try:
            self._reader = self._gguf.GGUFReader(str(path))
        except (OSError, ValueError, IndexError) as error:
            raise TrainingFailure(
                "check_failed",
                f"The converter wrote {path.name}, but it cannot be read back: {error}",
                "Update the llama.cpp folder, then export again.",
            ) from error
        self._tensors = {tensor.name: tensor for tensor in self._reader.tensors}

    def close(self) -> None:
        """Lets go of the memory map; Windows renames no folder with a mapped file in it."""
        self._tensors.clear()
        mapped = getattr(self._reader.data, "_mmap", None)
        self._reader.fields.clear()
        self._reader.tensors.clear()
        del self._reader
        if mapped is not None:
            mapped.close()

    @property
    def tensor_names(self) -> set[str]:
        return set(self._tensors)

    def value(self, key: str) -> Any:
        """None when the file does not say."""
        field = self._reader.fields.get(key)
        return None if field is None else field.contents()

    def type_of(self, name: str) -> str:
        return str(self._tensors[name].tensor_type.name)

    def tensor(self, name: str) -> torch.Tensor:
        """Dequantised, float32, in torch's order of dimensions."""
        tensor = self._tensors[name]
        values = self._gguf.dequantize(tensor.data, tensor.tensor_type)
        shape = [int(length) for length in reversed(tensor.shape)]
        return torch.tensor(values, dtype=torch.float32).reshape(shape)

    def row_count(self, name: str) -> int:
        return int(self._tensors[name].shape[-1])

    def rows(self, name: str, start: int, stop: int) -> torch.Tensor:
        """These rows alone, as `tensor` gives them: an embedding is too large to be read whole."""
        tensor = self._tensors[name]
        values = self._gguf.dequantize(tensor.data[start:stop], tensor.tensor_type)
        return torch.tensor(values, dtype=torch.float32).reshape(stop - start, -1)

    def names_of_modules(self, modules: list[str], blocks: int) -> dict[str, str]:
        """llama.cpp's names of the base model's modules; those it has no name for are left out."""
        architecture = self.value("general.architecture")
        names = self._gguf.MODEL_ARCH_NAMES
        found = [each for each, name in names.items() if name == architecture]
        if not found:
            return {}
        name_map = self._gguf.get_tensor_name_map(found[0], blocks)
        named = {module: name_map.get_name(module) for module in modules}
        return {module: name for module, name in named.items() if name is not None}


def _gguf_package(checkout: Checkout) -> Any:
    folder = str(checkout.gguf_package)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module("gguf")
    except ImportError as error:
        raise TrainingFailure(
            "converter_package_missing",
            f"llama.cpp's gguf package cannot be imported: {error}.",
            "Install what it names into the training environment, then export again.",
        ) from error
