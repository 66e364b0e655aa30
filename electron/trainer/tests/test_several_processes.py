"""Runs in several processes on the CPU: the same training as in one, and the same endings."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import make_run_folder
from run_folder import (
    events,
    read,
    run_through_runner,
    runner,
    steps_done,
    wait_until,
    write_command,
)
from safetensors.torch import load_file

from lora_runner.process_identity import start_time

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="looks for child processes in /proc"
)
pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals")

SHORT = {"max_steps": 6, "dropout": 0, "checkpoint_every_steps": 3, "evaluate_every_steps": 3}
# Dropout, sharded weights, an epoch that ends between: all that a resume must get right.
LONG = {
    **SHORT,
    "max_steps": 20,
    "epochs": 2,
    "dropout": 0.2,
    "parallelism": "sharded",
    "gradient_checkpointing": True,
}
ADAPTER = "adapter/adapter_model.safetensors"

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Make:
    folder = tmp_path_factory.mktemp("several")
    return lambda **settings: make_run_folder(folder, model=tiny_model, **settings)


@pytest.fixture(scope="module")
def in_one(make: Make) -> Path:
    folder = make(name="one", **{**SHORT, "gradient_accumulation_steps": 4})
    assert run_through_runner(folder)["cause"] == "completed"
    return folder


@pytest.fixture(scope="module")
def in_two(make: Make) -> Path:
    folder = make(name="two", **SHORT)
    assert run_through_runner(folder, processes=2)["cause"] == "completed"
    return folder


def losses(folder: Path, event_type: str = "step") -> list[float]:
    return [event["loss"] for event in events(folder, event_type)]


def loss_by_step(folder: Path) -> dict[int, float]:
    """Of steps that were done twice, the later one counts."""
    return {event["step"]: event["loss"] for event in events(folder, "step")}


def assert_about_equal(folder: Path, expected: Path) -> None:
    assert losses(folder) == pytest.approx(losses(expected), rel=1e-5)
    assert losses(folder, "eval") == pytest.approx(losses(expected, "eval"), rel=1e-5)
    ours, theirs = load_file(folder / ADAPTER), load_file(expected / ADAPTER)
    assert set(ours) == set(theirs)
    # AdamW divides by the size of the gradient, which makes much of the last digits of small ones.
    for name, tensor in ours.items():
        assert float((tensor - theirs[name]).norm() / theirs[name].norm()) < 1e-3, name


def test_two_processes_train_like_one_with_twice_the_accumulation(in_one, in_two) -> None:
    assert_about_equal(in_two, in_one)
    pairs = [[(e["tokens"], e["epoch"]) for e in events(at, "step")] for at in (in_two, in_one)]
    assert pairs[0] == pairs[1]


def test_one_process_speaks_for_both(in_two) -> None:
    assert [event["seq"] for event in events(in_two)] == list(range(len(events(in_two))))
    assert [event["step"] for event in events(in_two, "step")] == [1, 2, 3, 4, 5, 6]
    [done] = events(in_two, "done")
    [plan] = [event["plan"] for event in events(in_two, "status") if "plan" in event]
    assert (plan["processes"], done["reason"]) == (2, "completed")
    log = (in_two / "log.txt").read_text("utf-8")
    assert log.count("Starting the trainer.") == 1


def members_of(folder: Path) -> list[tuple[int, str]]:
    """Pid and start time of the processes that the launcher has started."""
    launcher = read(folder / "heartbeat.json")["trainer"]["pid"]
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    return [(int(pid), start_time(int(pid))) for pid in children]


def assert_all_gone(members: list[tuple[int, str]]) -> None:
    for pid, started in members:
        wait_until(lambda pid=pid, started=started: start_time(pid) != started, f"the end of {pid}")


@needs_proc
def test_killed_stopped_and_resumed_run_ends_as_the_undisturbed_one(make: Make) -> None:
    whole = make(name="whole", **LONG)
    assert run_through_runner(whole, processes=2)["cause"] == "completed"
    folder = make(name="disturbed", **LONG)
    with runner(folder, 1, processes=2) as process:
        wait_until(lambda: events(folder, "checkpoint"), "a checkpoint")
        members = members_of(folder)
        os.killpg(read(folder / "heartbeat.json")["trainer"]["pid"], signal.SIGKILL)
        process.wait(timeout=60)
    assert read(folder / "exit.json")["cause"] == "killed"
    assert len(members) == 2
    assert_all_gone(members)

    with runner(folder, 2, processes=2) as process:
        resumed_from = steps_done(folder)
        wait_until(lambda: steps_done(folder) > resumed_from, "one step more")
        write_command(folder, 2, "stop")
        process.wait(timeout=120)
    ended = read(folder / "exit.json")
    assert (ended["cause"], ended["exit_code"]) == ("stopped", 10)
    [done] = events(folder, "done")
    assert events(folder, "checkpoint")[-1]["step"] == done["step"] < LONG["max_steps"]

    assert run_through_runner(folder, 3, processes=2)["cause"] == "completed"
    assert loss_by_step(folder) == loss_by_step(whole)
    assert (folder / ADAPTER).read_bytes() == (whole / ADAPTER).read_bytes()


@needs_proc
def test_killed_process_takes_the_others_along(make: Make) -> None:
    folder = make(name="one killed", **LONG)
    with runner(folder, processes=2) as process:
        wait_until(lambda: steps_done(folder) >= 1, "step 1")
        members = members_of(folder)
        os.kill(members[1][0], signal.SIGKILL)
        process.wait(timeout=60)
    ended = read(folder / "exit.json")
    assert (ended["cause"], ended["signal"]) == ("killed", "SIGKILL")
    assert_all_gone(members)
    assert events(folder, "done") == events(folder, "error") == []


def test_run_that_cannot_begin_says_so_once(make: Make) -> None:
    folder = make(name="bad", rank=0)
    ended = run_through_runner(folder, processes=2)
    assert (ended["cause"], ended["exit_code"]) == ("failed", 1)
    assert [event["kind"] for event in events(folder, "error")] == ["bad_config"]


def test_two_machines_train_as_two_processes_on_one(make: Make, in_two: Path) -> None:
    """Both on this computer: each with a runner and a run folder of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    folders = []
    for rank in range(2):
        cluster = {"machines": 2, "rank": rank, "rendezvous": f"127.0.0.1:{port}"}
        device = {"kind": "cpu", "cluster": cluster}
        folders.append(make(name=f"machine{rank}", device=device, **SHORT))
    with runner(folders[0]) as first, runner(folders[1]) as second:
        assert first.wait(timeout=180) == second.wait(timeout=180) == 0
    for folder in folders:
        assert read(folder / "exit.json")["cause"] == "completed"
        assert losses(folder) == losses(in_two)
        assert (folder / ADAPTER).read_bytes() == (in_two / ADAPTER).read_bytes()
