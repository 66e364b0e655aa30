"""Best weights and early stopping, also around stops and crashes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from run_folder import events, read, run_here
from safetensors.torch import load_file

from lora_trainer import session
from lora_trainer.evaluate import Evaluation, Evaluator
from lora_trainer.failures import StopRequested
from lora_trainer.position import Position

# Too fast to learn: after a while the validation loss rises.
DIVERGING = {
    "learning_rate": 0.5,
    "schedule": "constant",
    "warmup_share": 0,
    "max_steps": 12,
    "evaluate_every_steps": 1,
    "checkpoint_every_steps": 3,
    "early_stopping_patience": 2,
    "adapter_from": "best",
}
# Its second evaluation is worse than its first.
WORSENING = {**DIVERGING, "early_stopping_patience": 1}


@pytest.fixture
def losses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step 4 is the best; 5 and 6 are not better, which ends the run."""
    found = {1: 5.0, 2: 4.0, 3: 4.5, 4: 3.0, 5: 3.0, 6: 3.5}
    monkeypatch.setattr(Evaluator, "run", evaluating(found))


def evaluating(found: dict[int, float]):
    def run(self: Evaluator, *_: object) -> Evaluation:
        step = self.step_of_test = getattr(self, "step_of_test", 0) + 1
        return Evaluation(loss=found[step], perplexity=1.0, rows=1)

    return run


def weights(folder: Path) -> bytes:
    return (folder / "adapter" / "adapter_model.safetensors").read_bytes()


def test_run_ends_when_patience_is_spent_and_saves_the_best(make_run, losses: None) -> None:
    folder = make_run(**DIVERGING)
    assert run_here(folder) == 0
    [done] = events(folder, "done")
    assert (done["reason"], done["step"], done["adapter_step"]) == ("completed", 6, 4)
    assert done["is_stopped_early"] is True
    assert done["best"] == {"step": 4, "loss": 3.0}
    assert [e["is_best"] for e in events(folder, "eval")] == [True, True, False, True, False, False]
    assert events(folder, "warning") == []
    [told] = [e for e in events(folder, "status") if "Stopped early" in e["message"]]
    assert "step 4" in told["message"]
    # The weights after step 4 are those of a run that ends there.
    short = make_run(name="short", **{**DIVERGING, "max_steps": 4, "adapter_from": "last"})
    assert run_here(short) == 0
    assert weights(folder) == weights(short)
    card = (folder / "adapter" / "README.md").read_text("utf-8")
    assert "| Weights of step | 4 |" in card
    assert "| Best validation loss | 3.0000 (step 4) |" in card


def test_last_weights_are_the_adapter_unless_the_best_are_asked_for(make_run, losses: None) -> None:
    best, last = (
        make_run(name="best", **DIVERGING),
        make_run(name="last", **{**DIVERGING, "adapter_from": "last"}),
    )
    assert run_here(best) == run_here(last) == 0
    [done] = events(last, "done")
    assert (done["adapter_step"], done["is_stopped_early"]) == (6, True)
    assert done["best"] == {"step": 4, "loss": 3.0}
    assert weights(best) != weights(last)


def test_real_losses_stop_a_run_that_gets_worse(make_run) -> None:
    folder = make_run(**WORSENING)
    assert run_here(folder) == 0
    [done] = events(folder, "done")
    evaluations = events(folder, "eval")
    best = min(evaluations, key=lambda event: event["loss"])
    assert done["is_stopped_early"] is True
    assert done["best"] == {"step": best["step"], "loss": best["loss"]}
    assert done["step"] == best["step"] + 1 == done["adapter_step"] + 1


def test_stopped_and_crashed_around_the_early_stop(make_run, monkeypatch) -> None:
    whole = make_run(name="whole", **WORSENING)
    assert run_here(whole) == 0
    [expected] = events(whole, "done")
    end = expected["step"]
    broken = make_run(name="broken", **WORSENING)
    with monkeypatch.context() as patched:  # in the very evaluation that decides
        patched.setattr(Evaluator, "run", stopping_at(end))
        assert run_here(broken, 1) == 10
    with monkeypatch.context() as patched:  # decided and saved, but no adapter yet
        patched.setattr(session, "_save_adapter", crash)
        assert run_here(broken, 2) == 1
    assert run_here(broken, 3) == 0
    done = events(broken, "done")[-1]
    for field in ("step", "adapter_step", "best", "is_stopped_early", "first_loss", "last_loss"):
        assert done[field] == expected[field]
    found = [{e["step"]: e["loss"] for e in events(at, "step")} for at in (whole, broken)]
    assert found[0] == found[1]
    assert weights(broken) == weights(whole)


def stopping_at(number: int):
    evaluate, calls = Evaluator.run, []

    def run(*arguments: object) -> Evaluation:
        calls.append(1)
        if len(calls) == number:
            raise StopRequested
        return evaluate(*arguments)

    return run


def crash(*_: object) -> None:
    raise RuntimeError("A crash.")


def test_best_weights_named_by_a_kept_checkpoint_are_kept(make_run, losses: None) -> None:
    folder = make_run(**{**DIVERGING, "checkpoint_every_steps": 1})
    assert run_here(folder) == 0
    named = {
        read(checkpoint / "position.json")["best_step"]
        for checkpoint in (folder / "checkpoints").iterdir()
    }
    kept = {read(best / "best.json")["step"] for best in (folder / "best").iterdir()}
    assert named == kept == {4}
    assert load_file(folder / "best" / "step-00000004" / "adapter_model.safetensors")


def test_damaged_best_weights_are_told_and_the_last_taken(make_run, monkeypatch, losses) -> None:
    folder = make_run(**DIVERGING)
    save = session._save_adapter
    with monkeypatch.context() as patched:
        patched.setattr(session, "_save_adapter", crash)
        assert run_here(folder, 1) == 1
    path = folder / "best" / "step-00000004" / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert session._save_adapter is save
    assert run_here(folder, 2) == 0
    assert [event["kind"] for event in events(folder, "warning")] == ["best_weights_missing"]
    assert events(folder, "done")[-1]["adapter_step"] == 6


def test_without_validation_rows_it_is_told(make_run) -> None:
    folder = make_run(**{**DIVERGING, "validation_share": 0, "max_steps": 2})
    assert run_here(folder) == 0
    assert {event["kind"] for event in events(folder, "warning")} == {
        "no_validation_rows",
        "best_weights_missing",
    }
    [done] = events(folder, "done")
    assert (done["best"], done["is_stopped_early"], done["adapter_step"]) == (None, False, 2)


def test_a_loss_that_is_no_number_is_no_improvement() -> None:
    position = Position(fingerprint="f", step=1).after_evaluation(float("nan"))
    assert (position.best_step, position.evaluations_without_improvement) == (None, 1)
    better = position.after_evaluation(2.0)
    assert (better.best_loss, better.evaluations_without_improvement) == (2.0, 0)
    assert not better.after_evaluation(2.0).is_patience_spent(2)
    assert better.after_evaluation(2.0).after_evaluation(float("inf")).is_patience_spent(2)
    assert not better.is_patience_spent(None)


def test_positions_of_older_versions_are_read() -> None:
    old = {"fingerprint": "f", "step": 3, "validation_loss": 2.5, "evaluated_step": 3}
    assert Position(**json.loads(json.dumps(old))).best_step is None
