"""`python doctor.py`: what this Python can do for training, as one JSON object on stdout.

Ends with 0 and the report, or with 1 and {"error": {"package", "message"}} for the first package
that cannot be imported, or when torch cannot examine its devices.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import platform
import sys
from types import ModuleType

PACKAGES = ("torch", "transformers", "peft", "accelerate", "safetensors", "tokenizers")
# Reported where they are there and work; only runs that ask for them need them.
OPTIONAL_PACKAGES = ("bitsandbytes",)


def describe_torch(torch: ModuleType) -> dict:
    devices: list[str] = []
    supports_bf16 = False
    if torch.cuda.is_available():
        devices = [torch.cuda.get_device_name(at) for at in range(torch.cuda.device_count())]
        supports_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    return {
        "version": torch.__version__,
        "cudaVersion": torch.version.cuda,
        "devices": devices,
        "supportsBf16": supports_bf16,
    }


def broken(package: str, error: Exception) -> dict:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return {"error": {"package": package, "message": f"{type(error).__name__}: {lines[0]}"}}


def examine() -> dict:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    packages: dict[str, str] = {}
    for name in PACKAGES:
        try:
            packages[name] = str(importlib.import_module(name).__version__)
        except Exception as error:  # a broken library may raise anything while it is imported
            return broken(name, error)
    for name in OPTIONAL_PACKAGES:
        with contextlib.suppress(Exception):  # it may lack the library for this CUDA version
            packages[name] = str(importlib.import_module(name).__version__)
    try:
        torch = describe_torch(sys.modules["torch"])
    except Exception as error:  # drivers and devices fail in their own ways
        return broken("torch", error)
    return {
        "pythonPath": sys.executable,
        "pythonVersion": platform.python_version(),
        "packages": packages,
        "torch": torch,
    }


def main() -> int:
    # Libraries print as they are imported; stdout is for the report alone.
    report_to, sys.stdout = sys.stdout, sys.stderr
    report = examine()
    print(json.dumps(report), file=report_to, flush=True)
    return 1 if "error" in report else 0


if __name__ == "__main__":
    sys.exit(main())
