"""What the launcher makes of how its processes ended."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from run_folder import events

from lora_runner.trainer_command import count_processes, trainer_command, trainer_environment
from lora_trainer import launch, outcome, process_events
from lora_trainer.train import COMPLETED, FAILED, STOPPED

LOST_PEER = "Connection closed by peer [127.0.0.1]:51230"


@pytest.fixture
def launched(make_run, monkeypatch: pytest.MonkeyPatch):
    """launched(endings, lost): (exit code or signal, events) when the processes end like that."""
    signals: list[int] = []
    folder = make_run()

    def run(endings: list[Callable[[Path], None]], lost: launch._Lost | None) -> int:
        def end_all(_arguments: argparse.Namespace) -> launch._Lost | None:
            for rank, ending in enumerate(endings):
                monkeypatch.setenv("RANK", str(rank))
                monkeypatch.setenv("LOCAL_RANK", str(rank))
                ending(folder)
            return lost

        def die(number: int) -> None:
            signals.append(number)
            raise SystemExit(-number)

        monkeypatch.setattr(launch, "_launch", end_all)
        monkeypatch.setattr(launch, "_end_by", die)
        arguments = ["launch", "--run", str(folder), "--attempt", "1"]
        monkeypatch.setattr(sys, "argv", [*arguments, "--processes", str(len(endings))])
        monkeypatch.setenv(outcome.FOLDER_VARIABLE, "")
        try:
            return launch.main()
        except SystemExit as ended:
            return int(ended.code)

    run.folder = folder
    return run


def with_code(code: int) -> Callable[[Path], None]:
    return lambda _folder: outcome.tell_exit_code(code)


def with_failure(message: str) -> Callable[[Path], None]:
    def end(folder: Path) -> None:
        writer = process_events.open_events(folder / "events.jsonl", run="r", attempt=1)
        writer.status("starting", "Starting the trainer.")
        writer.error("a_kind", message, "Do this.")
        writer.close()

    return end


def killed(_folder: Path) -> None:
    """It had no time to tell anything."""


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([0, 0], COMPLETED), ([10, 10], STOPPED), ([0, 10], STOPPED)],
)
def test_good_ends(launched, codes: list[int], expected: int) -> None:
    assert launched([with_code(code) for code in codes], None) == expected
    assert events(launched.folder) == []


def test_reason_is_told_once_though_a_quiet_process_had_it(launched) -> None:
    endings = [with_failure(LOST_PEER), with_failure("The GPU ran out of memory.")]
    assert launched(endings, launch._Lost("…", [1, 1])) == FAILED
    [error] = events(launched.folder, "error")
    assert (error["message"], error["remedy"]) == ("The GPU ran out of memory.", "Do this.")
    assert [event["seq"] for event in events(launched.folder)] == [0, 1]


def test_killed_process_ends_the_launcher_in_the_same_way(launched) -> None:
    lost = launch._Lost("…", [1, -signal.SIGKILL])
    assert launched([with_failure(LOST_PEER), killed], lost) == -signal.SIGKILL
    assert events(launched.folder, "error") == []


def test_process_that_the_launcher_ended_is_no_reason(launched) -> None:
    lost = launch._Lost("…", [1, -signal.SIGTERM])
    assert launched([with_failure("The disk is full."), killed], lost) == FAILED
    assert [e["message"] for e in events(launched.folder, "error")] == ["The disk is full."]


def test_process_that_says_nothing_is_told_of(launched) -> None:
    assert launched([killed, killed], launch._Lost("A process ended.", [1])) == FAILED
    assert [e["kind"] for e in events(launched.folder, "error")] == ["process_lost"]


def test_terminated_before_all_had_stopped(launched) -> None:
    assert launched([with_code(STOPPED), killed], None) == -signal.SIGTERM


def test_what_the_runner_starts() -> None:
    folder = Path("/runs/x")
    one = {"kind": "cuda", "uuids": ["GPU-a"]}
    two = {"kind": "cuda", "uuids": ["GPU-a", "GPU-b"]}
    cluster = {"machines": 2, "rank": 1, "rendezvous": "[fe80::1]:29500"}
    assert count_processes(two, 1) == 2 and count_processes({"kind": "cpu"}, 3) == 3
    assert "lora_trainer.train" in trainer_command(folder, 1, one, 1)
    several = trainer_command(folder, 1, {**two, "cluster": cluster}, 2)
    assert several[2:] == [
        *["lora_trainer.launch", "--run", "/runs/x", "--attempt", "1", "--processes", "2"],
        *["--machines", "2", "--machine-rank", "1", "--rendezvous", "[fe80::1]:29500"],
    ]
    environment = trainer_environment({"WORLD_SIZE": "8", "HOME": "/h"}, two, 2)
    assert environment["CUDA_VISIBLE_DEVICES"] == "GPU-a,GPU-b"
    assert "WORLD_SIZE" not in environment and int(environment["OMP_NUM_THREADS"]) >= 1
    assert trainer_environment({"OMP_NUM_THREADS": "5"}, two, 2)["OMP_NUM_THREADS"] == "5"
    assert "OMP_NUM_THREADS" not in trainer_environment({}, one, 1)


def test_what_torchrun_is_told() -> None:
    arguments = argparse.Namespace(
        processes=4, machines=2, machine_rank=1, rendezvous="[fe80::1]:29500"
    )
    command = launch._command(arguments)
    pairs = dict(zip(command[:-2:2], command[1:-2:2], strict=True))
    assert pairs == {
        "--nproc-per-node": "4",
        "--max-restarts": "0",
        "--nnodes": "2",
        "--node-rank": "1",
        "--rdzv-backend": "static",
        "--master-addr": "fe80::1",
        "--master-port": "29500",
    }
