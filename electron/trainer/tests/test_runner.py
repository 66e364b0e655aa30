"""Runs through the runner, as the app starts them: killed, stopped, resumed, refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import make_run_folder
from run_folder import (
    TRAINER,
    events,
    read,
    run_through_runner,
    runner,
    steps_done,
    wait_until,
    write_command,
)

from lora_runner.exit_cause import describe_exit
from lora_runner.gpu_sample import gpu_sample
from lora_runner.process_identity import boot_id, start_time
from lora_runner.run_lock import lock_run, take_run
from runner import LOCKED_EXIT_CODE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals")

# Dropout, a step of two micro-batches, and a second epoch: all that a resume must get right.
LONG = {"epochs": 2, "max_steps": 34, "dropout": 0.2, "checkpoint_every_steps": 4}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """A run from its beginning to its end, to compare with. Made once."""
    folder = make_run_folder(tmp_path_factory.mktemp("undisturbed"), model=tiny_model, **LONG)
    assert run_through_runner(folder)["cause"] == "completed"
    return folder


def loss_by_step(folder: Path, event_type: str = "step") -> dict[int, float]:
    """Of steps that were done twice, the later one counts."""
    return {event["step"]: event["loss"] for event in events(folder, event_type)}


def assert_same_result(folder: Path, expected: Path) -> None:
    assert loss_by_step(folder) == loss_by_step(expected)
    assert loss_by_step(folder, "eval") == loss_by_step(expected, "eval")
    name = "adapter/adapter_model.safetensors"
    assert (folder / name).read_bytes() == (expected / name).read_bytes()
    assert [event["seq"] for event in events(folder)] == list(range(len(events(folder))))


def trainer_pid(folder: Path, attempt: int) -> int:
    beat = read(folder / "heartbeat.json")
    assert (beat["attempt"], beat["v"]) == (attempt, 1)
    assert beat["trainer"]["start_time"] == start_time(beat["trainer"]["pid"])
    return beat["trainer"]["pid"]


def test_killed_run_ends_bit_for_bit_as_the_undisturbed_one(make_run, undisturbed: Path) -> None:
    folder = make_run(**LONG)
    with runner(folder, 1) as process:
        wait_until(lambda: steps_done(folder) >= 10, "step 10")
        os.kill(trainer_pid(folder, 1), signal.SIGKILL)
        process.wait(timeout=30)
    first_exit = read(folder / "exit.json")
    assert (first_exit["cause"], first_exit["signal"]) == ("killed", "SIGKILL")
    assert first_exit["exit_code"] is None
    assert events(folder, "done") == events(folder, "error") == []

    with runner(folder, 2) as process:
        wait_until(lambda: steps_done(folder) >= 20, "step 20")
        orphan = trainer_pid(folder, 2)
        process.kill()
        process.wait(timeout=30)
    assert not (folder / "exit.json").exists()  # nobody was left to write one
    assert read(folder / "exit.1.json") == first_exit

    # The trainer lives on. The next runner makes it leave before it starts its own.
    assert run_through_runner(folder, 3)["cause"] == "completed"
    assert start_time(orphan) == "unknown"
    openings = [event["plan"]["from_step"] for event in events(folder, "status") if "plan" in event]
    assert openings[0] == 0
    assert 8 <= openings[1] < 20 <= openings[2] <= 34
    assert_same_result(folder, undisturbed)


def test_stopped_run_ends_bit_for_bit_as_the_undisturbed_one(make_run, undisturbed: Path) -> None:
    folder = make_run(**LONG)
    with runner(folder, 1) as process:
        wait_until(lambda: steps_done(folder) >= 5, "step 5")
        write_command(folder, 1, "stop")
        process.wait(timeout=60)
    ended = read(folder / "exit.json")
    assert (ended["cause"], ended["exit_code"]) == ("stopped", 10)
    [done] = events(folder, "done")
    assert (done["reason"], done["adapter"]) == ("stopped", None)
    assert events(folder, "checkpoint")[-1]["step"] == done["step"] == steps_done(folder)

    with runner(folder, 2) as process:
        wait_until(lambda: steps_done(folder) > done["step"] + 2, "two steps more")
        process.send_signal(signal.SIGHUP)  # the terminal of the app is gone
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    assert read(folder / "exit.json")["cause"] == "stopped"
    assert read(folder / "heartbeat.json")["phase"] == "exited"

    assert run_through_runner(folder, 3)["cause"] == "completed"
    assert_same_result(folder, undisturbed)
    assert list(folder.glob(".*.part")) == []


def test_second_runner_of_a_run_is_refused(tmp_path: Path) -> None:
    second = [sys.executable, str(TRAINER / "runner.py")]
    second += ["--run", str(tmp_path), "--attempt", "2"]
    held = lock_run(tmp_path)
    assert held is not None
    with held:
        refused = subprocess.run(second, capture_output=True, text=True, timeout=60)
    assert refused.returncode == LOCKED_EXIT_CODE
    assert "Another runner" in refused.stderr
    assert not (tmp_path / "heartbeat.json").exists()


def test_run_whose_trainer_ends_by_itself_is_taken_over(tmp_path: Path) -> None:
    """The runner was killed, its trainer holds the lock and is gone before it can be asked."""
    held = lock_run(tmp_path)
    assert held is not None
    script = "import sys; sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, pass_fds=(held.fileno(),)
    ) as trainer:
        held.close()
        gone = {"pid": 2**22 + 1, "start_time": "1"}
        beat = {"boot_id": boot_id(), "runner": gone, "trainer": gone}
        (tmp_path / "heartbeat.json").write_text(json.dumps(beat))
        assert lock_run(tmp_path) is None
        trainer.stdin.close()
        taken = take_run(tmp_path)
        assert taken is not None
        taken.close()


def test_trainer_leads_its_own_session_and_can_be_stopped_at_once(make_run) -> None:
    folder = make_run(**LONG)
    with runner(folder) as process:
        wait_until(lambda: events(folder, "status"), "the trainer's first word")
        trainer = trainer_pid(folder, 1)
        assert os.getsid(process.pid) == process.pid != os.getsid(0)
        assert os.getpgid(trainer) == trainer
        process.send_signal(signal.SIGTERM)  # before there is anything to save
        process.wait(timeout=60)
    assert read(folder / "exit.json")["cause"] == "stopped"
    assert [event["reason"] for event in events(folder, "done")] == ["stopped"]


def test_failed_run_says_so_in_exit_event_and_log(make_run) -> None:
    folder = make_run(rank=0)
    ended = run_through_runner(folder)
    assert (ended["cause"], ended["exit_code"], ended["attempt"]) == ("failed", 1, 1)
    assert [event["kind"] for event in events(folder, "error")] == ["bad_config"]
    assert "Traceback" in (folder / "log.txt").read_text("utf-8")


def test_run_without_configuration_is_the_runners_failure(tmp_path: Path) -> None:
    ended = run_through_runner(tmp_path)
    assert (ended["cause"], ended["exit_code"]) == ("runner_error", None)
    assert "config.json" in ended["message"]


@pytest.mark.parametrize(
    ("code", "before", "after", "cause", "name"),
    [
        (0, 0, 0, "completed", None),
        (10, 0, 0, "stopped", None),
        (1, 0, 1, "failed", None),
        (-9, 3, 3, "killed", "SIGKILL"),
        (-9, None, None, "killed", "SIGKILL"),
        (-9, 3, 4, "out_of_memory", "SIGKILL"),
        (-11, 3, 4, "killed", "SIGSEGV"),
    ],
)
def test_causes(code: int, before: int, after: int, cause: str, name: str | None) -> None:
    found = describe_exit(code, before, after)
    assert (found["cause"], found["signal"]) == (cause, name)
    assert found["exit_code"] == (code if code >= 0 else None)


def test_line_of_nvidia_smi_is_read_as_far_as_it_says_something() -> None:
    assert gpu_sample("GPU-1, 412.31, 98, 40210, 61") == {
        "uuid": "GPU-1",
        "utilization_percent": 98,
        "memory_used_mb": 40210,
        "temperature_c": 61,
        "power_w": 412.31,
    }
    assert set(gpu_sample("GPU-2, [Not Supported], [N/A], nan, -1").values()) == {"GPU-2", None}
    assert set(gpu_sample("No devices were found").values()) == {"No devices were found", None}


FULL_DISK = """
import sys, runner
beat = runner.Runner._beat
def beat_or_fail(self, phase):
    if phase == "exited":
        raise OSError(28, "No space left on device")
    beat(self, phase)
runner.Runner._beat = beat_or_fail
sys.exit(runner.main())
"""


def test_full_disk_at_the_end_is_no_failure_of_the_runner(tmp_path: Path) -> None:
    folder = make_run_folder(tmp_path, model=tmp_path / "no-model")
    command = [sys.executable, "-c", FULL_DISK, "--run", str(folder), "--attempt", "1"]
    subprocess.run(command, cwd=TRAINER, check=True, timeout=60)
    ended = read(folder / "exit.json")
    assert (ended["cause"], ended["exit_code"]) == ("failed", 1)


def test_start_time_is_steady_and_tells_processes_apart() -> None:
    mine = start_time(os.getpid())
    assert mine == start_time(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert start_time(other.pid) != mine
        other.communicate(b"\n")
    assert boot_id() == boot_id() != "unknown"
