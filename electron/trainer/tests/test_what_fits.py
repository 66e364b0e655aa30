from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import make_run_folder

from lora_trainer.activation_memory import measure_activations
from lora_trainer.config import Hyperparameters, read_config
from lora_trainer.device import Device
from lora_trainer.model import AdaptedModel
from lora_trainer.what_fits import Needs, what_fits

# 8 rows of 1,000 tokens at 1 MB: 8,100 MB; with checkpointing 900 MB.
NEEDS = Needs(
    rows=8,
    longest_tokens=1000,
    constant=100,
    per_token=1,
    per_token_checkpointed=0.1,
    squared_tokens=0,
    available=5000,
    saved_by_4_bit=0,
    is_checkpointed=False,
)


@pytest.fixture
def hyper(tmp_path: Path) -> Hyperparameters:
    settings = read_config(make_run_folder(tmp_path, model=tmp_path)).hyperparameters
    return replace(settings, batch_size=8, gradient_accumulation_steps=2)


def test_largest_batch_that_keeps_the_rows_of_a_step(hyper: Hyperparameters) -> None:
    remedy = what_fits(NEEDS, hyper)
    assert remedy.startswith("Batch size 4 with 4 accumulation steps keeps the 16 rows of a step.")
    assert "Or: Switch gradient checkpointing on: about 900 MB in place of 8,100 MB." in remedy
    odd = replace(hyper, batch_size=9, gradient_accumulation_steps=1)
    assert "Batch size 3 with 3 accumulation" in what_fits(replace(NEEDS, rows=9), odd)


def test_shorter_sequences_where_not_one_row_fits(hyper: Hyperparameters) -> None:
    needs = replace(NEEDS, available=500, is_checkpointed=True, per_token_checkpointed=1)
    remedy = what_fits(needs, hyper)
    # 0.9 × 500 − 100 MB are 350 tokens.
    assert remedy == (
        "Shorten the longest sequence to 320 tokens. "
        "Batch size 1 with 16 accumulation steps keeps the 16 rows of a step."
    )
    one = replace(hyper, batch_size=1)
    assert what_fits(replace(needs, rows=1), one) == "Shorten the longest sequence to 320 tokens."


def test_checkpointing_with_a_smaller_batch(hyper: Hyperparameters) -> None:
    remedy = what_fits(replace(NEEDS, available=600), hyper)
    assert "Shorten the longest sequence to 384 tokens." in remedy
    assert (
        "Switch gradient checkpointing on and a batch size 4 with 4 accumulation steps keeps"
        not in remedy
    )
    assert "gradient checkpointing on with batch size 4 and 4 accumulation steps" in remedy
    assert "500 MB in place of 4,100 MB" in remedy


def test_4_bits_where_they_free_enough(hyper: Hyperparameters) -> None:
    assert "4 bits (QLoRA), which frees about 4,000 MB" in what_fits(
        replace(NEEDS, saved_by_4_bit=4000), hyper
    )
    assert "4 bits" not in what_fits(replace(NEEDS, saved_by_4_bit=1000), hyper)


def test_nothing_fits(hyper: Hyperparameters) -> None:
    assert what_fits(replace(NEEDS, available=100), hyper).startswith("Choose a smaller base model")


def test_a_batch_that_failed_is_not_proposed_again(hyper: Hyperparameters) -> None:
    assert what_fits(replace(NEEDS, available=90_000), hyper).startswith("Batch size 4 ")


def test_a_trial_corrects_what_was_reckoned(hyper: Hyperparameters) -> None:
    reckoned = replace(NEEDS, available=20_000, squared_tokens=1e-6)
    found = reckoned.after_a_failure()
    assert found.total() == pytest.approx(22_000)
    assert found.per_token / reckoned.per_token == pytest.approx(21_900 / 8064)
    # 100 + 8 × 2,737 MB did not fit into 20,000: 6 rows do, of which 4 leave the 16 of a step.
    assert what_fits(found, hyper).startswith("Batch size 4 with 4 ")
    assert "about 2,4" in what_fits(found, hyper)  # 900 of what was reckoned
    assert NEEDS.after_a_failure() == NEEDS
    unknown = replace(NEEDS, available=float("inf"))
    assert unknown.after_a_failure() == unknown


def test_packed_rows_with_a_mask_cost_the_square(hyper: Hyperparameters) -> None:
    needs = replace(NEEDS, per_token=0, squared_tokens=0.001)
    assert needs.total() == 100 + 0.001 * 8000**2
    assert what_fits(needs, hyper).startswith("Batch size 2 with 8 ")


@pytest.mark.parametrize("is_checkpointed", [False, True])
def test_measured_activations_are_what_a_longer_batch_keeps(is_checkpointed: bool) -> None:
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    causal = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=64,
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=3,
            num_attention_heads=4,
        )
    )
    if is_checkpointed:
        causal.gradient_checkpointing_enable({"use_reentrant": False})
    peft = get_peft_model(causal, LoraConfig(target_modules="all-linear", r=4, lora_dropout=0.1))
    peft.train()
    model = AdaptedModel(peft=peft, causal=causal, parameters=0, trainable_parameters=0)
    device = Device(torch_device=torch.device("cpu"), name="CPU", precision="fp32")
    before = torch.get_rng_state()
    found = measure_activations(model, device, [1, 2, 3])
    assert torch.equal(torch.get_rng_state(), before)
    assert all(p.grad is None for p in peft.parameters())
    flags = {getattr(m, "gradient_checkpointing", None) for m in causal.modules()}
    assert (True in flags) == is_checkpointed
    # Counted by hand in float32: several times width and inner width for each of three layers.
    least, most = 3 * (8 * 64 + 3 * 128) * 4 / 2**20, 3 * (40 * 64 + 12 * 128) * 4 / 2**20
    assert least < found.per_token < most
    assert found.per_token_checkpointed < 0.6 * found.per_token
