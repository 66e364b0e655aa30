"""Two exports into one folder, and an export whose app is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from export_cases import command_of, context_of, make_adapter, names_in, stand_in_checkout
from run_folder import TRAINER

from lora_trainer.exports.export_folder import export_folder
from lora_trainer.exports.request import Context
from lora_trainer.failures import TrainingFailure

# Starts what it is given, says that it has, and goes on until it is killed.
APP = (
    "import subprocess, sys, threading\n"
    "subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
    "threading.Event().wait()\n"
)


def context(tmp_path: Path) -> Context:
    words = ["--adapter", "a", "--base", "b", "--format", "merged", "--to", tmp_path / "out" / "m"]
    return context_of([], *words)


def test_second_export_into_the_same_folder_leaves_the_first_alone(tmp_path: Path) -> None:
    with export_folder(context(tmp_path), 1) as (beside, write_record):
        (beside / "weights").write_text("first")
        with pytest.raises(TrainingFailure) as caught, export_folder(context(tmp_path), 1):
            raise AssertionError("the second must not get this far")
        assert caught.value.kind == "target_busy"
        assert (beside / "weights").read_text() == "first"
        write_record([])
    assert (tmp_path / "out" / "m" / "weights").read_text() == "first"
    with export_folder(context(tmp_path), 1) as (beside, write_record):
        write_record([])
    assert names_in(tmp_path / "out") == {"m"}


def test_lock_of_an_export_that_was_killed_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".m.lock").touch()
    with export_folder(context(tmp_path), 1) as (_, write_record):
        write_record([])
    assert names_in(tmp_path / "out") == {"m"}


@pytest.mark.skipif(os.name == "nt", reason="Windows tells nobody that a parent has ended")
def test_export_ends_with_its_app_and_leaves_nothing(tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", target_modules=["q_proj"])
    checkout = stand_in_checkout(tmp_path / "llama.cpp")
    words = ["--adapter", adapter, "--base", tiny_model, "--format", "gguf"]
    words += ["--to", tmp_path / "out" / "gguf", "--llama-cpp", checkout]
    with subprocess.Popen(
        [sys.executable, "-c", APP, *command_of(*words)],
        cwd=TRAINER,
        env={**os.environ, "STAND_IN": "hangs"},
        stderr=subprocess.PIPE,
        text=True,
    ) as app:
        assert app.stderr is not None
        ready = next(line for line in app.stderr if line.startswith("ready "))
        before = names_in(tmp_path / "out")
        app.send_signal(signal.SIGKILL)
        try:
            # Ends when the last one that writes to it has ended, which is the export.
            app.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.kill(int(ready.split()[1]), signal.SIGKILL)
            raise
    assert before == {".gguf.part", ".gguf.lock"}
    assert names_in(tmp_path / "out") == set()
    with pytest.raises(ProcessLookupError):
        os.kill(int(ready.split()[1]), 0)
