"""A dry run keeps off the GPUs of others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from run_folder import TRAINER

from lora_runner.gpu_leases import take_gpus

UUID = "GPU-11111111-2222-3333-4444-555555555555"


def test_refuses_a_gpu_that_another_process_holds(tmp_path: Path) -> None:
    folder, leases = tmp_path / "run", tmp_path / "leases"
    folder.mkdir()
    config = {"name": "tone", "device": {"kind": "cuda", "uuids": [UUID]}}
    (folder / "config.json").write_text(json.dumps(config))
    holder = {"job": "week-long", "user": "ada", "pid": 1, "home": "/home/ada"}
    held = take_gpus(leases, [UUID], holder, is_shared=False)
    command = [sys.executable, "-m", "lora_runner.dry_run", "--run", str(folder)]
    command += ["--leases", str(leases)]
    refused = subprocess.run(command, cwd=TRAINER, capture_output=True, text=True, check=False)
    for file in held:
        file.close()
    assert refused.returncode == 1
    error = json.loads(refused.stdout)["error"]
    assert error["kind"] == "gpu_taken"
    assert "week-long" in error["message"]


def test_says_what_the_trainer_says(tmp_path: Path, make_run) -> None:
    folder = make_run(epochs=1)
    command = [sys.executable, "-m", "lora_runner.dry_run", "--run", str(folder)]
    command += ["--leases", str(tmp_path / "leases")]
    tried = subprocess.run(command, cwd=TRAINER, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert json.loads(tried.stdout)["memory_mb"] > 0
