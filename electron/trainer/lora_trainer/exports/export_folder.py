"""The folder of an export: whole or not there, and never in the place of somebody's files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..atomic_files import files_below, folder_written_beside
from ..failures import TrainingFailure
from .report import gigabytes
from .request import Context
from .target_lock import locked_target

RECORD_FILE = "export.json"
_MAKER = "lora-desk"

# write_record(checks): the last act in the folder; returns {name, bytes} of all that is in it.
WriteRecord = Callable[[list[str]], list[dict[str, Any]]]


@contextmanager
def export_folder(context: Context, needed_bytes: int) -> Iterator[tuple[Path, WriteRecord]]:
    """Yields the folder to write in and what ends it. Raises TrainingFailure where it may not."""
    target = context.target()
    refuse_full_disk(target, needed_bytes)
    with locked_target(target):
        # Another export may have been writing there until now.
        refuse_foreign(target)
        with folder_written_beside(target) as beside:

            def write_record(checks: list[str]) -> list[dict[str, Any]]:
                request = context.request
                files = _listed(beside)
                record = {
                    "v": 1,
                    "made_by": _MAKER,
                    "format": request.format,
                    "created_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
                    "adapter": str(request.adapter),
                    "base": str(request.base),
                    "files": files,
                    "checks": checks,
                }
                text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
                (beside / RECORD_FILE).write_text(text, "utf-8")
                return _listed(beside)

            yield beside, write_record
            context.cancellation.pass_point_of_no_return()


def refuse_foreign(target: Path) -> None:
    """An export replaces an earlier export and nothing else."""
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir() or target.is_symlink():
        raise _exists(target, "is there already and is not a folder")
    present = {path.relative_to(target).as_posix() for path in files_below(target)}
    if not present:
        return
    try:
        record = json.loads((target / RECORD_FILE).read_text("utf-8"))
        is_ours = record["made_by"] == _MAKER
        known = {RECORD_FILE, *(str(file["name"]) for file in record["files"])}
    except (OSError, ValueError, KeyError, TypeError):
        is_ours, known = False, set()
    if not is_ours:
        raise _exists(target, "is there already and was not made by an export")
    if foreign := sorted(present - known):
        raise _exists(target, f"holds a file that the export did not write: {foreign[0]}")


def refuse_full_disk(target: Path, needed_bytes: int) -> None:
    place = target
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < needed_bytes:
        raise TrainingFailure(
            "disk_full",
            f"The export takes about {gigabytes(needed_bytes)} of disk space at {target}; "
            f"{gigabytes(free)} are free.",
            "Free some space, or export to a folder on another disk.",
        )


def _listed(folder: Path) -> list[dict[str, Any]]:
    return [
        {"name": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size}
        for path in files_below(folder)
    ]


def _exists(target: Path, what: str) -> TrainingFailure:
    return TrainingFailure(
        "target_exists",
        f"{target} {what}.",
        "Choose another folder, or move that one away first.",
    )
