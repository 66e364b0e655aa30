"""What the user is told when a run cannot go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_folder import events, run_here

SHORT = {"max_steps": 4, "validation_share": 0.1}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"max_steps": 40}, "non_finite_loss"),
        ({"target_modules": ["no_such_layer"]}, "target_modules_not_found"),
        ({"rank": 0}, "bad_config"),
        ({"model": Path("/nowhere/model")}, "model_missing"),
        ({"device": {"kind": "cuda", "uuids": ["GPU-0"]}}, "cuda_unavailable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_failures_have_a_kind_and_a_remedy(make_run, monkeypatch, change: dict, kind: str) -> None:
    if kind == "cuda_unavailable":
        monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    if kind == "non_finite_loss":
        monkeypatch.setattr("lora_trainer.loop.learning_rate_at", lambda *_: 1e30)
    folder = make_run(**change)
    assert run_here(folder) == 1
    [error] = events(folder, "error")
    assert error["kind"] == kind
    assert error["message"].endswith(".")
    assert error["remedy"].endswith(".")
    assert events(folder, "done") == []
    assert not (folder / "adapter").exists()
    if kind == "non_finite_loss":
        assert events(folder, "step")[-1]["loss"] is None


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("config.json", "{", "model_unusable"),
        ("config.json", '{"model_type": "no-such-model"}', "model_unusable"),
        ("tokenizer.json", None, "tokenizer_missing"),
        ("model.safetensors", None, "model_unusable"),
        ("model.safetensors", "not weights", "model_unusable"),
    ],
)
def test_damaged_model_folders(
    tmp_path: Path, make_run, tiny_model: Path, name: str, content: str | None, kind: str
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    for path in tiny_model.iterdir():
        (model / path.name).write_bytes(path.read_bytes())
    if content is None:
        (model / name).unlink()
    else:
        (model / name).write_text(content)
    folder = make_run(model=model)
    assert run_here(folder) == 1
    assert [error["kind"] for error in events(folder, "error")] == [kind]


def test_full_disk_is_named(make_run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lora_trainer.checkpoint.torch.save", full)
    folder = make_run(**SHORT, checkpoint_every_steps=2)
    assert run_here(folder) == 1
    assert [error["kind"] for error in events(folder, "error")] == ["disk_full"]
    assert [path.name for path in (folder / "checkpoints").iterdir()] == []
