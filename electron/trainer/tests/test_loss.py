"""The chunked loss on labelled positions against the plain one over all logits."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional
from transformers import Gemma2Config, Gemma2ForCausalLM, LlamaConfig, LlamaForCausalLM

from lora_trainer import loss as loss_module
from lora_trainer.batches import make_batch
from lora_trainer.head_loss import frozen_head_loss, is_frozen_head
from lora_trainer.loss import LabelLoss

SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
}


class Rows:
    """Random rows of different lengths, with some tokens labelled."""

    def __init__(self) -> None:
        pick = np.random.Generator(np.random.PCG64(4))
        self.lengths = np.array([9, 23, 14, 5])
        self._rows = []
        for length in self.lengths:
            labels = (pick.random(length) < 0.5).astype(np.uint8)
            labels[0], labels[-1] = 0, 1
            self._rows.append((pick.integers(1, 97, length).astype(np.int32), labels))

    def labels(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self._rows[index]

    def row(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        ids, labels = self._rows[index]
        return ids, np.flatnonzero(labels)


ROWS = Rows()
CPU = torch.device("cpu")


def reference(model: torch.nn.Module, rows: list[int]) -> torch.Tensor:
    """One row at a time, without padding, over the logits of every position."""
    total = torch.zeros(())
    for at in rows:
        ids, labels = ROWS.labels(at)
        ids = torch.from_numpy(ids.astype(np.int64))
        logits = model(input_ids=ids.unsqueeze(0)).logits[0, :-1]
        targets = torch.where(torch.from_numpy(labels[1:]) == 1, ids[1:], -100)
        total = total + functional.cross_entropy(
            logits, targets, ignore_index=-100, reduction="sum"
        )
    return total


def gradients(model: torch.nn.Module, value: torch.Tensor) -> list[torch.Tensor]:
    return list(torch.autograd.grad(value, list(model.parameters())))


@pytest.mark.parametrize("chunk_elements", [97 * 1000, 97 * 4])
def test_padded_batch_equals_single_rows(
    monkeypatch: pytest.MonkeyPatch, chunk_elements: int
) -> None:
    monkeypatch.setattr(loss_module, "_CHUNK_ELEMENTS", {"cpu": chunk_elements, "cuda": 0})
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SIZES))
    loss = LabelLoss(model, 97)
    assert loss.is_head_separable
    ours = loss.sum(make_batch(ROWS, np.arange(4), 0, CPU))
    theirs = reference(model, [0, 1, 2, 3])
    torch.testing.assert_close(ours, theirs)
    for mine, other in zip(gradients(model, ours), gradients(model, theirs), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5)


def test_model_that_caps_its_logits_is_run_as_a_whole() -> None:
    torch.manual_seed(0)
    config = Gemma2Config(**SIZES, head_dim=8, final_logit_softcapping=0.1)
    model = Gemma2ForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(20)
    loss = LabelLoss(model, 97)
    assert not loss.is_head_separable
    batch = make_batch(ROWS, np.arange(4), 0, CPU)
    torch.testing.assert_close(loss.sum(batch), reference(model, [0, 1, 2, 3]))
    padded = gradients(model, loss.sum(batch))
    for mine, other in zip(padded, gradients(model, reference(model, [0, 1, 2, 3])), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-4)
    packed = make_batch(ROWS, np.arange(4), 0, CPU, is_packed=True)
    torch.testing.assert_close(loss.sum(packed), loss.sum(batch))


def head_case(dtype: torch.dtype, has_bias: bool) -> tuple[torch.nn.Linear, torch.Tensor]:
    torch.manual_seed(1)
    head = torch.nn.Linear(16, 97, bias=has_bias).to(dtype).requires_grad_(False)
    return head, torch.randn(50, 16).to(dtype).requires_grad_()


@pytest.mark.parametrize("has_bias", [False, True])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 2e-2)], ids=["fp32", "bf16"]
)
@pytest.mark.parametrize("chunk", [7, 50, 1000])
def test_frozen_head_gives_loss_and_gradient_of_the_plain_one(
    chunk: int, dtype: torch.dtype, tolerance: float, has_bias: bool
) -> None:
    head, hidden = head_case(dtype, has_bias)
    targets = torch.arange(50) % 97
    assert is_frozen_head(head)
    ours = frozen_head_loss(hidden, head, targets, chunk)
    exact = hidden.detach().double().requires_grad_()
    theirs = functional.cross_entropy(head.double()(exact), targets, reduction="sum")
    torch.testing.assert_close(ours.double(), theirs, rtol=tolerance, atol=0)
    [mine] = torch.autograd.grad(ours / 50, hidden)
    [other] = torch.autograd.grad(theirs / 50, exact)
    assert mine.dtype == dtype
    assert float((mine.double() - other).norm() / other.norm()) < tolerance


def test_frozen_head_without_gradients_is_the_same_loss() -> None:
    head, hidden = head_case(torch.float32, False)
    targets = torch.arange(50)
    with torch.no_grad():
        alone = frozen_head_loss(hidden, head, targets, 9)
    assert torch.equal(alone, frozen_head_loss(hidden, head, targets, 9))
    assert not alone.requires_grad


def test_heads_that_learn_or_do_more_are_called() -> None:
    head, _ = head_case(torch.float32, False)
    assert not is_frozen_head(head.to(torch.float16))
    assert not is_frozen_head(torch.nn.Linear(4, 4))
    assert not is_frozen_head(torch.nn.Sequential(head.float()))


@pytest.mark.parametrize("chunk_elements", [97 * 1000, 97 * 4])
def test_frozen_head_in_a_model(monkeypatch: pytest.MonkeyPatch, chunk_elements: int) -> None:
    chunks = {"cpu": chunk_elements, "cuda": 0}
    monkeypatch.setattr(loss_module, "_CHUNK_ELEMENTS", chunks)
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SIZES))
    model.lm_head.requires_grad_(False)
    loss = LabelLoss(model, 97)
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    ours = loss.sum(make_batch(ROWS, np.arange(4), 0, CPU))
    theirs = reference(model, [0, 1, 2, 3])
    torch.testing.assert_close(ours, theirs)
    pairs = zip(
        torch.autograd.grad(ours, learning), torch.autograd.grad(theirs, learning), strict=True
    )
    for mine, other in pairs:
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5)
