"""The longest batch is tried before the first step; nothing of it stays."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from run_folder import TRAINER, events, run_here

from lora_trainer import dry_run, loop, preflight
from lora_trainer.dry_run import DryRunner
from lora_trainer.optimizer_step import OptimizerStep
from lora_trainer.stop import Requests
from lora_trainer.world import World

SHORT = {"max_steps": 4, "validation_share": 0.1, "dropout": 0.1}


def adapter(folder: Path) -> bytes:
    return (folder / "adapter" / "adapter_model.safetensors").read_bytes()


def test_it_is_told_before_the_first_step_of_each_attempt(make_run, monkeypatch) -> None:
    folder = make_run(**SHORT)
    with monkeypatch.context() as patched:
        patched.setattr(loop.TrainingLoop, "_evaluate", crash_at_two)
        assert run_here(folder) == 1
    assert run_here(folder, 2) == 0
    kinds = [event["type"] for event in events(folder) if event["type"] in ("dry_run", "step")]
    assert kinds[:2] == ["dry_run", "step"]
    found = events(folder, "dry_run")
    assert [event["attempt"] for event in found] == [1, 2]
    first, again = found
    assert first["rows"] == 4
    assert 0 < first["memory_mb"] < first["memory_limit_mb"]
    assert first["seconds_left"] == pytest.approx(first["step_ms"] / 1000 * 4)
    assert again["seconds_left"] == pytest.approx(again["step_ms"] / 1000 * 3)


def crash_at_two(self: loop.TrainingLoop) -> None:
    if self.position.step == 2:  # the checkpoint of step 1 is there
        raise RuntimeError("A crash.")


def test_it_changes_nothing(make_run, monkeypatch) -> None:
    tried, untried = make_run(name="tried", **SHORT), make_run(name="untried", **SHORT)
    assert run_here(tried) == 0
    monkeypatch.setattr(DryRunner, "run", lambda *_: NO_DRY_RUN)
    assert run_here(untried) == 0
    assert adapter(tried) == adapter(untried)
    losses = [[event["loss"] for event in events(at, "step")] for at in (tried, untried)]
    assert losses[0] == losses[1]


NO_DRY_RUN = dry_run.DryRun(
    rows=1, longest_tokens=1, step_ms=1, memory_mb=1, memory_limit_mb=None, seconds_left=1
)


def test_it_tries_the_longest_rows(make_run, monkeypatch) -> None:
    seen: list[tuple[int, int]] = []
    backward = OptimizerStep.backward

    def noting(self: OptimizerStep, batch, *arguments, **more) -> torch.Tensor:
        seen.append(tuple(batch.input_ids.shape))
        return backward(self, batch, *arguments, **more)

    monkeypatch.setattr(OptimizerStep, "backward", noting)
    folder = make_run(**{**SHORT, "epochs": 1, "max_steps": None})
    assert run_here(folder) == 0
    tried, *trained = seen
    assert tried[1] == max(length for _, length in trained)
    assert events(folder, "dry_run")[0]["longest_tokens"] == tried[1]


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory."), MemoryError()])
def test_out_of_memory_says_what_would_fit(make_run, monkeypatch, error: Exception) -> None:
    backward = OptimizerStep.backward

    def too_big(self: OptimizerStep, batch, *arguments, **more) -> torch.Tensor:
        if len(batch.input_ids) > 2:
            raise error
        return backward(self, batch, *arguments, **more)

    monkeypatch.setattr(OptimizerStep, "backward", too_big)
    folder = make_run(**SHORT)
    assert run_here(folder) == 1
    [told] = events(folder, "error")
    assert told["kind"] == "out_of_memory_dry_run"
    assert "4 × " in told["message"]
    assert "it was tried" in told["message"] and "available" not in told["message"]
    # 3 would be fewer rows than 4, but only divisors leave the 8 rows of a step as they are.
    assert "Batch size 2 with 4 accumulation steps keeps the 8 rows of a step." in told["remedy"]
    assert "gradient checkpointing on" in told["remedy"]
    assert events(folder, "step") == []
    # What the remedy says does fit.
    fitting = make_run(name="fitting", **SHORT, batch_size=2, gradient_accumulation_steps=4)
    assert run_here(fitting) == 0


def test_what_cannot_fit_is_not_tried_on_the_cpu(make_run, monkeypatch) -> None:
    # A process that takes more memory than there is gets killed: no exception to catch.
    monkeypatch.setattr(dry_run, "available_memory_mb", lambda _: 12.0)
    monkeypatch.setattr(OptimizerStep, "backward", lambda *_, **__: pytest.fail("It was tried."))
    folder = make_run(**SHORT)
    assert run_here(folder) == 1
    [told] = events(folder, "error")
    assert told["kind"] == "out_of_memory_dry_run"
    assert "12 MB are available" in told["message"]


def test_where_the_platform_does_not_tell_nothing_is_refused(make_run, monkeypatch) -> None:
    monkeypatch.setattr(dry_run, "available_memory_mb", lambda _: None)
    folder = make_run(**{**SHORT, "max_steps": 1})
    assert run_here(folder) == 0


def test_a_model_that_cannot_be_compiled_runs_as_it_is(make_run, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("No C++ compiler was found.\nMore lines.")

    def compile_decoder(model) -> None:
        model.causal.get_decoder()._compiled_call_impl = fail

    monkeypatch.setattr(loop, "compile_decoder", compile_decoder)
    folder, plain = make_run(**SHORT, compile=True), make_run(name="plain", **SHORT)
    assert run_here(folder) == run_here(plain) == 0
    [warning] = events(folder, "warning")
    assert warning["kind"] == "compile_failed"
    assert warning["message"].endswith("No C++ compiler was found.")
    assert adapter(folder) == adapter(plain)


def test_an_evaluation_that_cannot_be_compiled_is_found_out_before_the_first_step(
    make_run, monkeypatch
) -> None:
    def compile_decoder(model) -> None:
        decoder = model.causal.get_decoder()

        def forward(*arguments: object, **more: object) -> object:
            if not decoder.training:
                raise RuntimeError("The graph of evaluation is too wide.")
            return decoder.forward(*arguments, **more)

        decoder._compiled_call_impl = forward

    monkeypatch.setattr(loop, "compile_decoder", compile_decoder)
    folder = make_run(**{**SHORT, "max_steps": 1}, compile=True)
    assert run_here(folder) == 0
    [warning] = events(folder, "warning")
    assert warning["kind"] == "compile_failed" and "too wide" in warning["message"]
    assert len(events(folder, "eval")) == 1


@pytest.mark.parametrize(("kind", "expected"), [("cpu", 250), ("cuda", 1000)])
def test_processes_of_one_computer_share_its_memory(kind: str, expected: float) -> None:
    world = World(rank=1, size=8, local_rank=1, local_size=4)
    device = SimpleNamespace(torch_device=torch.device(kind))
    config = SimpleNamespace(hyperparameters=None)
    prepared = SimpleNamespace(world=world, device=device, config=config)
    plan = SimpleNamespace(longest_micro_batch=lambda: [0])
    runner = DryRunner(prepared, plan, None, pytest.fail, lambda _: 1000.0)
    assert runner._available_mb() == expected


def test_preflight_prints_one_line_and_leaves_no_events(make_run) -> None:
    folder = make_run(**SHORT)
    command = [sys.executable, "-m", "lora_trainer.dry_run", "--run"]
    shown = subprocess.run(
        [*command, str(folder)], cwd=TRAINER, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    answer = json.loads(shown.stdout)
    assert answer["rows"] == 4
    assert answer["seconds_left"] == pytest.approx(answer["step_ms"] / 1000 * 4)
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "tokens"]


def test_preflight_of_a_run_that_cannot_begin(make_run, monkeypatch, capsys) -> None:
    monkeypatch.setattr(dry_run, "available_memory_mb", lambda _: 12.0)
    folder = make_run(**SHORT)
    monkeypatch.setattr(sys, "argv", ["dry_run", "--run", str(folder)])
    with monkeypatch.context() as patched:
        # The signals are for this process alone, which is the tests'.
        patched.setattr(Requests, "listen", lambda _: None)
        assert preflight.main() == 1
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["error"]["kind"] == "out_of_memory_dry_run"
    assert not (folder / "events.jsonl").exists()
