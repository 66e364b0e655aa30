"""`--format gguf`: for llama.cpp and what is built on it, by way of llama.cpp's own converters.

LoRA and rsLoRA become an adapter file that is applied to a base model in GGUF. DoRA has no place in
such a file, so it is merged into its base first and the whole model is converted.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from ..failures import TrainingFailure
from .adapter_copy import write_adapter_copy
from .adapter_folder import Adapter, read_adapter_folder
from .base_folder import Base, read_base_config, read_base_folder
from .checkout import ADAPTER_SCRIPT, MODEL_SCRIPT, Checkout, find_checkout
from .command_line import command_line
from .convert import run_converter
from .export_folder import export_folder
from .gguf_adapter_check import check_adapter_gguf
from .gguf_file import GgufFile
from .gguf_model_check import check_model_gguf
from .memory_need import refuse_small_memory
from .merge_plan import plan_merge
from .merged import merged_bytes, write_merged
from .report import Export, Progress
from .request import Context

_BYTES_PER_WEIGHT = {"f32": 4.0, "f16": 2.0, "bf16": 2.0, "q8_0": 1.07}


@dataclass(frozen=True, kw_only=True)
class Written:
    """A GGUF file in the folder of the export."""

    name: str
    checks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export_gguf(context: Context) -> Export:
    request = context.request
    adapter = read_adapter_folder(request.adapter)
    checkout = find_checkout(request.llama_cpp)
    is_merged = request.is_merged_first or adapter.is_dora
    needed = merged_gguf_bytes(context) if is_merged else adapter_gguf_bytes(adapter)
    write = write_merged_gguf if is_merged else write_adapter_gguf
    with export_folder(context, needed) as (beside, write_record):
        written = write(context, adapter, checkout, beside, context.progress)
        files = write_record(written.checks)
    path = context.target() / written.name
    words = ["llama-cli", "-m", *([str(path)] if is_merged else ["BASE.gguf", "--lora", str(path)])]
    notes = written.notes
    if not is_merged:
        notes = [*notes, "BASE.gguf in the command stands for the base model in GGUF."]
    return Export(
        path=context.target(),
        files=files,
        checks=written.checks,
        command=command_line(words),
        notes=notes,
    )


def adapter_gguf_bytes(adapter: Adapter) -> int:
    weights = sum(layer.a.numel() + layer.b.numel() for layer in adapter.layers)
    return weights * 8 + 10_000_000  # the adapter's copy and the file, both in float32


def merged_gguf_bytes(context: Context) -> int:
    base = read_base_folder(context.request.base)
    return merged_bytes(base) + model_gguf_bytes(base, context.request.outtype)


def model_gguf_bytes(base: Base, outtype: str) -> int:
    return int(base.parameters * _BYTES_PER_WEIGHT[outtype] * 1.05) + 20_000_000


def write_adapter_gguf(
    context: Context, adapter: Adapter, checkout: Checkout, folder: Path, progress: Progress
) -> Written:
    request = context.request
    config = read_base_config(request.base)
    _refuse_what_gguf_cannot(adapter)
    name = f"{request.name}-{request.outtype}.gguf"
    with TemporaryDirectory(dir=folder) as copy:
        write_adapter_copy(adapter, Path(copy))
        arguments = ["--base", str(request.base), "--outtype", request.outtype]
        arguments += ["--outfile", str(folder / name), copy]
        message = "Converting the adapter to GGUF"
        run_converter(checkout, ADAPTER_SCRIPT, arguments, progress.part(0.05, 0.7), message)
    progress.tell(0.75, "Checking: reading the GGUF file back")
    with closing(GgufFile(checkout, folder / name)) as file:
        checks = check_adapter_gguf(adapter, config, file)
    notes = []
    if adapter.is_rslora:
        notes.append("rsLoRA: GGUF scales by alpha ÷ rank, so alpha × √rank was written as alpha.")
    return Written(name=name, checks=checks, notes=notes)


def write_merged_gguf(
    context: Context, adapter: Adapter, checkout: Checkout, folder: Path, progress: Progress
) -> Written:
    base = read_base_folder(context.request.base)
    plan = plan_merge(base, adapter)
    refuse_small_memory(base, is_whole=plan is None)
    try_conversion(base, checkout, folder, progress.part(0.0, 0.05))
    with TemporaryDirectory(dir=folder) as merged:
        checks, notes = write_merged(base, adapter, plan, Path(merged), progress.part(0.05, 0.5))
        model = read_base_folder(Path(merged))
        written = write_model_gguf(
            context, model, adapter, checkout, folder, progress.part(0.5, 1.0), "merged"
        )
    if adapter.is_dora:
        notes.insert(0, "GGUF adapters cannot hold DoRA, so it was merged into the base first.")
    return Written(name=written.name, checks=checks + written.checks, notes=notes)


def try_conversion(base: Base, checkout: Checkout, folder: Path, progress: Progress) -> None:
    """Converts the vocabulary alone, in seconds: raises TrainingFailure where the converter lacks
    a package or does not know the model, before anything large is written."""
    with TemporaryDirectory(dir=folder) as trial:
        arguments = [str(base.folder), "--vocab-only", "--outfile", str(Path(trial) / "trial.gguf")]
        message = "Asking llama.cpp's converter whether it knows the model"
        run_converter(checkout, MODEL_SCRIPT, arguments, progress, message)


def write_model_gguf(
    context: Context,
    model: Base,
    adapter: Adapter,
    checkout: Checkout,
    folder: Path,
    progress: Progress,
    kind: str,
) -> Written:
    """A whole model in GGUF, compared at the layers that the adapter is for."""
    request = context.request
    name = f"{request.name}-{kind}-{request.outtype}.gguf"
    arguments = [str(model.folder), "--outtype", request.outtype, "--outfile", str(folder / name)]
    message = f"Converting the {kind} model to GGUF"
    run_converter(checkout, MODEL_SCRIPT, arguments, progress.part(0.0, 0.85), message)
    progress.tell(0.9, "Checking: reading the GGUF file back")
    with closing(GgufFile(checkout, folder / name)) as file:
        checks = check_model_gguf(model, [layer.module for layer in adapter.layers], file)
    return Written(name=name, checks=checks)


def _refuse_what_gguf_cannot(adapter: Adapter) -> None:
    if adapter.is_plain:
        return
    raise TrainingFailure(
        "gguf_unsupported",
        "A GGUF adapter holds low-rank weights only, and this adapter has more"
        + (f" ({adapter.other_tensors[0]})." if adapter.other_tensors else "."),
        "Export it to GGUF merged into its base model.",
    )
