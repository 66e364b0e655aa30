"""Checkpoints: `checkpoints/step-00000120/`, each whole and verified or not taken at all.

adapter_model.safetensors, adapter_config.json    the adapter so far
optimizer.pt      AdamW's state, the gradient scaler's, all random generators
position.json     where the run stands and what it has seen
manifest.json     sha256 and size of each of these
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel

from . import random_state
from .adapter import WEIGHTS_FILE, read_adapter, write_adapter
from .atomic_files import files_below, folder_written_beside, sha256_of
from .events import finite
from .failures import TrainingFailure
from .position import Position

_KEPT = 2
_NAME = re.compile(r"step-(\d{8,})")
_NEEDED_FILES = (WEIGHTS_FILE, "adapter_config.json", "optimizer.pt", "position.json")

Warn = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class Written:
    path: str  # relative to the run folder
    bytes: int


class Checkpoints:
    def __init__(self, run_folder: Path, attempt: int) -> None:
        self._folder = run_folder / "checkpoints"
        self._attempt = attempt
        self._last_written: Path | None = None

    def write(
        self,
        position: Position,
        model: PeftModel,
        optimizer: torch.optim.Optimizer,
        scaler: torch.amp.GradScaler,
        generators: dict[str, Any],
    ) -> Written:
        target = self._folder / f"step-{position.step:08d}"
        with folder_written_beside(target) as beside:
            write_adapter(model, beside)
            state = {
                "optimizer": optimizer.state_dict(),
                "scaler": scaler.state_dict(),
                "generators": generators,
            }
            torch.save(state, beside / "optimizer.pt")
            _write_json(beside / "position.json", asdict(position))
            files = {
                path.relative_to(beside).as_posix(): {
                    "sha256": sha256_of(path),
                    "bytes": path.stat().st_size,
                }
                for path in files_below(beside)
            }
            manifest = {
                "v": 1,
                "step": position.step,
                "epoch": position.epoch,
                "attempt": self._attempt,
                "created_at": time.time(),
                "files": files,
            }
            _write_json(beside / "manifest.json", manifest)
        self._last_written = target
        self._remove_old()
        return Written(path=f"checkpoints/{target.name}", bytes=_bytes_of(target))

    def newest(self, fingerprint: str, warn: Warn) -> tuple[Path, Position] | None:
        """The newest checkpoint that is whole and of this configuration.

        Raises TrainingFailure when the whole ones are all of others: beginning anew beside them
        would remove them one after the other.
        """
        foreign: list[tuple[Path, Position]] = []
        for folder in reversed(self._folders()):
            problem = _damage(folder)
            if problem is not None:
                warn("checkpoint_damaged", f"{folder.name} is damaged ({problem}) and is left out.")
                continue
            position = _read_position(folder)
            if position is None:
                what = "its position.json is not understood"
                warn("checkpoint_damaged", f"{folder.name} is left out: {what}.")
                continue
            if position.fingerprint != fingerprint:
                foreign.append((folder, position))
                continue
            for other, _ in foreign:
                warn("checkpoint_foreign", f"{other.name} is of other settings and is left out.")
            return folder, position
        if foreign:
            raise _made_otherwise(*foreign[0])
        return None

    def bytes_of_newest(self) -> int | None:
        """The size of the last one written; None when there is none to go on from."""
        folders = self._by_age()
        return _bytes_of(folders[-1]) if folders else None

    def best_steps(self) -> set[int]:
        """The steps whose weights the kept checkpoints name as the best."""
        named = (_best_step(folder) for folder in self._folders())
        return {step for step in named if step is not None}

    def restore(
        self,
        folder: Path,
        model: PeftModel,
        optimizer: torch.optim.Optimizer,
        scaler: torch.amp.GradScaler,
    ) -> None:
        read_adapter(model, folder)
        state = torch.load(folder / "optimizer.pt", map_location="cpu", weights_only=True)
        optimizer.load_state_dict(state["optimizer"])
        scaler.load_state_dict(state["scaler"])
        random_state.restore(state["generators"])

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        found = [
            path for path in self._folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name)
        ]
        return sorted(found, key=lambda path: int(path.name.removeprefix("step-")))

    def _by_age(self) -> list[Path]:
        """The oldest first; the last one written is last whatever the clock says, which may have
        been set back."""
        return sorted(
            self._folders(), key=lambda path: (path == self._last_written, _written_at(path))
        )

    def _remove_old(self) -> None:
        # By age, not by step: after a damaged one was left out, the steps begin again before it.
        for folder in self._by_age()[:-_KEPT]:
            # Hidden first: a removal that is cut short must not leave half a checkpoint behind.
            hidden = folder.with_name(f".{folder.name}.old")
            folder.rename(hidden)
            shutil.rmtree(hidden, ignore_errors=True)


def _written_at(folder: Path) -> float:
    manifest = folder / "manifest.json"
    return manifest.stat().st_mtime if manifest.exists() else 0.0


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in files_below(folder))


def _best_step(folder: Path) -> int | None:
    try:
        return json.loads((folder / "position.json").read_text("utf-8")).get("best_step")
    except (OSError, ValueError, AttributeError):
        return None


def _read_position(folder: Path) -> Position | None:
    """None when it is not one that this version of the trainer knows."""
    try:
        return Position(**json.loads((folder / "position.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _made_otherwise(folder: Path, position: Position) -> TrainingFailure:
    had = f" It was made by {position.processes}." if position.processes is not None else ""
    return TrainingFailure(
        "checkpoints_differ",
        f"The checkpoint {folder.name} was made with other settings or another number of "
        f"processes.{had}",
        "Resume with those, or move the folder `checkpoints` out of the run folder to begin anew.",
    )


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(finite(value), indent=2, allow_nan=False), "utf-8")


def _damage(folder: Path) -> str | None:
    """What is wrong with a checkpoint folder; None when it verifies."""
    try:
        files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
        for name in _NEEDED_FILES:
            if name not in files:
                return f"manifest.json does not name {name}"
        for name, expected in files.items():
            path = folder / name
            if path.stat().st_size != expected["bytes"] or sha256_of(path) != expected["sha256"]:
                return f"{name} has changed"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "manifest.json cannot be read"
    return None
