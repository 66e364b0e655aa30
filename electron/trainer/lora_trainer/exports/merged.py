"""`--format merged`: the adapter in the base model's own weights, a model folder like any other."""

from __future__ import annotations

from pathlib import Path

from .adapter_folder import Adapter, read_adapter_folder
from .base_files import copy_base_files
from .base_folder import Base, read_base_folder
from .export_folder import export_folder
from .memory_need import refuse_small_memory
from .merge_plan import MergePlan, plan_merge
from .merge_weights import merge_files, merge_whole
from .report import Export, Progress
from .request import Context

DISK_SPARE = 1.05

_CARD = """---
library_name: transformers
tags: [merged]
---

# {name}

The model in `{base}` with the {method} adapter in `{adapter}` merged into its weights ({dtype}).
No licence has been chosen: what the licences of the base model and of the dataset allow holds.

## Checked

{checks}
"""


def export_merged(context: Context) -> Export:
    adapter = read_adapter_folder(context.request.adapter)
    base = read_base_folder(context.request.base)
    plan = plan_merge(base, adapter)
    refuse_small_memory(base, is_whole=plan is None)
    with export_folder(context, merged_bytes(base)) as (beside, write_record):
        checks, notes = write_merged(base, adapter, plan, beside, context.progress)
        card = _CARD.format(
            name=context.request.name,
            base=base.folder.name,
            adapter=adapter.folder.name,
            method=adapter.method,
            dtype=base.dtype,
            checks="\n".join(f"- {check}" for check in checks),
        )
        (beside / "README.md").write_text(card, "utf-8")
        files = write_record(checks)
        context.progress.tell(1.0, "Putting the merged model in its place")
    return Export(path=context.target(), files=files, checks=checks, notes=notes)


def merged_bytes(base: Base) -> int:
    return int(base.weight_bytes * DISK_SPARE) + 50_000_000  # tokenizer and records


def write_merged(
    base: Base, adapter: Adapter, plan: MergePlan | None, folder: Path, progress: Progress
) -> tuple[list[str], list[str]]:
    """Writes and checks a merged model in an empty folder; returns checks and notes."""
    notes = []
    if plan is not None:
        merge_files(base, plan, folder, progress.part(0.0, 0.5))
        if plan.head_from is not None:
            notes.append(
                "The base model shares one weight between embedding and output head; the adapter "
                "changes only one of them, so the merged model stores both."
            )
    else:
        merge_whole(base, adapter, folder, progress.part(0.0, 0.5))
        notes.append("This adapter was merged by PEFT with the whole model in memory.")
    notes += copy_base_files(base.folder, adapter.folder, folder)
    # Here, because it needs torch and transformers, which take seconds to load.
    from .merge_check import check_merged

    return check_merged(base, adapter, folder, progress.part(0.5, 0.97)), notes
