"""A disk that fills up: warned of in time, and a failure only where nothing can be kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_folder import events, run_here

from lora_trainer import run_saver
from lora_trainer.run_saver import RunSaver

SETTINGS = {"max_steps": 8, "validation_share": 0, "checkpoint_every_steps": 2}


def leave_free(monkeypatch: pytest.MonkeyPatch, free_after: dict[int, int]) -> None:
    """So many bytes are free after the (due) checkpoint of a step, and until the next entry's."""
    checkpoint, seen = RunSaver.checkpoint, [0]

    def noting(self: RunSaver, position, generators, *, must: bool) -> None:
        checkpoint(self, position, generators, must=must)
        seen.append(position.step)

    def free(_: Path) -> int:
        return next(size for step, size in reversed(free_after.items()) if seen[-1] >= step)

    monkeypatch.setattr(RunSaver, "checkpoint", noting)
    monkeypatch.setattr(run_saver, "free_bytes", free)


def checkpoints(folder: Path) -> list[int]:
    return [event["step"] for event in events(folder, "checkpoint")]


def test_too_little_room_is_warned_of_once_and_training_goes_on(make_run, monkeypatch) -> None:
    leave_free(monkeypatch, {0: 10**12, 2: 1000, 6: 10**12})
    folder = make_run(**SETTINGS)
    assert run_here(folder) == 0
    assert checkpoints(folder) == [2, 8]  # those of steps 4 and 6 are left out
    [warning] = events(folder, "warning")
    assert warning["kind"] == "disk_low"
    assert "checkpoint of step 4" in warning["message"]


def test_twice_the_size_is_asked_for(make_run, monkeypatch) -> None:
    folder = make_run(**SETTINGS)
    leave_free(monkeypatch, {0: 10**12, 2: 0})
    sizes: list[int] = []
    has_room = RunSaver._has_room

    def noting(self: RunSaver, size: int, what: str, *, must: bool) -> bool:
        sizes.append(size)
        return has_room(self, size, what, must=must)

    monkeypatch.setattr(RunSaver, "_has_room", noting)
    assert run_here(folder) == 1
    [first] = events(folder, "checkpoint")
    # The first is reckoned from the tensors and not too low; then the last one's size counts.
    assert first["bytes"] <= sizes[0] < 3 * first["bytes"]
    assert sizes[1] == first["bytes"]
    [warning] = events(folder, "warning")
    assert f"{2 * first['bytes'] / 1e6:,.1f} MB must be free" in warning["message"]


@pytest.mark.parametrize("full_after", [0, 6], ids=["the first checkpoint", "the last one"])
def test_no_room_for_what_must_be_kept_is_a_failure(make_run, monkeypatch, full_after: int) -> None:
    leave_free(monkeypatch, {0: 10**12, full_after: 1000})
    folder = make_run(**SETTINGS)
    assert run_here(folder) == 1
    [error] = events(folder, "error")
    assert error["kind"] == "disk_full"
    assert "resume" in error["remedy"]
    assert checkpoints(folder) == ([] if full_after == 0 else [2, 4, 6])
    monkeypatch.undo()
    assert run_here(folder, 2) == 0
    assert events(folder, "done")[-1]["step"] == 8


def test_best_weights_without_room(make_run, monkeypatch) -> None:
    settings = {**SETTINGS, "validation_share": 0.1, "evaluate_every_steps": 3}
    leave_free(monkeypatch, {0: 10**12, 2: 1000, 6: 10**12})
    last = make_run(name="last", **settings)
    assert run_here(last) == 0
    assert [event["kind"] for event in events(last, "warning")] == ["disk_low"]
    monkeypatch.undo()
    leave_free(monkeypatch, {0: 10**12, 2: 1000})
    best = make_run(name="best", **settings, adapter_from="best")
    assert run_here(best) == 1
    [error] = events(best, "error")
    assert error["kind"] == "disk_full"
    assert "best weights, of step 3" in error["message"]


def test_a_disk_that_fills_up_while_writing(make_run, monkeypatch) -> None:
    save, calls = run_saver.Checkpoints.write, []

    def full_at_second(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed")
        return save(*arguments)

    monkeypatch.setattr(run_saver.Checkpoints, "write", full_at_second)
    folder = make_run(**SETTINGS)
    assert run_here(folder) == 0
    assert checkpoints(folder) == [2, 6, 8]
    assert [event["kind"] for event in events(folder, "warning")] == ["disk_low"]


@pytest.mark.parametrize(("adapter_from", "code"), [("last", 0), ("best", 1)])
def test_a_disk_that_fills_up_while_the_best_are_written(
    make_run, monkeypatch, adapter_from: str, code: int
) -> None:
    def full(*_: object) -> None:
        raise RuntimeError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(run_saver.BestWeights, "save", full)
    folder = make_run(**{**SETTINGS, "validation_share": 0.1}, adapter_from=adapter_from)
    assert run_here(folder) == code
    kind = ("warning", "disk_low") if code == 0 else ("error", "disk_full")
    assert [event["kind"] for event in events(folder, kind[0])] == [kind[1]]
