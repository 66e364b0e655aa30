"""What decides what a run computes, by name and version: packages, this trainer, the base model."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .model_files import model_fingerprint

_NAMES = ("torch", "transformers", "peft", "accelerate", "tokenizers", "safetensors", "numpy")
# Enough to tell two apart, and to be read out by a person.
_SHOWN_DIGITS = 12


def package_versions(quantization: str = "none", base: Path | None = None) -> dict[str, str]:
    """`base`: the folder of the base model, if it is to be told apart too."""
    names = (*_NAMES, "bitsandbytes") if quantization != "none" else _NAMES
    found = {name: _version(name) for name in names}
    versions = {name: text for name, text in found.items() if text}
    versions |= {"python": platform.python_version(), "lora_trainer": _trainer_version()}
    if base is not None:
        versions["base_model"] = model_fingerprint(base)[:_SHOWN_DIGITS]
    return versions


def changed_versions(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """What differs, as "torch 2.11.0 → 2.13.0"; what was not recorded before does not count."""
    return [
        f"{name} {text} → {now.get(name, 'not installed')}"
        for name, text in sorted(before.items())
        if now.get(name) != text
    ]


def _trainer_version() -> str:
    """Of the files that train: what exports an adapter has no part in it."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        # A checkout on Windows may have other line ends.
        source = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name}\x00{len(source)}\x00".encode() + source)
    return digest.hexdigest()[:_SHOWN_DIGITS]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
