"""What the runner writes of the GPUs' power, with an nvidia-smi that we pretend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_folder import TRAINER, wait_until

from lora_runner.power_log import PowerLog
from lora_runner.process_identity import start_time

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pretends nvidia-smi by a shell script")

# Says this once and then nothing more, as one does that hangs; `exec` so that it can be killed.
NVIDIA_SMI = """#!/bin/sh
echo "$@" > "{folder}/arguments"
cat "{folder}/says"
exec sleep 600
"""


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(NVIDIA_SMI.format(folder=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return lambda text: (tmp_path / "says").write_text(text)


def samples(folder: Path) -> list[dict]:
    path = folder / "power.jsonl"
    if not path.exists():
        return []
    found = []
    for line in path.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            found.append({"damaged": line})
    return found


def powers(folder: Path) -> list[dict[str, float | None]]:
    return [
        {gpu["uuid"]: gpu["power_w"] for gpu in sample["gpus"]}
        for sample in samples(folder)
        if "gpus" in sample
    ]


def run_until(folder: Path, uuids: list[str], count: int, attempt: int = 1) -> None:
    log = PowerLog(folder, attempt, uuids)
    log.start()
    try:
        wait_until(lambda: len(powers(folder)) >= count, f"{count} samples")
    finally:
        log.stop()


def test_each_turn_of_the_runs_gpus_is_a_line(tmp_path: Path, say) -> None:
    say("GPU-b, 80.5\nGPU-x, 1\nGPU-a, 300\nGPU-a, 310\nGPU-b, [N/A]\nGPU-a, 1\nGPU-a, 2\n")
    run_until(tmp_path, ["GPU-a", "GPU-b"], 3)
    assert powers(tmp_path) == [
        {"GPU-b": 80.5, "GPU-a": 300.0},
        {"GPU-a": 310.0, "GPU-b": None},
        {"GPU-a": 1.0},  # the other one was lost; what it drew is not known
    ]
    assert {(sample["v"], sample["attempt"]) for sample in samples(tmp_path)} == {(1, 1)}
    assert "--loop-ms=2000" in (tmp_path / "arguments").read_text()


def test_the_newest_turn_is_known_with_all_it_says(tmp_path: Path, say) -> None:
    say("GPU-a, 300, 97, 1000, 60\nGPU-a, 310, 98, 2000, [N/A]\n")
    log = PowerLog(tmp_path, 1, ["GPU-a"])
    assert log.latest() == []
    log.start()
    try:
        wait_until(lambda: len(powers(tmp_path)) == 2, "two samples")
        newest = {"utilization_percent": 98, "memory_used_mb": 2000, "temperature_c": None}
        assert log.latest() == [{"uuid": "GPU-a", "power_w": 310, **newest}]
    finally:
        log.stop()


def test_half_a_line_of_a_killed_writer_spoils_nothing_else(tmp_path: Path, say) -> None:
    (tmp_path / "power.jsonl").write_text('{"v": 1, "ts": 1.5, "att')
    say("GPU-a, 250\n")
    run_until(tmp_path, ["GPU-a"], 1, attempt=2)
    assert [set(sample) for sample in samples(tmp_path)] == [
        {"damaged"},
        {"v", "ts", "attempt", "gpus"},
    ]


def test_values_that_are_no_power_are_not_known(tmp_path: Path, say) -> None:
    say("GPU-a, nan\nGPU-a, -1\nGPU-a, 1e9\nGPU-a, [Unknown Error]\n")
    run_until(tmp_path, ["GPU-a"], 4)
    assert powers(tmp_path) == [{"GPU-a": None}] * 4


def test_without_gpus_nothing_is_started(tmp_path: Path, say) -> None:
    say("GPU-a, 250\n")
    log = PowerLog(tmp_path, 1, [])
    log.start()
    log.stop()
    assert not (tmp_path / "power.jsonl").exists()
    assert not (tmp_path / "arguments").exists()


LOOPING = """#!/bin/sh
echo $$ > "{folder}/pid"
while echo "GPU-a, 250"; do sleep 0.05; done
"""
# As the runner has it, and for as long.
OWNER = """
import sys, time
from pathlib import Path
from lora_runner.power_log import PowerLog
PowerLog(Path(sys.argv[1]), 1, ["GPU-a"]).start()
time.sleep(600)
"""


def test_nvidia_smi_dies_with_a_killed_runner(tmp_path: Path, say) -> None:
    (tmp_path / "bin" / "nvidia-smi").write_text(LOOPING.format(folder=tmp_path))
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], cwd=TRAINER)
    try:
        wait_until(lambda: len(powers(tmp_path)) >= 2, "two samples")
        looping = int((tmp_path / "pid").read_text())
        assert start_time(looping) != "unknown"
    finally:
        owner.kill()
        owner.wait()
    wait_until(lambda: start_time(looping) == "unknown", "the end of nvidia-smi")
