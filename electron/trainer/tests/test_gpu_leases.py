"""One run on a GPU at a time on the whole machine, for as long as any of its processes lives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import make_run_folder
from run_folder import TRAINER, read, wait_until

from lora_runner.gpu_leases import GpuTaken, UnsafeLeases, keep_fresh, lease_file, take_gpus
from runner import GPU_TAKEN_EXIT_CODE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX locks and modes")

WHO = {"user": "ann", "job": "Their run", "pid": 7, "home": "/home/ann/.lora-desk"}


@pytest.fixture
def leases(tmp_path: Path) -> Path:
    return tmp_path / "leases"


def test_who_comes_second_is_told_who_was_first(leases: Path) -> None:
    held = take_gpus(leases, ["GPU-a", "GPU-b"], WHO, is_shared=False)
    with pytest.raises(GpuTaken, match=r"“Their run” of ann \(process 7, .*is using GPU-b"):
        take_gpus(leases, ["GPU-c", "GPU-b"], WHO, is_shared=False)
    # Nothing is kept of an attempt that failed halfway.
    for file in take_gpus(leases, ["GPU-c"], WHO, is_shared=False) + held:
        file.close()
    take_gpus(leases, ["GPU-b"], WHO, is_shared=False)[0].close()


def test_gpus_are_shared_only_among_those_who_share(leases: Path) -> None:
    first = take_gpus(leases, ["GPU-a"], WHO, is_shared=True)
    second = take_gpus(leases, ["GPU-a"], WHO, is_shared=True)
    with pytest.raises(GpuTaken):
        take_gpus(leases, ["GPU-a"], WHO, is_shared=False)
    for file in first + second:
        file.close()
    alone = take_gpus(leases, ["GPU-a"], WHO, is_shared=False)
    with pytest.raises(GpuTaken):
        take_gpus(leases, ["GPU-a"], WHO, is_shared=True)
    alone[0].close()


def test_all_users_may_use_the_files(leases: Path) -> None:
    take_gpus(leases, ["MIG-GPU-a/1/0"], WHO, is_shared=False)[0].close()
    assert leases.stat().st_mode & 0o7777 == 0o1777
    file = lease_file(leases, "MIG-GPU-a/1/0")
    assert file.parent == leases
    assert file.stat().st_mode & 0o777 == 0o666
    assert json.loads(file.read_text())["job"] == "Their run"


def test_nothing_that_was_put_there_is_followed(leases: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    leases.mkdir(mode=0o1777)
    lease_file(leases, "GPU-a").symlink_to(precious)
    os.link(precious, lease_file(leases, "GPU-b"))
    for uuid in ("GPU-a", "GPU-b"):
        with pytest.raises(UnsafeLeases):
            take_gpus(leases, [uuid], WHO, is_shared=False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.symlink_to(leases)
    with pytest.raises(UnsafeLeases):
        take_gpus(elsewhere, ["GPU-c"], WHO, is_shared=False)
    assert precious.read_text() == "mine"


def test_file_of_a_long_run_does_not_look_forgotten(leases: Path) -> None:
    held = take_gpus(leases, ["GPU-a"], WHO, is_shared=False)
    path = lease_file(leases, "GPU-a")
    os.utime(path, (1, 1))
    keep_fresh(held)
    assert path.stat().st_mtime > 1 and path.stat().st_atime > 1
    held[0].close()


def on_pretended_gpu(tmp_path: Path) -> Path:
    """A run whose trainer never gets as far as to miss its GPU: the tests stop it first."""
    folder = make_run_folder(tmp_path, model=tmp_path / "no-model")
    config = read(folder / "config.json")
    config["device"] = {"kind": "cuda", "uuids": ["GPU-pretended"]}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def start(folder: Path, leases: Path) -> subprocess.Popen:
    command = [sys.executable, str(TRAINER / "runner.py"), "--run", str(folder)]
    environment = {**os.environ, "LORA_DESK_NONCE": "of-this-launch"}
    return subprocess.Popen([*command, "--attempt", "1", "--leases", str(leases)], env=environment)


def test_runner_leaves_with_a_word_where_the_gpu_is_taken(tmp_path: Path, leases: Path) -> None:
    folder = on_pretended_gpu(tmp_path)
    held = take_gpus(leases, ["GPU-pretended"], WHO, is_shared=False)
    assert start(folder, leases).wait(timeout=30) == GPU_TAKEN_EXIT_CODE
    held[0].close()
    found = read(folder / "exit.json")
    assert (found["cause"], found["exit_code"]) == ("gpu_taken", None)
    assert "Their run" in found["message"]
    assert not (folder / "heartbeat.json").exists()


def test_lease_lives_as_long_as_the_trainer(tmp_path: Path, leases: Path) -> None:
    folder = on_pretended_gpu(tmp_path)
    process = start(folder, leases)
    beat = folder / "heartbeat.json"
    wait_until(lambda: beat.exists() and read(beat)["trainer"], "the trainer")
    trainer = read(beat)["trainer"]["pid"]
    os.kill(trainer, signal.SIGSTOP)
    try:
        assert read(beat)["nonce"] == "of-this-launch"
        lease = lease_file(leases, "GPU-pretended")
        wait_until(lambda: read(lease)["trainer"], "its note")
        os.utime(lease, (1, 1))
        wait_until(lambda: lease.stat().st_mtime > 1, "its being kept fresh")
        process.kill()
        process.wait(timeout=30)
        with pytest.raises(GpuTaken):
            take_gpus(leases, ["GPU-pretended"], WHO, is_shared=False)
    finally:
        os.kill(trainer, signal.SIGKILL)
    wait_until(lambda: is_free(leases), "the lease")


def is_free(leases: Path) -> bool:
    try:
        take_gpus(leases, ["GPU-pretended"], WHO, is_shared=False)[0].close()
    except GpuTaken:
        return False
    return True
