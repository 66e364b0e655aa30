"""Files and folders that are either whole or not there."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def sync_file(path: Path) -> None:
    # Windows can only flush a handle that may write.
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable, where the platform can (Windows cannot)."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@contextmanager
def folder_written_beside(target: Path) -> Iterator[Path]:
    """Yields an empty sibling folder that takes the target's place when the block ends well.

    Its name begins with a dot: nothing that looks for finished folders takes it for one, and what
    a killed process left behind is removed by the next writer.
    """
    if not target.is_absolute() or not target.name:
        # Folders beside the target are removed: it must be plain which ones these are.
        raise ValueError(f"not an absolute path of a folder to write: {str(target)!r}")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.parent / f".{target.name}.part"
    replaced = target.parent / f".{target.name}.old"
    for left_over in (beside, replaced):
        shutil.rmtree(left_over, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        for path in files_below(beside):
            sync_file(path)
        sync_folder(beside)
        if target.exists():
            target.rename(replaced)
        beside.rename(target)
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    shutil.rmtree(replaced, ignore_errors=True)
