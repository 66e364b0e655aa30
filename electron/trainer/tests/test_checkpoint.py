from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from lora_trainer import random_state
from lora_trainer.checkpoint import Checkpoints
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

    def write(self, checkpoints: Checkpoints, step: int, fingerprint: str = "f") -> None:
        position = Position(fingerprint=fingerprint, step=step, first_loss=float("nan"))
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
    trained.write(checkpoints, 5, fingerprint="other")
    kinds: list[str] = []
    assert checkpoints.newest("f", lambda kind, _message: kinds.append(kind)) is None
    assert kinds == ["checkpoint_foreign"]


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
