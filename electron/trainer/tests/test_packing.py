"""Rows of one sequence: the same losses and gradients as padded, and no row sees another."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    BloomConfig,
    LlamaConfig,
    MambaConfig,
    MistralConfig,
    PretrainedConfig,
    Qwen3Config,
)

from lora_trainer import attention
from lora_trainer.batches import Batch, make_batch
from lora_trainer.loss import LabelLoss, model_inputs
from lora_trainer.packing_check import keeps_rows_apart

SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 64,
}
CONFIGS = {
    "llama": LlamaConfig(**SIZES),
    "qwen3": Qwen3Config(**SIZES, tie_word_embeddings=True),
    "sliding window": MistralConfig(**SIZES, sliding_window=5),
}
CPU = torch.device("cpu")


class Store:
    def __init__(self, lengths: tuple[int, ...] = (9, 23, 14, 5)) -> None:
        pick = np.random.Generator(np.random.PCG64(4))
        self.lengths = np.array(lengths)
        self.rows = []
        for length in lengths:
            is_label = pick.random(length) < 0.5
            is_label[0], is_label[-1] = False, True
            ids = pick.integers(1, 97, length).astype(np.int32)
            self.rows.append((ids, np.flatnonzero(is_label).astype(np.int32)))

    def row(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self.rows[index]


def batch(store: Store, *, is_packed: bool) -> Batch:
    return make_batch(store, np.arange(len(store.lengths)), 0, CPU, is_packed)


def adapted(config: PretrainedConfig, name: str = "sdpa") -> torch.nn.Module:
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config, attn_implementation=name)
    peft = get_peft_model(model, LoraConfig(target_modules="all-linear", r=4))
    for parameter in peft.parameters():
        if parameter.requires_grad:  # the B matrices begin at 0, which would hide most gradients
            torch.nn.init.normal_(parameter, std=0.1)
    return peft


def loss_and_gradients(
    peft: torch.nn.Module, store: Store, *, is_packed: bool
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    peft.zero_grad()
    loss = LabelLoss(peft.get_base_model(), 97).sum(batch(store, is_packed=is_packed))
    loss.backward()
    return loss.detach(), {
        name: parameter.grad.clone()
        for name, parameter in peft.named_parameters()
        if parameter.requires_grad
    }


def assert_same(one: tuple, other: tuple) -> None:
    torch.testing.assert_close(one[0], other[0], rtol=1e-5, atol=1e-5)
    assert one[1].keys() == other[1].keys() and len(one[1]) >= 14
    for name, gradient in one[1].items():
        assert gradient.abs().max() > 1e-3, name
        torch.testing.assert_close(gradient, other[1][name], rtol=1e-4, atol=1e-4, msg=name)


@pytest.mark.parametrize("is_checkpointed", [False, True], ids=["kept", "recomputed"])
@pytest.mark.parametrize("architecture", CONFIGS)
def test_packed_equals_padded(architecture: str, is_checkpointed: bool) -> None:
    peft = adapted(CONFIGS[architecture])
    if is_checkpointed:
        peft.get_base_model().gradient_checkpointing_enable({"use_reentrant": False})
    peft.train()
    padded = loss_and_gradients(peft, Store(), is_packed=False)
    assert_same(padded, loss_and_gradients(peft, Store(), is_packed=True))


@pytest.mark.parametrize("architecture", CONFIGS)
def test_a_row_is_the_same_whatever_is_beside_it(architecture: str) -> None:
    model = adapted(CONFIGS[architecture]).eval().get_base_model()
    store = Store()
    with torch.no_grad():
        before = model(**model_inputs(model, batch(store, is_packed=True))).logits[0]
        ids, learnt = store.rows[1]
        store.rows[1] = (ids[::-1].copy(), learnt)
        after = model(**model_inputs(model, batch(store, is_packed=True))).logits[0]
    others = [*range(9), *range(9 + 23, 9 + 23 + 14 + 5)]
    assert torch.equal(before[others], after[others])
    assert (before[9:32] - after[9:32]).abs().max() > 0.1


def test_first_token_of_a_row_is_never_learnt() -> None:
    store = Store()
    packed = batch(store, is_packed=True)
    starts = packed.boundaries[:-1]
    assert starts.tolist() == [0, 9, 32, 46]
    assert packed.position_ids[0, starts].tolist() == [0, 0, 0, 0]
    # Position p predicts token p + 1.
    assert not set(packed.positions.tolist()) & {int(start) - 1 for start in starts}
    padded = batch(store, is_packed=False)
    assert torch.equal(padded.targets, packed.targets)
    assert (packed.tokens, packed.longest) == (padded.tokens, padded.longest) == (51, 23)


def plain_varlen(query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, **options):
    """What the kernel computes, row by row: [tokens, heads, width]."""
    lengths = cu_seq_q.diff().tolist()
    assert (max(lengths), max_q, max_k) == (max_q, max_q, max_q)
    left, right = options["window_size"]
    assert right == 0
    rows = zip(query.split(lengths), key.split(lengths), value.split(lengths), strict=True)
    attended = []
    for each in rows:
        many, keys, values = (part.transpose(0, 1) for part in each)
        back = torch.arange(many.shape[1])[:, None] - torch.arange(many.shape[1])
        mask = (back >= 0) & ((back <= left) | (left < 0))
        found = torch.nn.functional.scaled_dot_product_attention(
            many, keys, values, mask, scale=options.get("scale"),
            enable_gqa=options.get("enable_gqa", False),
        )  # fmt: skip
        attended.append(found.transpose(0, 1))
    return torch.cat(attended)


def varlen_of_today(
    query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, *, scale=None, window_size=(-1, -1),
    enable_gqa=False,
):  # fmt: skip
    options = {"scale": scale, "window_size": window_size, "enable_gqa": enable_gqa}
    return plain_varlen(query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, **options)


def varlen_without_groups(
    query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, *, window_size=(-1, -1)
):
    assert query.shape == key.shape
    return plain_varlen(
        query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, window_size=window_size
    )


@pytest.mark.parametrize("kernel", [varlen_of_today, varlen_without_groups])
@pytest.mark.parametrize("architecture", CONFIGS)
def test_kernel_for_rows_of_varying_length_gives_the_same(architecture: str, kernel) -> None:
    attention.register_varlen(kernel)
    peft = adapted(CONFIGS[architecture], attention.VARLEN)
    peft.get_base_model().gradient_checkpointing_enable({"use_reentrant": False})
    peft.train()
    varlen = loss_and_gradients(peft, Store(), is_packed=True)
    assert_same(varlen, loss_and_gradients(peft, Store(), is_packed=False))
    assert_same(varlen, loss_and_gradients(adapted(CONFIGS[architecture]), Store(), is_packed=True))


def test_answers_are_generated_as_without_the_kernel() -> None:
    attention.register_varlen(varlen_of_today)
    prompt = torch.arange(1, 12)[None]
    answers = [
        adapted(CONFIGS["sliding window"], name)
        .eval()
        .get_base_model()
        .generate(prompt, max_new_tokens=8, do_sample=False)
        for name in ("sdpa", attention.VARLEN)
    ]
    assert torch.equal(*answers)


def test_models_that_let_rows_see_one_another_are_found_out() -> None:
    sizes = {"vocab_size": 97, "hidden_size": 32, "n_layer": 2, "n_head": 4}
    for config, is_apart in ((CONFIGS["qwen3"], True), (BloomConfig(**sizes), False)):
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config, attn_implementation=None)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        assert keeps_rows_apart(model) is is_apart


def choose(packing: str, config: PretrainedConfig, kind: str = "cpu") -> tuple[str, bool, list]:
    warned: list[str] = []
    device = SimpleNamespace(torch_device=torch.device(kind), precision="bf16")
    chosen = attention.choose(
        SimpleNamespace(packing=packing), device, config, lambda kind, _: warned.append(kind)
    )
    return chosen.name, chosen.is_packed, warned


def test_choice_on_the_cpu() -> None:
    llama = CONFIGS["llama"]
    assert choose("off", llama) == ("sdpa", False, [])
    assert choose("auto", llama) == ("sdpa", False, [])
    assert choose("on", llama) == ("sdpa", True, [])


@pytest.mark.parametrize(
    "config",
    [MambaConfig(), LlamaConfig(**SIZES, layer_types=["full_attention", "linear_attention"])],
    ids=["state", "linear layer"],
)
def test_models_that_cannot_pack_are_padded_with_a_warning(config: PretrainedConfig) -> None:
    assert choose("on", config)[1:] == (False, ["packing_unavailable"])
    assert choose("auto", config)[1:] == (False, [])


def test_choice_on_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    llama = CONFIGS["llama"]
    faults: list[str | None] = [None]
    monkeypatch.setattr(attention, "_try", lambda *_: faults[0])
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (9, 0))
    assert choose("auto", llama, "cuda") == (attention.VARLEN, True, [])
    assert choose("on", llama, "cuda") == (attention.VARLEN, True, [])
    assert choose("off", llama, "cuda") == ("sdpa", False, [])
    faults[0] = "it fails: no such kernel"
    assert choose("auto", llama, "cuda") == ("sdpa", False, ["varlen_unavailable"])
    assert choose("on", llama, "cuda") == ("sdpa", True, ["varlen_unavailable"])
    faults[0] = None
    wide = LlamaConfig(**{**SIZES, "head_dim": 512})
    assert choose("auto", wide, "cuda") == ("sdpa", False, ["varlen_unavailable"])
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (8, 9))
    assert choose("auto", llama, "cuda") == ("sdpa", False, [])
    assert choose("on", llama, "cuda") == ("sdpa", True, [])
