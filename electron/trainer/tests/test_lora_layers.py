"""Where LoRA layers go, what they are made of and which of their weights learn."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from conftest import HYPERPARAMETERS
from peft.tuners.lora import LoraLayer
from run_folder import events, read, run_here
from safetensors.torch import load_file
from transformers import AutoConfig

from lora_trainer.config import Named, RunConfig, read_config
from lora_trainer.device import Device, choose_device
from lora_trainer.failures import TrainingFailure
from lora_trainer.lora_targets import check_targets
from lora_trainer.model import AdaptedModel, build_model

CPU = torch.device("cpu")
IDS = torch.arange(3, 19).unsqueeze(0)


@pytest.fixture
def build(make_run):
    """build(precision, **hyperparameters) -> (model, warnings)"""

    def make(precision: str = "fp32", **settings: object) -> tuple[AdaptedModel, list[str]]:
        config: RunConfig = read_config(make_run(**settings))
        device = Device(torch_device=CPU, name="CPU", precision=precision)
        warnings: list[str] = []
        model = build_model(
            config.base_model,
            config.hyperparameters,
            device,
            AutoConfig.from_pretrained(config.base_model.path),
            lambda kind, message: warnings.append(f"{kind}: {message}"),
        )
        return model, warnings

    return make


def one_step(model: AdaptedModel, precision: str = "fp32") -> dict[str, torch.Tensor]:
    """What an AdamW step changed, by name."""
    before = {name: p.detach().clone() for name, p in model.peft.named_parameters()}
    optimizer = torch.optim.AdamW(model.trainable(), lr=1e-2)
    for _ in range(2):  # B is zero at first, so that A learns from the second step on
        with Device(torch_device=CPU, name="", precision=precision).autocast():
            model.peft(input_ids=IDS, labels=IDS, use_cache=False).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return {n: p for n, p in model.peft.named_parameters() if not torch.equal(p, before[n])}


@pytest.mark.parametrize(("method", "expected"), [("lora", 12 / 9), ("rslora", 12 / 3)])
def test_scaling(build, method: str, expected: float) -> None:
    model, _ = build(method=method, rank=9, alpha=12)
    layers = [module for module in model.peft.modules() if isinstance(module, LoraLayer)]
    assert {layer.scaling["default"] for layer in layers} == {expected}


def test_magnitudes_of_dora_learn(build) -> None:
    model, _ = build(method="dora")
    names = {name for name, p in model.peft.named_parameters() if p.requires_grad}
    magnitudes = {name for name in names if "magnitude" in name}
    changed = one_step(model)
    assert magnitudes and set(changed) == names


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
@pytest.mark.parametrize("method", ["lora", "dora"])
def test_what_learns_is_float32_beside_a_16_bit_base(build, precision: str, method: str) -> None:
    model, _ = build(precision, method=method)
    expected = torch.bfloat16 if precision == "bf16" else torch.float16
    assert {p.dtype for p in model.trainable()} == {torch.float32}
    assert {p.dtype for p in model.peft.parameters() if not p.requires_grad} == {expected}
    if precision == "bf16":
        assert {p.dtype for p in one_step(model, "bf16").values()} == {torch.float32}


@pytest.mark.parametrize(
    ("method", "expected"), [("lora", torch.bfloat16), ("dora", torch.float32)]
)
def test_no_float32_copies_of_16_bit_inputs_but_where_they_count(
    build, method: str, expected: torch.dtype
) -> None:
    model, _ = build("bf16", method=method, dropout=0)
    seen: set[torch.dtype] = set()
    layers = [module for module in model.peft.modules() if isinstance(module, LoraLayer)]
    for layer in layers:
        part = layer.lora_A["default"]
        part.register_forward_pre_hook(lambda _, given: seen.add(given[0].dtype))
    with Device(torch_device=CPU, name="", precision="bf16").autocast():
        model.peft(input_ids=IDS, use_cache=False)
    assert layers and seen == {expected}


def test_name_that_matches_nothing_is_refused_with_those_there_are(build) -> None:
    with pytest.raises(TrainingFailure) as caught:
        build(target_modules=["q_proj", "query_proj"])
    assert caught.value.kind == "target_modules_not_found"
    assert "query_proj" in caught.value.message and "q_proj," not in caught.value.message
    assert "down_proj, gate_proj" in caught.value.remedy


def test_module_that_takes_no_lora_is_refused(build) -> None:
    with pytest.raises(TrainingFailure, match=r"input_layernorm|not supported") as caught:
        build(target_modules=["input_layernorm"])
    assert caught.value.kind == "target_modules_not_found"


def test_name_that_is_in_some_layers_only_is_told() -> None:
    def layer(**parts: torch.nn.Module) -> torch.nn.Module:
        return torch.nn.ModuleDict({"mlp": torch.nn.Linear(2, 2), **parts})

    model = torch.nn.Module()
    model.layers = torch.nn.ModuleList(
        [layer(attention=torch.nn.Linear(2, 2)), layer(), layer(attention=torch.nn.Linear(2, 2))]
    )
    model.get_output_embeddings = model.get_input_embeddings = lambda: None
    base = Named(name="Hybrid", path=Path("."))
    told: list[tuple[str, str]] = []
    check_targets(model, base, ("attention", "mlp"), lambda *told_now: told.append(told_now))
    message = "attention is in 2 of the 3 layers of layers only."
    assert told == [("target_modules_in_some_layers", message)]


def test_embeddings_and_head_can_be_targets(build) -> None:
    model, warnings = build(target_modules=["q_proj", "embed_tokens", "lm_head"])
    is_tied = model.causal.config.tie_word_embeddings
    assert [w.split(":")[0] for w in warnings] == (["embeddings_tied"] if is_tied else [])
    changed = one_step(model)
    for part in ("q_proj", "embed_tokens", "lm_head"):
        assert any(part in name for name in changed), part


def test_run_with_embeddings_and_head_as_targets(make_run) -> None:
    folder = make_run(max_steps=3, target_modules=["v_proj", "embed_tokens", "lm_head"])
    assert run_here(folder) == 0
    tensors = load_file(folder / "adapter" / "adapter_model.safetensors")
    parts = ("v_proj", "embed_tokens", "lm_head")
    found = {part for part in parts for name in tensors if part in name}
    assert found == set(parts)
    # Only the LoRA layers: no copy of the embedding matrix beside them.
    assert max(min(tensor.shape) for tensor in tensors.values()) == HYPERPARAMETERS["rank"]
    assert events(folder, "error") == []
    assert set(read(folder / "adapter" / "adapter_config.json")["target_modules"]) == set(parts)


def test_deterministic_runs_ask_torch_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    try:
        for is_wanted in (True, False):
            hyper = SimpleNamespace(deterministic=is_wanted, precision="auto")
            config = SimpleNamespace(hyperparameters=hyper, device_kind="cpu")
            choose_device(config, lambda *_: None)
            assert torch.are_deterministic_algorithms_enabled() == is_wanted
    finally:
        torch.use_deterministic_algorithms(False)
