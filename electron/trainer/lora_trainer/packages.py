"""The packages that decide what a run computes, by name and version."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_NAMES = ("torch", "transformers", "peft", "accelerate", "tokenizers", "safetensors", "numpy")


def package_versions(quantization: str = "none") -> dict[str, str]:
    names = (*_NAMES, "bitsandbytes") if quantization != "none" else _NAMES
    found = {name: _version(name) for name in names}
    return {name: text for name, text in found.items() if text} | {
        "python": platform.python_version()
    }


def changed_versions(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """What differs, as "torch 2.11.0 → 2.13.0"; what was not recorded before does not count."""
    return [
        f"{name} {text} → {now.get(name, 'not installed')}"
        for name, text in sorted(before.items())
        if now.get(name) != text
    ]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
