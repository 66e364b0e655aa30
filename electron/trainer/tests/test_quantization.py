"""Adapters on a base in 4 bits, where bitsandbytes is installed; where not, what is said."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest
import torch
from conftest import make_run_folder
from run_folder import events, read, run_here
from safetensors.torch import load_file
from transformers import AutoConfig

from lora_trainer.config import read_config
from lora_trainer.device import Device
from lora_trainer.model import AdaptedModel, build_model

needs_bitsandbytes = pytest.mark.skipif(
    importlib.util.find_spec("bitsandbytes") is None, reason="bitsandbytes is not installed"
)
QUANTIZED = {"quantization": "nf4", "dropout": 0.1, "max_steps": 6, "checkpoint_every_steps": 3}


def build(folder: Path, precision: str = "fp32") -> AdaptedModel:
    config = read_config(folder)
    device = Device(torch_device=torch.device("cpu"), name="CPU", precision=precision)
    model_config = AutoConfig.from_pretrained(config.base_model.path)
    return build_model(
        config.base_model, config.hyperparameters, device, model_config, lambda *_: None
    )


@pytest.mark.parametrize(
    ("broken", "said"),
    [(None, "is not installed"), ("libcudart.so.13: cannot open", "libcudart.so.13: cannot open")],
)
def test_without_bitsandbytes_the_run_says_what_to_do(
    make_run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: str | None, said: str
) -> None:
    monkeypatch.delitem(sys.modules, "bitsandbytes", raising=False)
    if broken is None:
        monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    else:
        (tmp_path / "bitsandbytes.py").write_text(f"raise RuntimeError({broken!r})")
        monkeypatch.syspath_prepend(tmp_path)
    folder = make_run(**QUANTIZED)
    assert run_here(folder) == 1
    [error] = events(folder, "error")
    assert error["kind"] == "quantization_unavailable" and said in error["message"]
    assert "pip install bitsandbytes" in error["remedy"] and "Settings" in error["remedy"]


def test_model_that_is_quantised_already_is_refused(
    make_run, tiny_model: Path, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    config = read(model / "config.json")
    config["quantization_config"] = {"quant_method": "fp8"}
    (model / "config.json").write_text(json.dumps(config))
    folder = make_run(model=model, **QUANTIZED)
    assert run_here(folder) == 1
    assert [event["kind"] for event in events(folder, "error")] == ["model_already_quantized"]


@needs_bitsandbytes
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("is_checkpointed", [False, True])
@pytest.mark.parametrize("method", ["lora", "dora"])
def test_linear_layers_have_4_bits_and_the_rest_is_left(
    make_run, tiny_model: Path, method: str, is_checkpointed: bool, precision: str
) -> None:
    folder = make_run(**QUANTIZED, method=method, gradient_checkpointing=is_checkpointed)
    model = build(folder, precision)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    frozen = {n: p for n, p in model.peft.named_parameters() if not p.requires_grad}
    packed = {name for name, p in frozen.items() if p.dtype == torch.uint8}
    assert packed == {n for n in frozen if "base_layer" in n} and packed
    assert {p.dtype for n, p in frozen.items() if n not in packed} == {dtype}
    assert {p.dtype for p in model.trainable()} == {torch.float32}
    # Two numbers a byte are counted as two.
    weights = load_file(tiny_model / "model.safetensors")
    assert model.parameters == sum(tensor.numel() for tensor in weights.values())
    ids = torch.arange(3, 35).unsqueeze(0)
    model.peft.train()
    with Device(torch_device=ids.device, name="", precision=precision).autocast():
        model.peft(input_ids=ids, labels=ids, use_cache=False).loss.backward()
    gradients = [p.grad for n, p in model.peft.named_parameters() if "lora_B" in n]
    assert gradients and all(g.isfinite().all() and g.abs().sum() > 0 for g in gradients)


@needs_bitsandbytes
def test_evaluation_leaves_the_base_as_it_is(make_run) -> None:
    model = build(make_run(**QUANTIZED, target_modules=["q_proj"]))
    layers = [module for module in model.causal.modules() if hasattr(module, "quant_state")]
    weights = [layer.weight for layer in layers]
    before = [(weight.data.clone(), weight.quant_state.absmax.clone()) for weight in weights]
    model.peft.eval()
    with torch.no_grad():
        model.peft(input_ids=torch.arange(3, 35).unsqueeze(0), use_cache=False)
    for layer, (weight, scales) in zip(layers, before, strict=True):
        assert torch.equal(layer.weight.data, weight)
        assert torch.equal(layer.weight.quant_state.absmax, scales)
    assert weights


@needs_bitsandbytes
def test_run_learns_and_a_resumed_one_is_the_same(tmp_path: Path, tiny_model: Path) -> None:
    whole = make_run_folder(tmp_path, model=tiny_model, name="whole", **QUANTIZED)
    assert run_here(whole) == 0
    resumed = make_run_folder(tmp_path, model=tiny_model, name="resumed", **QUANTIZED)
    shutil.copytree(whole / "checkpoints" / "step-00000003", resumed / "checkpoints/step-00000003")
    assert run_here(resumed) == 0
    losses = [[event["loss"] for event in events(at, "step")] for at in (whole, resumed)]
    assert losses[0][3:] == losses[1] and len(losses[0]) == 6
    assert losses[0][-1] < losses[0][0]
    name = "adapter/adapter_model.safetensors"
    assert (whole / name).read_bytes() == (resumed / name).read_bytes()
