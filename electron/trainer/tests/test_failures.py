"""What the user is told when a run cannot go on."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
import torch
from run_folder import events, run_here

from lora_trainer.failures import explain
from lora_trainer.optimizer_step import OptimizerStep

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


@pytest.fixture
def model_copy(tmp_path: Path, tiny_model: Path) -> Path:
    return shutil.copytree(tiny_model, tmp_path / "model")


def change_json(path: Path, **values: object) -> None:
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**content, **values}), "utf-8")


def the_error(folder: Path) -> dict:
    """The one there is, with what every one must have."""
    assert run_here(folder) == 1
    [error] = events(folder, "error")
    assert error["message"] and error["remedy"].endswith(".")
    assert events(folder, "done") == []
    return error


def test_cut_weights(make_run, model_copy: Path) -> None:
    weights = model_copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    error = the_error(make_run(model=model_copy))
    assert error["kind"] == "model_unusable"
    assert "model.safetensors" in error["message"]


def test_missing_shard_is_named(make_run, model_copy: Path) -> None:
    (model_copy / "model.safetensors").rename(model_copy / "model-00001-of-00002.safetensors")
    index = {"metadata": {}, "weight_map": {"a": "model-00002-of-00002.safetensors"}}
    (model_copy / "model.safetensors.index.json").write_text(json.dumps(index))
    error = the_error(make_run(model=model_copy))
    assert error["kind"] == "model_unusable"
    assert "model-00002-of-00002.safetensors" in error["message"]


def test_tokenizer_without_padding_is_good_enough(make_run, model_copy: Path) -> None:
    change_json(model_copy / "tokenizer_config.json", pad_token=None)
    folder = make_run(model=model_copy, **SHORT)
    assert run_here(folder) == 0
    assert events(folder, "warning") == []


def test_tokenizer_without_end_of_sequence(make_run, model_copy: Path, tmp_path: Path) -> None:
    change_json(model_copy / "tokenizer_config.json", eos_token=None)
    # The model's own template ends turns with a token of its own.
    assert run_here(make_run(name="chat", model=model_copy, **SHORT)) == 0
    data = tmp_path / "data.jsonl"
    data.write_text('{"text": "one"}\n{"text": "two"}\n')
    text = make_run(name="text", model=model_copy, data=data, data_format="text")
    assert the_error(text)["kind"] == "tokenizer_without_end"
    (model_copy / "chat_template.jinja").unlink()
    error = the_error(make_run(name="bare", model=model_copy))
    assert error["kind"] == "tokenizer_without_end"
    assert "eos_token" in error["remedy"]


@pytest.mark.parametrize(
    ("template", "kind", "words"),
    [
        ("{% for message in messages %}{{ message", "chat_template_broken", "is damaged"),
        ("{{ raise_exception('Only on Sundays') }}", "no_rows", "Only on Sundays"),
        ("{{ messages[0].nothing.there }}", "no_rows", "refuses these rows"),
    ],
    ids=["syntax", "refusal", "undefined"],
)
def test_chat_template(make_run, model_copy: Path, template: str, kind: str, words: str) -> None:
    (model_copy / "chat_template.jinja").write_text(template)
    error = the_error(make_run(model=model_copy))
    assert error["kind"] == kind
    assert words in error["message"]


def test_all_rows_rejected(make_run, tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text('{"nothing": 1}\n[]\n')
    error = the_error(make_run(data=data))
    assert error["kind"] == "no_rows"
    assert "2 are malformed" in error["message"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("CUDA error: unspecified launch failure\nCompile with..."), "gpu_lost"),
        (torch.AcceleratorError("CUDA error: device-side assert triggered"), "gpu_lost"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB."), "out_of_memory"),
        (MemoryError(), "out_of_memory"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_happens_at_a_later_step(make_run, monkeypatch, error: Exception, kind: str) -> None:
    backward, calls = OptimizerStep.backward, []

    def failing(*arguments: object, **more: object) -> torch.Tensor:
        calls.append(1)
        if len(calls) == 6:  # the dry run is the first, a step has two
            raise error
        return backward(*arguments, **more)

    monkeypatch.setattr(OptimizerStep, "backward", failing)
    folder = make_run(**SHORT)
    assert the_error(folder)["kind"] == kind
    assert [event["step"] for event in events(folder, "step")] == [1, 2]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("CUDA error: GPU is lost"), "gpu_lost"),
        (RuntimeError("NCCL error in: ProcessGroupNCCL.cpp:1, unhandled cuda error"), "gpu_lost"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling"), "gpu_lost"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"), "out_of_memory"),
        (RuntimeError("CUDA error: out of memory"), "out_of_memory"),
        (
            torch.AcceleratorError("CUDA error: no kernel image is available for execution on"),
            "environment_broken",
        ),
        (
            RuntimeError("scatter_cuda does not have a deterministic implementation, but you set"),
            "not_deterministic",
        ),
        (RuntimeError("[enforce] DefaultCPUAllocator: can't allocate memory"), "out_of_memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "out_of_memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), "disk_full"),
        (RuntimeError("PytorchStreamWriter failed writing file data/0: failed"), "disk_full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "permission_denied"),
        (ValueError(), "unexpected"),
    ],
    ids=str,
)
def test_errors_of_the_libraries_are_told_apart(error: Exception, kind: str) -> None:
    found = explain(error)
    assert found.kind == kind
    assert found.message and found.remedy.endswith(".")


def test_other_versions_than_the_checkpoint_are_told(make_run, monkeypatch) -> None:
    folder = make_run(**SHORT, checkpoint_every_steps=2)
    with monkeypatch.context() as patched:
        patched.setattr("lora_trainer.session._save_adapter", lambda *_: 1 / 0)
        patched.setattr("lora_trainer.loop.package_versions", lambda *_: {"torch": "1.0"})
        assert run_here(folder, 1) == 1
    assert run_here(folder, 2) == 0
    [warning] = events(folder, "warning")
    assert warning["kind"] == "versions_changed"
    assert "torch 1.0 → " in warning["message"]
    plans = [status["plan"]["packages"] for status in events(folder, "status") if "plan" in status]
    assert plans[0] == {"torch": "1.0"}
    assert {"torch", "lora_trainer", "base_model"} <= set(plans[1])


def test_full_disk_is_named(make_run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lora_trainer.checkpoint.torch.save", full)
    folder = make_run(**SHORT, checkpoint_every_steps=2)
    assert run_here(folder) == 1
    assert [error["kind"] for error in events(folder, "error")] == ["disk_full"]
    assert [path.name for path in (folder / "checkpoints").iterdir()] == []


def test_checkpoints_of_other_settings_are_left_alone(make_run) -> None:
    folder = make_run(**SHORT, checkpoint_every_steps=2)
    assert run_here(folder) == 0
    before = sorted((folder / "checkpoints").iterdir())
    config = json.loads((folder / "config.json").read_text("utf-8"))
    hyperparameters = {**config["hyperparameters"], "seed": 99}
    change_json(folder / "config.json", hyperparameters=hyperparameters)
    assert run_here(folder, 2) == 1
    [error] = events(folder, "error")
    assert error["kind"] == "checkpoints_differ"
    assert "made by 1." in error["message"]
    assert sorted((folder / "checkpoints").iterdir()) == before
