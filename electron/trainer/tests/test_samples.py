"""Answers to fixed prompts while the model learns."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from run_folder import events, run_here
from transformers import AutoModelForCausalLM, AutoTokenizer

from lora_trainer import samples
from lora_trainer.device import Device
from lora_trainer.failures import StopRequested, TrainingFailure
from lora_trainer.model import AdaptedModel
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
        context=None,
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


CPU = Device(torch_device=torch.device("cpu"), name="CPU", precision="fp32")


def sampler_of(tokenizer, prompt: str, context: int | None = None, *, is_chat: bool = True):
    more = {"max_tokens": 50, "device": CPU, "world": SINGLE, "raise_on_stop": lambda: None}
    return Sampler(tokenizer, (prompt,), context=context, is_chat=is_chat, **more)


def tokens_of(tokenizer, prompt: str) -> int:
    [(_, ids)] = sampler_of(tokenizer, prompt)._prompts
    return len(ids)


def test_prompts_that_cannot_be_asked_are_refused_before_the_first_step(
    make_run, tiny_model: Path
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    length = tokens_of(tokenizer, PROMPTS[0])
    refused = [
        (tokenizer, PROMPTS[0], length, "fill the model's context"),
        (tokenizer, PROMPTS[0] * 20, length, "…” cannot be used"),
    ]
    wayward = AutoTokenizer.from_pretrained(tiny_model)
    wayward.chat_template = "{{ raise_exception('The first turn must be the system\\'s') }}"
    refused.append((wayward, PROMPTS[0], None, "must be the system's"))
    silent = AutoTokenizer.from_pretrained(tiny_model)
    silent.chat_template = "{{ '' }}"
    refused.append((silent, PROMPTS[0], None, "has no tokens"))
    for chosen, prompt, context, words in refused:
        with pytest.raises(TrainingFailure, match=words) as caught:
            sampler_of(chosen, prompt, context)
        assert caught.value.kind == "sample_prompt_unusable"

    folder = make_run(**SETTINGS, sample_prompts=["one " * 5000])
    assert run_here(folder) == 1
    assert [event["kind"] for event in events(folder, "error")] == ["sample_prompt_unusable"]
    assert events(folder, "step") == []


def test_answers_end_with_the_context(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    seen: list[int] = []

    def answer(input_ids, **_: object):
        seen.append(input_ids.shape[1])
        return SimpleNamespace(logits=torch.zeros(1, 1, 9), past_key_values=None)

    causal = SimpleNamespace(eval=lambda: None, train=lambda: None)
    model = SimpleNamespace(peft=causal, causal=answer)
    length = tokens_of(tokenizer, PROMPTS[0])
    sampler = sampler_of(tokenizer, PROMPTS[0], length + 3)
    sampler._end_ids = frozenset()
    sampler.run(model)
    assert seen == [length, 1, 1]


def test_prompts_are_the_same_text_on_every_day(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = "{{ strftime_now('%Y %m %d') }} {{ messages[0]['content'] }}"
    [(_, ids)] = sampler_of(tokenizer, "x")._prompts
    assert ids == tokenizer("2024 07 26 x", add_special_tokens=False)["input_ids"]
