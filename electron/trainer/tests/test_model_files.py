"""Damaged and incomplete model folders are told apart before any weights are read."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from run_folder import events, run_here
from safetensors.torch import load_file, save_file

from lora_trainer.config import Named
from lora_trainer.failures import TrainingFailure
from lora_trainer.model_files import check_model_files, model_fingerprint
from lora_trainer.packages import package_versions

SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")


@pytest.fixture
def whole(tmp_path: Path, tiny_model: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    return folder


@pytest.fixture
def sharded(whole: Path) -> Path:
    tensors = sorted(load_file(whole / "model.safetensors").items())
    (whole / "model.safetensors").unlink()
    weight_map = {}
    for name, part in zip(SHARDS, (tensors[::2], tensors[1::2]), strict=True):
        save_file(dict(part), whole / name, metadata={"format": "pt"})
        weight_map |= {tensor: name for tensor, _ in part}
    (whole / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return whole


def failure_of(folder: Path) -> TrainingFailure:
    with pytest.raises(TrainingFailure) as caught:
        check_model_files(Named(name="Tiny", path=folder))
    return caught.value


def test_whole_models_are_counted(sharded: Path, tiny_model: Path) -> None:
    of_one = check_model_files(Named(name="Tiny", path=tiny_model))
    of_two = check_model_files(Named(name="Tiny", path=sharded))
    tensors = load_file(tiny_model / "model.safetensors")
    assert of_one.shapes == of_two.shapes == {n: tuple(t.shape) for n, t in tensors.items()}
    assert of_one.parameters == sum(tensor.numel() for tensor in tensors.values())


def test_missing_folder(tmp_path: Path) -> None:
    assert failure_of(tmp_path / "gone").kind == "model_missing"


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_config_json_that_is_no_models(whole: Path, content: str | None) -> None:
    (whole / "config.json").unlink()
    if content is not None:
        (whole / "config.json").write_text(content)
    failure = failure_of(whole)
    assert failure.kind == "model_unusable" and "config.json" in failure.message


def test_missing_shard_is_named(sharded: Path) -> None:
    (sharded / SHARDS[1]).unlink()
    failure = failure_of(sharded)
    assert failure.kind == "model_unusable"
    assert SHARDS[1] in failure.message and "1 of 2 files" in failure.message


@pytest.mark.parametrize("kept", [0, 5, 300, -1])
def test_truncated_file_is_named(sharded: Path, kept: int) -> None:
    path = sharded / SHARDS[0]
    os.truncate(path, kept if kept >= 0 else path.stat().st_size - 1)
    failure = failure_of(sharded)
    assert failure.kind == "model_unusable" and str(path) in failure.message


def test_pointer_in_place_of_the_weights(whole: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n"
    (whole / "model.safetensors").write_bytes(pointer)
    failure = failure_of(whole)
    assert "Git LFS pointer" in failure.message and "git lfs pull" in failure.remedy


def test_index_that_does_not_fit_its_files(sharded: Path) -> None:
    index = sharded / "model.safetensors.index.json"
    weight_map = json.loads(index.read_text())["weight_map"]
    index.write_text(json.dumps({"weight_map": {**weight_map, "another": SHARDS[0]}}))
    assert "lacks the tensor another" in failure_of(sharded).message
    index.write_text(json.dumps({"weight_map": {"a": "../model.safetensors"}}))
    assert "outside of the model's folder" in failure_of(sharded).message
    index.write_text("{")
    assert "is damaged" in failure_of(sharded).message


def test_weights_of_other_kinds_are_not_taken(whole: Path) -> None:
    (whole / "model.safetensors").rename(whole / "consolidated.safetensors")
    assert "consolidated.safetensors" in failure_of(whole).message
    (whole / "consolidated.safetensors").rename(whole / "pytorch_model.bin")
    assert "no safetensors weights" in failure_of(whole).message


def test_run_on_a_model_with_a_hole_ends_with_one_sentence(make_run, whole: Path) -> None:
    """All files are whole, but a tensor is in none of them: it would be made up at random."""
    tensors = load_file(whole / "model.safetensors")
    gone = next(name for name in sorted(tensors) if "down_proj" in name)
    del tensors[gone]
    save_file(tensors, whole / "model.safetensors", metadata={"format": "pt"})
    folder = make_run(model=whole, max_steps=1)
    assert run_here(folder) == 1
    [error] = events(folder, "error")
    assert error["kind"] == "model_unusable" and gone in error["message"]


def test_other_weights_in_the_same_folder_are_told_apart(whole: Path, tiny_model: Path) -> None:
    before = model_fingerprint(whole)
    assert before == model_fingerprint(tiny_model)
    path = whole / "model.safetensors"
    size = path.stat().st_size
    # A training leaves names, shapes and sizes as they are.
    tensors = {name: tensor * 1.01 for name, tensor in load_file(path).items()}
    save_file(tensors, path, metadata={"format": "pt"})
    assert path.stat().st_size == size
    assert model_fingerprint(whole) != before
    versions = package_versions("none", whole)
    assert before.startswith(package_versions("none", tiny_model)["base_model"])
    assert not before.startswith(versions["base_model"])


def test_other_template_in_the_same_folder_is_told_apart(whole: Path) -> None:
    before = model_fingerprint(whole)
    (whole / "chat_template.jinja").write_text("{{ messages }}")
    assert model_fingerprint(whole) != before


def test_another_trainer_has_another_version(tmp_path: Path, monkeypatch) -> None:
    from lora_trainer import packages

    before = package_versions()["lora_trainer"]
    for path in Path(packages.__file__).parent.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(packages, "__file__", str(tmp_path / "packages.py"))
    assert package_versions()["lora_trainer"] == before
    (tmp_path / "loop.py").write_text("# another loop")
    assert package_versions()["lora_trainer"] != before
