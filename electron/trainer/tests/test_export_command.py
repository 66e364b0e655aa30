"""The command: its lines, its refusals, and that a cancelled export leaves nothing behind."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from export_cases import (
    command_of,
    context_of,
    make_adapter,
    names_in,
    run_command,
    stand_in_checkout,
)
from run_folder import TRAINER

from lora_trainer.exports import __main__ as command
from lora_trainer.exports import export_folder
from lora_trainer.exports.report import write_line
from lora_trainer.exports.request import parse_request, plain_name
from lora_trainer.failures import TrainingFailure


def test_lines_of_an_export_and_of_a_second_into_the_same_folder(
    tiny_model: Path, tmp_path: Path
) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter")
    target = tmp_path / "out" / "merged"
    words = ["--adapter", adapter, "--base", tiny_model, "--format", "merged", "--to", target]
    code, lines = run_command(*words)
    *progress, done = lines
    assert code == 0
    shares = [line["share"] for line in progress]
    assert {line["type"] for line in progress} == {"progress"}
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1
    assert all(line["message"] for line in progress)
    assert set(done) == {"type", "path", "files", "checks", "command", "notes"}
    assert (done["type"], done["path"], done["command"]) == ("done", str(target), None)
    record = json.loads((target / "export.json").read_text("utf-8"))
    assert record["checks"] == done["checks"]

    (target / "mine.txt").write_text("notes of mine")
    assert command.run(context_of(lines, *words), lines.append) == 1
    assert lines[-1]["kind"] == "target_exists"
    assert "mine.txt" in lines[-1]["message"]
    (target / "mine.txt").unlink()
    before = (target / "model.safetensors").stat().st_ino
    assert command.run(context_of(lines, *words), lines.append) == 0
    assert (target / "model.safetensors").stat().st_ino != before
    assert names_in(tmp_path / "out") == {"merged"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a program can act on")
def test_cancelled_export_ends_the_converter_and_leaves_nothing(
    tiny_model: Path, tmp_path: Path
) -> None:
    adapter = make_adapter(tiny_model, tmp_path / "adapter", target_modules=["q_proj"])
    checkout = stand_in_checkout(tmp_path / "llama.cpp")
    words = ["--adapter", adapter, "--base", tiny_model, "--format", "gguf"]
    words += ["--to", tmp_path / "out" / "gguf", "--llama-cpp", checkout]
    with subprocess.Popen(
        command_of(*words),
        cwd=TRAINER,
        env={**os.environ, "STAND_IN": "hangs"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        ready = next(line for line in process.stderr if line.startswith("ready "))
        assert names_in(tmp_path / "out") == {".gguf.part", ".gguf.lock"}
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    last = json.loads(output.splitlines()[-1])
    assert (last["type"], last["kind"]) == ("error", "cancelled")
    assert names_in(tmp_path / "out") == set()
    with pytest.raises(ProcessLookupError):
        os.kill(int(ready.split()[1]), 0)


def foreign_folder(place: Path) -> None:
    place.mkdir()
    (place / "thesis.tex").write_text("years of work")


def foreign_record(place: Path) -> None:
    foreign_folder(place)
    (place / "export.json").write_text('{"made_by": "someone else", "files": []}')


def plain_file(place: Path) -> None:
    place.write_text("a file")


@pytest.mark.parametrize("make", [foreign_folder, foreign_record, plain_file])
def test_what_an_export_did_not_make_is_never_replaced(make, tmp_path: Path) -> None:
    make(tmp_path / "target")
    with pytest.raises(TrainingFailure) as caught:
        export_folder.refuse_foreign(tmp_path / "target")
    assert caught.value.kind == "target_exists"


def test_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    export_folder.refuse_foreign(tmp_path / "target")
    export_folder.refuse_foreign(tmp_path / "absent")


def test_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(TrainingFailure, match="are free") as caught:
        export_folder.refuse_full_disk(tmp_path / "not" / "there", free + 10**12)
    assert caught.value.kind == "disk_full"
    export_folder.refuse_full_disk(tmp_path / "not" / "there", 1)
    assert names_in(tmp_path) == set()


def edit_config(adapter: Path, text: str) -> None:
    (adapter / "adapter_config.json").write_text(text)


@pytest.mark.parametrize(
    ("spoil", "kind", "words"),
    [
        (lambda adapter, base: shutil.rmtree(adapter), "adapter_missing", "is not there"),
        (lambda adapter, base: edit_config(adapter, "{"), "adapter_unusable", "damaged"),
        (
            lambda adapter, base: edit_config(adapter, '{"peft_type": "IA3"}'),
            "adapter_unusable",
            "LoRA",
        ),
        (
            lambda adapter, base: (adapter / "adapter_model.safetensors").write_bytes(b"\x10half"),
            "adapter_unusable",
            "cannot be read",
        ),
        (lambda adapter, base: shutil.rmtree(base), "base_missing", "is not there"),
        (lambda adapter, base: (base / "config.json").unlink(), "base_unusable", "config.json"),
        (
            lambda adapter, base: (base / "model.safetensors").unlink(),
            "base_unusable",
            "no model.safetensors",
        ),
        (
            lambda adapter, base: (base / "model.safetensors").write_bytes(b"\x10half"),
            "base_unusable",
            "damaged",
        ),
    ],
)
def test_broken_folders_are_named(
    spoil, kind: str, words: str, tiny_model: Path, tmp_path: Path
) -> None:
    base, adapter = tmp_path / "base", make_adapter(tiny_model, tmp_path / "adapter")
    shutil.copytree(tiny_model, base)
    spoil(adapter, base)
    lines: list[dict] = []
    context = context_of(
        lines, "--adapter", adapter, "--base", base, "--format", "merged", "--to", tmp_path / "out"
    )
    assert command.run(context, lines.append) == 1
    assert lines[-1]["kind"] == kind
    assert words in lines[-1]["message"]
    assert lines[-1]["remedy"]
    assert not (tmp_path / "out").exists()


def test_disk_that_fills_up_meanwhile(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lora_trainer.exports import merged

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(merged, "merge_files", full)
    adapter = make_adapter(tiny_model, tmp_path / "adapter")
    lines: list[dict] = []
    words = ["--adapter", adapter, "--base", tiny_model, "--format", "merged"]
    assert command.run(context_of(lines, *words, "--to", tmp_path / "o" / "m"), lines.append) == 1
    assert lines[-1]["kind"] == "disk_full"
    assert names_in(tmp_path / "o") == set()


def test_arguments() -> None:
    with pytest.raises(SystemExit):
        parse_request(["--adapter", "a", "--base", "b", "--format", "merged"])
    found = parse_request(["--adapter", "a", "--base", "b", "--format", "vllm"])
    assert found.adapter == Path.cwd() / "a"
    assert plain_name("Müller's Bot: v1.2 ") == "m-ller-s-bot-v1.2"
    assert plain_name("…") == "adapter"


def test_lines_are_whole_and_in_utf8() -> None:
    stream = io.StringIO()
    write_line(stream)({"message": "zwölf\nlines"})
    assert stream.getvalue() == '{"message": "zwölf\\nlines"}\n'
    assert sys.getdefaultencoding() == "utf-8"
