from __future__ import annotations

import json
import os
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
    assert set(report["packages"]) == set(doctor.PACKAGES)
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


def test_packages_are_pinned_exactly() -> None:
    lines = (TRAINER / "requirements.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines)
    assert set(doctor.PACKAGES) <= set(pinned)
    assert all(version.replace(".", "").isdigit() for version in pinned.values())
