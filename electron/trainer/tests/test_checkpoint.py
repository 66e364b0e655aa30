from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from lora_trainer import random_state
from lora_trainer.atomic_files import sha256_of
from lora_trainer.checkpoint import Checkpoints
from lora_trainer.failures import TrainingFailure
from lora_trainer.position import Position


class Trained:
    def __init__(self) -> None:
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=50,
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
        )
        self.model: PeftModel = get_peft_model(
            LlamaForCausalLM(config), LoraConfig(target_modules=["q_proj"], r=2)
        )
        trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(trained, fused=True)
        self.scaler = torch.amp.GradScaler("cpu", enabled=False)

    def step(self) -> None:
        self.optimizer.zero_grad()
        ids = torch.randint(0, 50, (2, 8))
        self.model(input_ids=ids, labels=ids).loss.backward()
        self.optimizer.step()

    def write(self, checkpoints: Checkpoints, step: int, **more: object) -> None:
        facts = {"fingerprint": "f", "first_loss": float("nan"), **more}
        position = Position(step=step, **facts)
        parts = (self.model, self.optimizer, self.scaler, random_state.capture())
        checkpoints.write(position, *parts)

    def weights(self) -> list[torch.Tensor]:
        return [p.detach().clone() for p in self.model.parameters() if p.requires_grad]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "checkpoints").iterdir())


def test_goes_on_bit_for_bit(tmp_path: Path) -> None:
    first, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    first.step()
    first.write(checkpoints, 1)
    first.step()
    expected, drawn = first.weights(), torch.rand(3)

    second = Trained()
    folder, position = checkpoints.newest("f", pytest.fail)
    assert (position.step, position.first_loss) == (1, None)
    checkpoints.restore(folder, second.model, second.optimizer, second.scaler)
    second.step()
    assert all(map(torch.equal, second.weights(), expected))
    assert torch.equal(torch.rand(3), drawn)


def test_keeps_two_and_lists_what_it_wrote(tmp_path: Path) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 3)
    for step in (5, 10, 15):
        trained.write(checkpoints, step)
    assert names(tmp_path) == ["step-00000010", "step-00000015"]
    folder = tmp_path / "checkpoints" / "step-00000015"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["v"], manifest["step"], manifest["attempt"]) == (1, 15, 3)
    assert set(manifest["files"]) == {p.name for p in folder.iterdir()} - {"manifest.json"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "optimizer.pt").unlink(),
        lambda folder: (folder / "manifest.json").write_text("{"),
        lambda folder: flip_a_bit(folder / "adapter_model.safetensors"),
    ],
    ids=["no manifest", "no optimizer", "cut manifest", "flipped bit"],
)
def test_damaged_checkpoint_is_left_out(tmp_path: Path, damage) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    trained.write(checkpoints, 5)
    trained.write(checkpoints, 10)
    damage(tmp_path / "checkpoints" / "step-00000010")
    warnings: list[tuple[str, str]] = []
    _, position = checkpoints.newest("f", lambda *warning: warnings.append(warning))
    assert position.step == 5
    [(kind, message)] = warnings
    assert kind == "checkpoint_damaged"
    assert "step-00000010" in message


def test_new_checkpoints_outlive_a_damaged_one_of_a_later_step(tmp_path: Path) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    for step in (5, 10):
        trained.write(checkpoints, step)
    (tmp_path / "checkpoints" / "step-00000010" / "manifest.json").unlink()
    trained.write(checkpoints, 7)
    assert names(tmp_path) == ["step-00000005", "step-00000007"]


def test_checkpoint_of_other_settings_is_left_out(tmp_path: Path) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    trained.write(checkpoints, 5)
    trained.write(checkpoints, 10, fingerprint="other")
    kinds: list[str] = []
    _, position = checkpoints.newest("f", lambda kind, _message: kinds.append(kind))
    assert (position.step, kinds) == (5, ["checkpoint_foreign"])


def test_nothing_is_begun_anew_beside_checkpoints_of_other_settings(tmp_path: Path) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    for step in (5, 10):
        trained.write(checkpoints, step, fingerprint="other", processes=3)
    with pytest.raises(TrainingFailure) as caught:
        checkpoints.newest("f", pytest.fail)
    assert caught.value.kind == "checkpoints_differ"
    assert "step-00000010" in caught.value.message and "made by 3" in caught.value.message
    assert "`checkpoints`" in caught.value.remedy


@pytest.mark.parametrize("change", [{"of_tomorrow": 1}, {"fingerprint": None}], ids=str)
def test_position_of_another_version_is_left_out(tmp_path: Path, change: dict) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    for step in (5, 10):
        trained.write(checkpoints, step)
    damage_position(tmp_path / "checkpoints" / "step-00000010", **change)
    kinds: list[str] = []
    _, position = checkpoints.newest("f", lambda kind, _message: kinds.append(kind))
    assert (position.step, kinds) == (5, ["checkpoint_damaged"])


def test_manifest_must_name_all_that_is_needed(tmp_path: Path) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    for step in (5, 10):
        trained.write(checkpoints, step)
    newest = tmp_path / "checkpoints" / "step-00000010"
    (newest / "optimizer.pt").unlink()
    change_manifest(newest, "optimizer.pt", None)
    told: list[str] = []
    _, position = checkpoints.newest("f", lambda _kind, message: told.append(message))
    assert position.step == 5
    assert "does not name optimizer.pt" in told[0]


def test_clock_that_was_set_back_costs_no_new_checkpoint(tmp_path: Path) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    for step in (5, 10):
        trained.write(checkpoints, step)
        # Written by a clock that was a day ahead.
        manifest = tmp_path / "checkpoints" / f"step-{step:08d}" / "manifest.json"
        ahead = manifest.stat().st_mtime + 86400 + step
        os.utime(manifest, (ahead, ahead))
    trained.write(checkpoints, 15)
    assert names(tmp_path) == ["step-00000010", "step-00000015"]
    (tmp_path / "checkpoints" / "step-00000015" / "more").write_bytes(bytes(10**6))
    assert checkpoints.bytes_of_newest() > 10**6


def test_file_with_the_name_of_a_checkpoint_is_none(tmp_path: Path) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "step-00000099").write_text("")
    assert checkpoints.bytes_of_newest() is None
    for step in (5, 10, 15):
        trained.write(checkpoints, step)
    assert names(tmp_path) == ["step-00000010", "step-00000015", "step-00000099"]


def test_what_a_killed_writer_left_is_no_checkpoint(tmp_path: Path) -> None:
    trained, checkpoints = Trained(), Checkpoints(tmp_path, 1)
    left = tmp_path / "checkpoints" / ".step-00000005.part"
    left.mkdir(parents=True)
    (left / "optimizer.pt").write_bytes(b"half")
    assert checkpoints.newest("f", pytest.fail) is None
    trained.write(checkpoints, 5)
    assert names(tmp_path) == ["step-00000005"]


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def damage_position(folder: Path, **change: object) -> None:
    """Sets fields, or takes them out (None); the manifest agrees with it."""
    path = folder / "position.json"
    fields = {**json.loads(path.read_text("utf-8")), **change}
    kept = {
        name: value for name, value in fields.items() if name not in change or value is not None
    }
    path.write_text(json.dumps(kept), "utf-8")
    change_manifest(folder, path.name, {"sha256": sha256_of(path), "bytes": path.stat().st_size})


def change_manifest(folder: Path, name: str, entry: dict | None) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["files"].pop(name)
    if entry is not None:
        manifest["files"][name] = entry
    path.write_text(json.dumps(manifest), "utf-8")
