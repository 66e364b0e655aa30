"""The fused layers give what PEFT's give."""

from __future__ import annotations

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from lora_trainer.fused_lora import draw_mask, fuse
from lora_trainer.matrix_product import Product, choose_product, torch_product

SHAPE = {
    "vocab_size": 61,
    "hidden_size": 24,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
IDS = torch.arange(22).view(2, 11) % 61


def make(
    *, dropout: float = 0.0, rank: int = 4, targets: object = "all-linear", has_bias: bool = False
) -> PeftModel:
    torch.manual_seed(1)
    plain = LlamaForCausalLM(LlamaConfig(**SHAPE))
    model = Qwen2ForCausalLM(Qwen2Config(**SHAPE)) if has_bias else plain
    lora = LoraConfig(r=rank, lora_alpha=8, lora_dropout=dropout, target_modules=targets)
    peft = get_peft_model(model, lora)
    for parameter in peft.parameters():
        # B is 0 at first, and biases are: neither would be told apart from being left out.
        parameter.data += torch.randn_like(parameter) * 0.1
    return peft.train()


def learn(model: PeftModel) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    model.zero_grad()
    logits = model(input_ids=IDS, use_cache=False).logits
    loss = functional.cross_entropy(logits[:, :-1].flatten(0, 1), IDS[:, 1:].flatten())
    loss.backward()
    grads = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    return loss.detach(), grads


@pytest.mark.parametrize("product", [choose_product(), torch_product])
@pytest.mark.parametrize(
    "settings",
    [{}, {"rank": 1}, {"targets": ["q_proj", "v_proj"]}, {"has_bias": True}],
    ids=["all", "rank 1", "two targets", "biases"],
)
def test_same_loss_and_gradients_as_peft(settings: dict, product: Product) -> None:
    model = make(**settings)
    loss, grads = learn(model)
    assert fuse(model, product) == 2 * 7 + 1  # with the output head
    fused_loss, fused_grads = learn(model)
    torch.testing.assert_close(fused_loss, loss, rtol=1e-6, atol=1e-6)
    assert fused_grads.keys() == grads.keys()
    for name, grad in grads.items():
        torch.testing.assert_close(fused_grads[name], grad, rtol=1e-4, atol=1e-6, msg=name)


def test_dropout_has_one_mask_in_both_directions() -> None:
    model = make(dropout=0.5, targets=["down_proj"])
    layer = model.get_base_model().model.layers[0].mlp.down_proj
    down, up = layer.lora_A["default"].weight, layer.lora_B["default"].weight
    fuse(model, choose_product())
    x = torch.randn(3, 40, requires_grad=True)

    torch.manual_seed(5)
    layer(x).square().sum().backward()
    found = [x.grad.clone(), down.grad.clone(), up.grad.clone()]
    x.grad = down.grad = up.grad = None

    torch.manual_seed(5)
    keep = draw_mask(x, 0.5)
    assert 0 < int(keep.sum()) < keep.numel()
    by_hand = layer.base_layer(x) + (x * keep / 0.5) @ down.t() @ up.t() * 2.0
    by_hand.square().sum().backward()
    for mine, theirs in zip(found, (x.grad, down.grad, up.grad), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


def test_mask_drops_the_share_that_is_asked_for() -> None:
    torch.manual_seed(2)
    like = torch.empty(401, 1003)
    for dropout in (0.05, 0.5):
        keep = draw_mask(like, dropout)
        assert set(keep.unique().tolist()) == {0, 1}
        assert abs(1 - keep.float().mean().item() - dropout) < 0.003
        # No two neighbours are drawn together.
        pairs = (keep[:, 1:] == 0) & (keep[:, :-1] == 0)
        assert abs(pairs.float().mean().item() - dropout**2) < 0.003


def test_checkpointing_draws_the_same_masks_again() -> None:
    model = make(dropout=0.3)
    fuse(model, choose_product())
    torch.manual_seed(3)
    _, grads = learn(model)
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    torch.manual_seed(3)
    _, again = learn(model)
    assert all(torch.equal(again[name], grad) for name, grad in grads.items())


def test_evaluation_drops_nothing_and_draws_nothing() -> None:
    model = make(dropout=0.3)
    plain = model.eval()(input_ids=IDS).logits
    fuse(model, choose_product())
    state = torch.get_rng_state()
    torch.testing.assert_close(model(input_ids=IDS).logits, plain, rtol=1e-5, atol=1e-5)
    assert torch.equal(torch.get_rng_state(), state)


def test_switched_off_and_merged_adapters_are_left_to_peft() -> None:
    model = make().eval()
    adapted = model(input_ids=IDS).logits
    with model.disable_adapter():
        plain = model(input_ids=IDS).logits
    fuse(model, choose_product())
    with model.disable_adapter():
        torch.testing.assert_close(model(input_ids=IDS).logits, plain, rtol=1e-4, atol=1e-5)
    model.merge_adapter()
    torch.testing.assert_close(model(input_ids=IDS).logits, adapted, rtol=1e-4, atol=1e-4)


def test_dora_and_other_precisions_are_left_alone() -> None:
    base = LlamaForCausalLM(LlamaConfig(**SHAPE))
    dora = get_peft_model(base, LoraConfig(r=2, target_modules="all-linear", use_dora=True))
    assert fuse(dora, choose_product()) == 1  # the output head
    assert fuse(make().bfloat16(), choose_product()) == 0
