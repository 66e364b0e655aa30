from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from run_folder import TRAINER

import doctor


def test_report_is_the_only_thing_on_stdout() -> None:
    command = [sys.executable, str(TRAINER / "doctor.py")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(shown.stdout)
    assert report["pythonPath"] == sys.executable
    assert set(report["packages"]) - set(doctor.OPTIONAL_PACKAGES) == set(doctor.PACKAGES)
    assert set(report["torch"]) == {"version", "cudaVersion", "devices", "supportsBf16"}


def test_broken_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text('print("noise")\nraise OSError("libfoo.so: cannot open")')
    command = [sys.executable, str(TRAINER / "doctor.py")]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    shown = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert shown.returncode == 1
    assert json.loads(shown.stdout) == {
        "error": {"package": "torch", "message": "OSError: libfoo.so: cannot open"}
    }


def test_failing_device_is_told_as_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def fail() -> bool:
        raise RuntimeError("CUDA error: unknown error\nCompile with TORCH_USE_CUDA_DSA")

    monkeypatch.setattr(torch.cuda, "is_available", fail)
    assert doctor.examine() == {
        "error": {"package": "torch", "message": "RuntimeError: CUDA error: unknown error"}
    }


def test_optional_package_that_is_broken_or_missing_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delitem(sys.modules, "bitsandbytes", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "bitsandbytes.py").write_text('__version__ = "1.2.3"')
    assert doctor.examine()["packages"]["bitsandbytes"] == "1.2.3"
    monkeypatch.delitem(sys.modules, "bitsandbytes")
    (tmp_path / "bitsandbytes.py").write_text('raise RuntimeError("no library for this CUDA")')
    importlib.invalidate_caches()
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
    report = doctor.examine()
    assert "bitsandbytes" not in report["packages"] and "error" not in report


def test_packages_are_pinned_exactly() -> None:
    lines = (TRAINER / "requirements.txt").read_text().splitlines()
    pinned = dict(line.partition(";")[0].split("==") for line in lines)
    assert {*doctor.PACKAGES, *doctor.OPTIONAL_PACKAGES} <= set(pinned)
    assert all(version.replace(".", "").isdigit() for version in pinned.values())
