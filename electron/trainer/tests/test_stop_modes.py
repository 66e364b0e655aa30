"""The ways to stop that a real run is asked for: at the end of its epoch, or without a trace."""

from __future__ import annotations

import os

import pytest
from run_folder import events, read, runner, steps_done, wait_until, write_command

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals")

# Two epochs of several steps, and no checkpoint unless it is asked for.
SETTINGS = {"epochs": 3, "checkpoint_every_steps": 1000}


def test_run_stops_at_the_end_of_its_epoch(make_run) -> None:
    folder = make_run(**SETTINGS)
    with runner(folder, 1) as process:
        wait_until(lambda: steps_done(folder) >= 1, "the first step")
        write_command(folder, 1, "stop_after_epoch")
        process.wait(timeout=120)
    assert read(folder / "exit.json")["cause"] == "stopped"
    last = events(folder, "step")[-1]
    assert last["epoch"] == pytest.approx(round(last["epoch"]))
    assert last["epoch"] < SETTINGS["epochs"]
    assert [event["step"] for event in events(folder, "checkpoint")] == [last["step"]]


def test_discarded_run_writes_no_checkpoint(make_run) -> None:
    folder = make_run(**SETTINGS)
    with runner(folder, 1) as process:
        wait_until(lambda: steps_done(folder) >= 1, "the first step")
        write_command(folder, 1, "discard")
        process.terminate()  # the runner must not make a stop with a checkpoint of it
        process.wait(timeout=120)
    assert read(folder / "exit.json")["cause"] == "stopped"
    assert read(folder / "command.json")["action"] == "discard"
    assert events(folder, "checkpoint") == []


def test_played_restart_is_in_the_heartbeat(make_run) -> None:
    folder = make_run(**SETTINGS)
    with runner(folder, 1, "--boot-id", "played") as process:
        beat = folder / "heartbeat.json"
        wait_until(beat.exists, "the heartbeat")
        assert read(beat)["boot_id"] == "played"
        process.terminate()
        process.wait(timeout=120)
