"""Ollama: the Modelfile, and which chat template a model is given in Ollama's language."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from export_cases import make_adapter, names_in, run_command
from tokenizers import Tokenizer, decoders, models, normalizers, trainers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

from lora_trainer.exports.chat_kinds import KINDS
from lora_trainer.exports.chat_match import match_chat
from lora_trainer.exports.modelfile import modelfile_text, parse_modelfile, stop_parameter
from lora_trainer.failures import TrainingFailure

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CHATML_WITH_DEFAULT = (
    "{% if messages[0].role != 'system' %}<|im_start|>system\nBe kind.<|im_end|>\n{% endif %}"
    + CHATML
)
LLAMA = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
GEMMA = (
    "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}"
    "{% endif %}{% for m in messages %}<start_of_turn>"
    "{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content }}<end_of_turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }}[/INST]"
    "{% elif m.role == 'assistant' %} {{ m.content }}</s>{% endif %}{% endfor %}"
)


def chat_folder(base: Path, folder: Path, template: str) -> Path:
    shutil.copytree(base, folder)
    (folder / "chat_template.jinja").write_text(template)
    return folder


@pytest.mark.parametrize(
    ("template", "kind"),
    [(CHATML, "ChatML"), (LLAMA, "Llama 3"), (GEMMA, "Gemma"), (MISTRAL, "Mistral (v3)")],
)
def test_known_templates_are_found_by_what_they_write(
    template: str, kind: str, tiny_model: Path, tmp_path: Path
) -> None:
    folder = chat_folder(tiny_model, tmp_path / "base", template)
    found = match_chat(folder, folder)
    assert found.kind is not None
    assert found.kind.name == kind
    assert found.begins_with == ("<|begin|>" if "bos_token" in template else "")
    assert "letter for letter" in found.checks[0]
    has_system = kind in ("ChatML", "Llama 3")
    assert ("with and without a system text" in found.checks[0]) == has_system
    assert bool(found.notes) != has_system


def test_template_that_writes_more_is_said_to(tiny_model: Path, tmp_path: Path) -> None:
    folder = chat_folder(tiny_model, tmp_path / "base", CHATML_WITH_DEFAULT)
    found = match_chat(folder, folder)
    assert found.kind is not None
    assert found.kind.name == "ChatML"
    assert not found.checks
    assert "writes more than plain turns" in found.notes[0]


def test_unknown_template_is_left_to_ollama(tiny_model: Path, tmp_path: Path) -> None:
    folder = chat_folder(tiny_model, tmp_path / "base", "{{ messages[0].content }}")
    found = match_chat(folder, folder)
    assert found.kind is None
    assert "none of those" in found.notes[0]


def test_template_of_the_adapter_goes_before_the_bases(tiny_model: Path, tmp_path: Path) -> None:
    base = chat_folder(tiny_model, tmp_path / "base", LLAMA)
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "chat_template.jinja").write_text(CHATML)
    found = match_chat(base, adapter)
    assert found.kind is not None
    assert found.kind.name == "ChatML"


def test_modelfile_is_read_back_as_it_was_written() -> None:
    for kind in KINDS:
        written = [
            ("FROM", "./a-base-f16.gguf"),
            ("ADAPTER", "./a-f16.gguf"),
            ("TEMPLATE", kind.go_template),
            *(stop_parameter(stop) for stop in kind.stops),
        ]
        assert parse_modelfile(modelfile_text(written, ["a comment"])) == written
    assert stop_parameter('say "stop"') == ("PARAMETER", 'stop "say \\"stop\\""')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FROM a\nFROM b\n",
        "FROM a\nLOAD b\n",
        'FROM a\nTEMPLATE """x\n',
        "FROM\n",
        "ADAPTER a\n",
    ],
)
def test_what_ollama_would_refuse_is_refused(text: str) -> None:
    with pytest.raises(TrainingFailure, match="Modelfile"):
        parse_modelfile(text)


@pytest.fixture
def convertible_model(tiny_model: Path, tmp_path: Path) -> Path:
    """The tiny model with a tokenizer of the kind that llama.cpp converts without knowing it."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=1024, special_tokens=special, show_progress=False)
    words = (f"word{number} of many words {number * 37}" for number in range(4000))
    tokenizer.train_from_iterator(words, trainer)
    folder = tmp_path / "convertible"
    AutoModelForCausalLM.from_pretrained(tiny_model).save_pretrained(folder)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )
    fast.chat_template = CHATML
    fast.save_pretrained(folder)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config["tokenizer_class"] = "LlamaTokenizerFast"
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.skipif(
    "LORA_DESK_LLAMA_CPP" not in os.environ,
    reason="LORA_DESK_LLAMA_CPP does not point at a llama.cpp checkout",
)
@pytest.mark.parametrize("method", ["rslora", "dora"])
def test_folder_for_ollama(method: str, convertible_model: Path, tmp_path: Path) -> None:
    adapter = make_adapter(convertible_model, tmp_path / "adapter", **{f"use_{method}": True})
    words = ["--adapter", adapter, "--base", convertible_model, "--format", "ollama"]
    words += ["--to", tmp_path / "out", "--name", "mine", "--outtype", "q8_0"]
    code, lines = run_command(*words, "--llama-cpp", os.environ["LORA_DESK_LLAMA_CPP"])
    done = lines[-1]
    assert (code, done["type"]) == (0, "done"), done
    ggufs = {"mine-base-q8_0.gguf", "mine-q8_0.gguf"}
    if method == "dora":
        ggufs = {"mine-merged-q8_0.gguf"}
    assert names_in(tmp_path / "out") == {"Modelfile", "README.md", "export.json", *ggufs}
    assert done["command"] == f"ollama create mine -f {tmp_path / 'out' / 'Modelfile'}"
    instructions = parse_modelfile((tmp_path / "out" / "Modelfile").read_text())
    named = {value for name, value in instructions if name in ("FROM", "ADAPTER")}
    assert named == {f"./{name}" for name in ggufs}
    stops = [value for name, value in instructions if name == "PARAMETER"]
    assert stops == ['stop "<|im_end|>"', 'stop "</s>"']
