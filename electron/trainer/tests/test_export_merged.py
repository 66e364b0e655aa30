"""Merging: the same model as base + adapter, whatever the method and however it is stored."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from export_cases import (
    METHODS,
    context_of,
    load,
    logits_of,
    make_adapter,
    names_in,
    with_adapter,
)
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel

from lora_trainer.exports import merge_check, merge_weights
from lora_trainer.exports.delta import merged_weight
from lora_trainer.exports.merged import export_merged
from lora_trainer.exports.report import Export
from lora_trainer.failures import TrainingFailure

pytestmark = pytest.mark.filterwarnings("ignore:Model has `tie_word_embeddings=True`")


def merge(adapter: Path, base: Path, to: Path) -> Export:
    words = ["--adapter", adapter, "--base", base, "--format", "merged", "--to", to]
    return export_merged(context_of([], *words))


@pytest.mark.parametrize("method", list(METHODS))
def test_written_model_is_base_with_adapter(method: str, tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", **METHODS[method])
    export = merge(adapter, tiny_model, tmp_path / "merged")
    adapted = logits_of(with_adapter(tiny_model, adapter))
    assert (logits_of(load(export.path)) - adapted).abs().max() < 1e-4
    assert (logits_of(load(tiny_model)) - adapted).abs().max() > 0.1
    assert {file["name"] for file in export.files} == names_in(export.path)
    assert all(
        (export.path / file["name"]).stat().st_size == file["bytes"] for file in export.files
    )
    # The embedding is still the output head: nothing was stored twice.
    assert "lm_head.weight" not in load_file(export.path / "model.safetensors")
    tokenizer, own = (
        AutoTokenizer.from_pretrained(export.path),
        AutoTokenizer.from_pretrained(tiny_model),
    )
    assert tokenizer.chat_template == own.chat_template
    assert tokenizer("some text")["input_ids"] == own("some text")["input_ids"]
    assert (export.path / "generation_config.json").is_file()
    assert "compared with base model + adapter on 4 prompts" in export.checks[0]


def test_sixteen_bit_files_stay_as_they_are_but_for_the_changed_weights(
    tiny_model: Path, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    load(tiny_model, torch.bfloat16).save_pretrained(base, max_shard_size="300KB")
    adapter = make_adapter(tiny_model, tmp_path / "adapter", target_modules=["q_proj", "down_proj"])
    target = tmp_path / "merged"
    merge(adapter, base, target)
    index = "model.safetensors.index.json"
    assert json.loads((target / index).read_text()) == json.loads((base / index).read_text())
    expected = with_adapter(tiny_model, adapter)
    for layer in expected.modules():  # what PEFT merges must begin from the rounded weights
        if hasattr(layer, "base_layer"):
            layer.base_layer.weight.data = layer.base_layer.weight.data.bfloat16().float()
    wanted = expected.merge_and_unload().state_dict()
    files = sorted(path.name for path in base.glob("*.safetensors"))
    assert len(files) > 3
    for name in files:
        own, merged = load_file(base / name), load_file(target / name)
        assert list(own) == list(merged)
        for key, tensor in merged.items():
            assert tensor.dtype == torch.bfloat16
            is_changed = "q_proj" in key or "down_proj" in key
            assert is_changed != torch.equal(tensor, own[key])
            if is_changed:  # rounded once, from float32: at most half a unit in the last place
                assert torch.allclose(tensor.float(), wanted[key], rtol=2**-8, atol=1e-7)


@pytest.mark.parametrize("target", ["lm_head", "embed_tokens"])
def test_shared_embedding_is_parted_where_only_one_side_changes(
    target: str, tiny_model: Path, tmp_path: Path
) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", target_modules=["q_proj", target])
    export = merge(adapter, tiny_model, tmp_path / "merged")
    weights = load_file(export.path / "model.safetensors")
    head, embedding = weights["lm_head.weight"], weights["model.embed_tokens.weight"]
    assert not torch.equal(head, embedding)
    assert json.loads((export.path / "config.json").read_text())["tie_word_embeddings"] is False
    adapted = logits_of(with_adapter(tiny_model, adapter))
    assert (logits_of(load(export.path)) - adapted).abs().max() < 1e-4
    assert "stores both" in export.notes[0]


def test_saved_modules_are_merged_by_peft(tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", modules_to_save=["norm"])
    export = merge(adapter, tiny_model, tmp_path / "merged")
    adapted = logits_of(with_adapter(tiny_model, adapter))
    assert (logits_of(load(export.path)) - adapted).abs().max() < 1e-4
    assert any("PEFT" in note for note in export.notes)


def test_weights_stored_the_other_way_round(tmp_path: Path) -> None:
    torch.manual_seed(2)
    config = GPT2Config(vocab_size=1000, n_positions=64, n_embd=32, n_layer=2, n_head=2)
    GPT2LMHeadModel(config).save_pretrained(tmp_path / "base")
    adapter = make_adapter(
        tmp_path / "base",
        tmp_path / "adapter",
        target_modules=["c_attn", "c_proj"],
        fan_in_fan_out=True,
    )
    export = merge(adapter, tmp_path / "base", tmp_path / "merged")
    adapted = logits_of(with_adapter(tmp_path / "base", adapter))
    assert (logits_of(load(export.path)) - adapted).abs().max() < 1e-4
    assert "Neither the base model nor the adapter has a chat template." in export.notes


@pytest.mark.parametrize("factor", [0.0, 0.5])
def test_wrongly_merged_model_is_found_out_and_removed(
    factor: float, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(weight: torch.Tensor, *rest: object, **named: object) -> torch.Tensor:
        return weight + factor * (merged_weight(weight, *rest, **named) - weight)  # type: ignore[arg-type]

    monkeypatch.setattr(merge_weights, "merged_weight", wrong)
    adapter = make_adapter(tiny_model, tmp_path / "adapter")
    with pytest.raises(TrainingFailure) as caught:
        merge(adapter, tiny_model, tmp_path / "out" / "merged")
    assert caught.value.kind == "check_failed"
    assert names_in(tmp_path / "out") == set()


def test_lost_weight_is_found_out(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(*arguments: object, **named: object) -> None:
        named["left_out"] = frozenset(["model.norm.weight"])
        rewrite(*arguments, **named)  # type: ignore[arg-type]

    rewrite = merge_weights.rewrite_weights
    monkeypatch.setattr(merge_weights, "rewrite_weights", forgetful)
    adapter = make_adapter(tiny_model, tmp_path / "adapter")
    with pytest.raises(TrainingFailure, match=r"model\.norm\.weight"):
        merge(adapter, tiny_model, tmp_path / "merged")


def test_small_effect_may_not_pass_for_a_merge() -> None:
    """Within the tolerance of bf16, but the adapter is not in it."""
    torch.manual_seed(0)
    adapted = torch.randn(10, 100) * 10
    plain = adapted + 0.5 * torch.randn(10, 100)
    off = plain - 0.02 * (plain - adapted)
    for dtype in (torch.float32, torch.bfloat16):
        with pytest.raises(TrainingFailure):
            merge_check._compare("BF16", dtype, plain, adapted, off)


def test_adapter_of_another_model_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter")
    wide = tmp_path / "wide"
    shutil.copytree(tiny_model, wide)
    with safe_open(wide / "model.safetensors", "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    name = "model.layers.0.self_attn.q_proj.weight"
    tensors[name] = torch.zeros(130, 128)
    save_file(tensors, wide / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(TrainingFailure, match="128 × 128, the model's is 130 × 128") as caught:
        merge(adapter, wide, tmp_path / "merged")
    assert caught.value.kind == "adapter_does_not_fit"


def test_quantised_base_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter")
    base = tmp_path / "base"
    shutil.copytree(tiny_model, base)
    config = json.loads((base / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "bitsandbytes", "load_in_4bit": True}
    (base / "config.json").write_text(json.dumps(config))
    with pytest.raises(TrainingFailure, match="bitsandbytes") as caught:
        merge(adapter, base, tmp_path / "merged")
    assert caught.value.kind == "base_quantised"
    assert not (tmp_path / "merged").exists()
