"""Answers to fixed prompts while the model learns."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from run_folder import events, run_here
from transformers import AutoModelForCausalLM, AutoTokenizer

from lora_trainer import samples
from lora_trainer.failures import StopRequested
from lora_trainer.samples import Sampler, end_ids
from lora_trainer.world import SINGLE

SETTINGS = {"max_steps": 4, "evaluate_every_steps": 2}
PROMPTS = ["Define rank.", "How many metres are two kilometres?"]


def adapter(folder: Path) -> bytes:
    return (folder / "adapter" / "adapter_model.safetensors").read_bytes()


def test_samples_come_with_evaluations_and_change_nothing(make_run) -> None:
    without = make_run(name="without", **SETTINGS)
    # The compared runs differ in their samples alone, thus in nothing that is learnt.
    sampled = make_run(name="with", **SETTINGS, sample_prompts=PROMPTS, sample_max_tokens=12)
    assert run_here(without) == run_here(sampled) == 0
    found = events(sampled, "sample")
    assert [(event["step"], event["prompt"]) for event in found] == [
        (step, prompt) for step in (2, 4) for prompt in PROMPTS
    ]
    assert adapter(without) == adapter(sampled)
    losses = [[event["loss"] for event in events(at, "step")] for at in (without, sampled)]
    assert losses[0] == losses[1]


def test_own_interval_and_the_end(make_run) -> None:
    folder = make_run(
        **SETTINGS, sample_prompts=PROMPTS[:1], sample_every_steps=3, sample_max_tokens=3
    )
    assert run_here(folder) == 0
    assert [event["step"] for event in events(folder, "sample")] == [3, 4]


def test_last_sample_is_what_the_saved_adapter_answers(make_run, tiny_model: Path) -> None:
    folder = make_run(**SETTINGS, sample_prompts=PROMPTS[:1], sample_max_tokens=10)
    assert run_here(folder) == 0
    from peft import PeftModel

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    model = AutoModelForCausalLM.from_pretrained(tiny_model)
    model = PeftModel.from_pretrained(model, folder / "adapter").eval()
    messages = [{"role": "user", "content": PROMPTS[0]}]
    ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt")
    with torch.no_grad():
        answer = model.generate(**ids, do_sample=False, max_new_tokens=10)
    expected = tokenizer.decode(answer[0, ids["input_ids"].shape[1] :], skip_special_tokens=True)
    assert events(folder, "sample")[-1]["text"] == expected


def test_stop_is_noticed_at_a_token(make_run, monkeypatch) -> None:
    folder = make_run(**SETTINGS, sample_prompts=PROMPTS, sample_max_tokens=50)
    polls: list[int] = []

    def stop_later(self: Sampler, model, prompt) -> str:
        polls.append(1)
        raise StopRequested

    with monkeypatch.context() as patched:
        patched.setattr(Sampler, "_answer", stop_later)
        assert run_here(folder) == 10
    assert run_here(folder, 2) == 0
    assert len(polls) == 1
    assert [event["step"] for event in events(folder, "sample")] == [2, 2, 4, 4]


class Sixth:
    """Asks to stop at the sixth poll."""

    def __init__(self) -> None:
        self.polls = 0

    def raise_on_stop(self) -> None:
        self.polls += 1
        if self.polls == 6:
            raise StopRequested


def test_polls_before_every_token_and_uses_no_random_numbers(tiny_model: Path) -> None:
    from lora_trainer.device import Device
    from lora_trainer.model import AdaptedModel

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    causal = AutoModelForCausalLM.from_pretrained(tiny_model)
    causal.train()
    model = AdaptedModel(peft=causal, causal=causal, parameters=0, trainable_parameters=0)
    device = Device(torch_device=torch.device("cpu"), name="CPU", precision="fp32")
    stop = Sixth()
    sampler = Sampler(
        tokenizer,
        ("Define rank.",),
        max_tokens=4,
        is_chat=True,
        device=device,
        world=SINGLE,
        raise_on_stop=stop.raise_on_stop,
    )
    before = torch.get_rng_state()
    [sample] = sampler.run(model)
    assert stop.polls <= 4
    assert sample.prompt == "Define rank."
    stop.polls = 5
    with pytest.raises(StopRequested):
        sampler.run(model)
    assert torch.equal(torch.get_rng_state(), before)
    assert causal.training


def test_answers_end_where_turns_end(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert end in end_ids(tokenizer, is_chat=True)
    assert end_ids(tokenizer, is_chat=False) == {tokenizer.eos_token_id}
    tokenizer.chat_template = "{{ raise_exception('no') }}"
    assert end_ids(tokenizer, is_chat=True) == {tokenizer.eos_token_id}


def test_prompts_of_plain_text_are_its_beginning(make_run, tmp_path: Path, monkeypatch) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(f'{{"text": "{"one " * at}"}}' for at in range(1, 13)))
    asked: list[list[int]] = []
    prompt_ids = samples.Sampler._prompt_ids

    def noting(self: Sampler, prompt: str) -> list[int]:
        asked.append(prompt_ids(self, prompt))
        return asked[-1]

    monkeypatch.setattr(samples.Sampler, "_prompt_ids", noting)
    settings = {**SETTINGS, "max_steps": 1, "sample_prompts": ["one one"], "sample_max_tokens": 2}
    folder = make_run(data=data, data_format="text", **settings)
    assert run_here(folder) == 0
    tokenizer = AutoTokenizer.from_pretrained(folder / "adapter")
    assert tokenizer.decode(asked[0], skip_special_tokens=True) == "one one"
    assert "<|im_start|>" not in tokenizer.decode(asked[0])
