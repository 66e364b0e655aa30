"""The adapter with the lowest validation loss so far: `best/step-00000040/`.

A checkpoint names the best step as of then. After a crash the run goes on from there, so that the
weights a checkpoint names must be kept for as long as that checkpoint is, whatever came later.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from peft import PeftModel

from .adapter import WEIGHTS_FILE, read_adapter, write_adapter
from .atomic_files import folder_written_beside, sha256_of

_NAME = re.compile(r"step-(\d{8,})")


class BestWeights:
    def __init__(self, run_folder: Path) -> None:
        self._folder = run_folder / "best"

    def save(self, model: PeftModel, step: int, loss: float) -> None:
        with folder_written_beside(self._of(step)) as beside:
            write_adapter(model, beside)
            facts = {"v": 1, "step": step, "loss": loss, "sha256": sha256_of(beside / WEIGHTS_FILE)}
            (beside / "best.json").write_text(json.dumps(facts, indent=2), "utf-8")

    def load(self, model: PeftModel, step: int) -> bool:
        """Puts them into the model; False, and the model as it was, when they are not whole."""
        if not self._is_whole(step):
            return False
        read_adapter(model, self._of(step))
        return True

    def remove_all_but(self, steps: set[int]) -> None:
        if not self._folder.is_dir():
            return
        for folder in self._folder.iterdir():
            found = _NAME.fullmatch(folder.name)
            if found is not None and int(found.group(1)) not in steps:
                # Hidden first: a removal that is cut short must not leave half of it behind.
                hidden = folder.with_name(f".{folder.name}.old")
                folder.rename(hidden)
                shutil.rmtree(hidden, ignore_errors=True)

    def _of(self, step: int) -> Path:
        return self._folder / f"step-{step:08d}"

    def _is_whole(self, step: int) -> bool:
        try:
            facts = json.loads((self._of(step) / "best.json").read_text("utf-8"))
            return facts["sha256"] == sha256_of(self._of(step) / WEIGHTS_FILE)
        except (OSError, ValueError, KeyError, TypeError):
            return False
