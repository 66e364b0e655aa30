"""Whole runs on the tiny model, in this process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from run_folder import TRAINER, events, read, run_here
from safetensors.torch import load_file

from lora_trainer.evaluate import Evaluation, Evaluator
from lora_trainer.failures import StopRequested

SHORT = {"max_steps": 4, "validation_share": 0.1}

COMPARE_WITH_AND_WITHOUT = """
import json, sys, torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer
base, adapter = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(adapter)
messages = [{"role": "user", "content": "Define rank."}]
ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt")
model = AutoModelForCausalLM.from_pretrained(base)
before = model(**ids).logits
model = PeftModel.from_pretrained(model, adapter)
print(json.dumps(float((model(**ids).logits - before).abs().max())))
"""


def losses(folder: Path) -> list[float]:
    return [event["loss"] for event in events(folder, "step")]


def test_adapter_loads_in_a_fresh_process_and_changes_the_model(make_run, tiny_model: Path) -> None:
    folder = make_run(epochs=2)
    assert run_here(folder) == 0
    [done] = events(folder, "done")
    assert done["reason"] == "completed"
    assert done["last_loss"] < 0.9 * done["first_loss"]
    assert set(done["adapter"]["files"]) >= {
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "tokenizer.json",
    }
    evaluations = events(folder, "eval")
    assert evaluations[-1]["loss"] < evaluations[0]["loss"]
    assert evaluations[-1]["step"] == done["step"]
    config = read(folder / "adapter" / "adapter_config.json")
    assert config["base_model_name_or_path"] == str(tiny_model)
    command = [sys.executable, "-c", COMPARE_WITH_AND_WITHOUT]
    command += [str(tiny_model), str(folder / "adapter")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout) > 0.1


def test_the_plan_is_told_once_and_steps_are_whole(make_run) -> None:
    folder = make_run(**SHORT, checkpoint_every_steps=2, evaluate_every_steps=3)
    assert run_here(folder) == 0
    [opening] = [event for event in events(folder, "status") if "plan" in event]
    plan = opening["plan"]
    assert (plan["total_steps"], plan["from_step"], plan["device"]) == (4, 0, "CPU")
    assert plan["trainable_parameters"] > 0
    assert [event["step"] for event in events(folder, "step")] == [1, 2, 3, 4]
    assert [event["step"] for event in events(folder, "eval")] == [3, 4]
    assert [event["step"] for event in events(folder, "checkpoint")] == [2, 4]
    assert [event["seq"] for event in events(folder)] == list(range(len(events(folder))))
    tokens = [event["tokens"] for event in events(folder, "step")]
    assert tokens == sorted(set(tokens))


def test_same_seed_same_losses(make_run) -> None:
    first, again = make_run(name="first", **SHORT), make_run(name="again", **SHORT)
    assert run_here(first) == run_here(again) == 0
    assert losses(first) == losses(again)


def test_evaluation_that_was_stopped_is_made_up_for(make_run, monkeypatch) -> None:
    whole = make_run(name="whole", **SHORT, evaluate_every_steps=2)
    stopped = make_run(name="stopped", **SHORT, evaluate_every_steps=2)
    assert run_here(whole) == 0
    for attempt in (1, 2):  # at step 2, then at the last one
        with monkeypatch.context() as patched:
            patched.setattr(Evaluator, "run", stop_on_call(attempt))
            assert run_here(stopped, attempt) == 10
    assert run_here(stopped, 3) == 0
    assert [event["step"] for event in events(stopped, "done")] == [2, 4, 4]
    assert losses(stopped) == losses(whole)
    found = [[(e["step"], e["loss"]) for e in events(at, "eval")] for at in (stopped, whole)]
    assert found[0] == found[1]


def stop_on_call(number: int) -> Callable[..., Evaluation]:
    evaluate, calls = Evaluator.run, []

    def run(*arguments: object) -> Evaluation:
        calls.append(1)
        if len(calls) == number:
            raise StopRequested
        return evaluate(*arguments)

    return run


@pytest.mark.parametrize("precision", ["auto", "bf16"])
def test_stopped_while_data_is_prepared_tells_where_the_run_stands(
    make_run, monkeypatch, precision: str
) -> None:
    settings = {**SHORT, "evaluate_every_steps": 2, "precision": precision}
    whole, folder = make_run(name="whole", **settings), make_run(name="stopped", **settings)
    assert run_here(whole) == 0
    with monkeypatch.context() as patched:
        patched.setattr(Evaluator, "run", stop_on_call(1))
        assert run_here(folder) == 10
    with monkeypatch.context() as patched:
        patched.setattr("lora_trainer.prepared_run.prepare_data", stop_on_call(1))
        assert run_here(folder, 2) == 10
    first, again = events(folder, "done")
    assert (again["reason"], again["step"]) == ("stopped", 2)
    assert again["first_loss"] == first["first_loss"] > 0
    assert run_here(folder, 3) == 0
    assert losses(folder) == losses(whole)
    name = "adapter/adapter_model.safetensors"
    assert (folder / name).read_bytes() == (whole / name).read_bytes()


def test_how_a_step_is_cut_into_micro_batches_does_not_matter(tmp_path: Path, make_run) -> None:
    lengths = [3, 40, 7, 21, 12, 33, 5]
    data = tmp_path / "data.jsonl"
    rows = [{"question": f"Number {at}?", "answer": "one " * at} for at in lengths]
    data.write_text("\n".join(json.dumps(row) for row in rows))
    found = []
    for size, accumulation in ((7, 1), (2, 4)):
        folder = make_run(
            name=f"of{size}",
            data=data,
            data_format="question_answer",
            batch_size=size,
            gradient_accumulation_steps=accumulation,
            epochs=3,
            dropout=0,
            validation_share=0,
        )
        assert run_here(folder) == 0
        found.append(losses(folder))
    assert len(found[0]) == 3
    assert found[0] == pytest.approx(found[1], rel=1e-5)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("rslora", {"target_modules": ["q_proj", "v_proj"]}),
        ("dora", {}),
        ("lora", {"gradient_checkpointing": True, "precision": "bf16", "schedule": "linear"}),
    ],
)
def test_methods(make_run, method: str, more: dict) -> None:
    folder = make_run(method=method, **{**SHORT, "max_steps": 3}, **more)
    assert run_here(folder) == 0
    config = read(folder / "adapter" / "adapter_config.json")
    assert config["use_rslora"] == (method == "rslora")
    assert config["use_dora"] == (method == "dora")
    tensors = load_file(folder / "adapter" / "adapter_model.safetensors")
    assert not any("lm_head" in name or "embed" in name for name in tensors)
    if method == "rslora":
        modules = {name.split(".self_attn.")[1].split(".")[0] for name in tensors}
        assert modules == {"q_proj", "v_proj"}


def test_gradient_checkpointing_changes_nothing(make_run) -> None:
    plain = make_run(name="plain", **SHORT)
    checkpointed = make_run(name="checkpointed", **SHORT, gradient_checkpointing=True)
    assert run_here(plain) == run_here(checkpointed) == 0
    assert losses(plain) == pytest.approx(losses(checkpointed), rel=1e-6)


ROWS_OF = {
    "alpaca": lambda at: {"instruction": f"Count to {at}", "input": "", "output": "one " * at},
    "sharegpt": lambda at: {
        "conversations": [
            {"from": "human", "value": f"Count to {at}"},
            {"from": "gpt", "value": "one " * at},
        ]
    },
    "prompt_completion": lambda at: {"prompt": f"Count to {at}:", "completion": " one" * at},
    "text": lambda at: {"text": "one " * at},
}


@pytest.mark.parametrize("data_format", ROWS_OF)
def test_formats(tmp_path: Path, make_run, data_format: str) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(json.dumps(ROWS_OF[data_format](at)) for at in range(1, 13)))
    folder = make_run(data=data, data_format=data_format, **{**SHORT, "max_steps": 2})
    assert run_here(folder) == 0
    [opening] = [event for event in events(folder, "status") if "plan" in event]
    summary = opening["plan"]["data"]
    assert (summary["rows"], summary["train_rows"]) == (12, 11)


def test_model_card_says_what_it_was_made_of(make_run) -> None:
    folder = make_run(**SHORT)
    assert run_here(folder) == 0
    card = (folder / "adapter" / "README.md").read_text("utf-8")
    config = read(folder / "config.json")
    assert config["dataset"]["sha256"] in card
    assert "No licence has been chosen" in card
    assert "| learning rate | 0.005 |" in card
    assert "| transformers |" in card


def test_listens_before_anything_heavy_is_imported() -> None:
    script = "import sys, lora_trainer.train; print(sorted({'torch', 'numpy'} & set(sys.modules)))"
    command = [sys.executable, "-c", script]
    shown = subprocess.run(command, cwd=TRAINER, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
