"""What a run keeps while it trains, as far as the disk has room: checkpoints and best weights.

Called on every process; one on each machine writes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch

from .best_weights import BestWeights
from .checkpoint import Checkpoints
from .events import EventWriter, log
from .failures import TrainingFailure, is_disk_full
from .model import AdaptedModel
from .packages import changed_versions
from .position import Position
from .world import World

# Beside the tensors: position, manifest, generators and the configuration of the adapter.
_SMALL_FILES_BYTES = 2**17
# Two copies must fit: the new one is whole before anything older goes.
_ROOM = 2


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class RunSaver:
    def __init__(
        self,
        folder: Path,
        attempt: int,
        *,
        world: World,
        events: EventWriter,
        model: AdaptedModel,
        optimizer: torch.optim.Optimizer,
        scaler: torch.amp.GradScaler,
        are_best_needed: bool,
    ) -> None:
        self._folder = folder
        self._checkpoints = Checkpoints(folder, attempt)
        self._best = BestWeights(folder)
        self._world = world
        # One process on each machine: every machine has a run folder of its own.
        self._writes = world.local_rank == 0
        self._events = events
        self._model = model
        self._optimizer = optimizer
        self._scaler = scaler
        self._are_best_needed = are_best_needed
        self._is_room_warned = False
        self._saved_step = 0

    def resume(self, fingerprint: str, packages: dict[str, str]) -> Position | None:
        """Restores the newest good checkpoint, all random generators with it."""
        found = self._checkpoints.newest(fingerprint, self._events.warning)
        self._require_one_step(found[1].step if found else 0)
        if found is None:
            return None
        folder, position = found
        changed = changed_versions(position.packages, packages)
        if changed:
            self._events.warning(
                "versions_changed",
                f"The run goes on with other versions than before ({', '.join(changed)}): its "
                "losses may differ from those of a run without the change.",
            )
        self._checkpoints.restore(folder, self._model.peft, self._optimizer, self._scaler)
        self._saved_step = position.step
        return position

    def checkpoint(self, position: Position, generators: dict[str, Any], *, must: bool) -> None:
        """Where the disk is too full: a warning while an older one is there, and not `must`.

        Raises TrainingFailure `disk_full` otherwise.
        """
        if position.step == self._saved_step:
            return
        if self._writes:
            older = self._checkpoints.bytes_of_newest()
            with_room = self._has_room(
                older or self._state_bytes(),
                f"checkpoint of step {position.step}",
                must=must or older is None,
            )
            if not with_room:
                return
            try:
                self._write_checkpoint(position, generators)
            except Exception as error:  # torch and safetensors have their own words for it
                if not is_disk_full(error) or must or older is None:
                    raise
                self._warn_once(
                    f"The disk became full while the checkpoint of step "
                    f"{position.step} was written."
                )
                return
        self._saved_step = position.step

    def keep_best(self, position: Position) -> None:
        """Saves the weights of this step as the best so far."""
        if not self._writes or position.best_loss is None:
            return
        step = position.step
        needed = self._adapter_bytes()
        what = f"best weights, of step {step}"
        if not self._has_room(needed, what, must=self._are_best_needed):
            return
        try:
            self._best.save(self._model.peft, step, position.best_loss)
        except Exception as error:
            if not is_disk_full(error) or self._are_best_needed:
                raise
            self._warn_once(f"The disk became full while the {what}, were written.")

    def load_best(self, position: Position) -> bool:
        """Puts the best weights into the model; on all processes, as they are read by each."""
        if position.best_step is None:
            return False
        return self._best.load(self._model.peft, position.best_step)

    def require_room_for_adapter(self) -> None:
        """Raises TrainingFailure `disk_full`."""
        if self._writes:
            self._has_room(self._adapter_bytes(), "adapter", must=True)

    def _require_one_step(self, step: int) -> None:
        """Machines that train together keep a copy of the checkpoints each."""
        main_step = self._world.agree(step)
        if self._world.any(step != main_step):
            raise TrainingFailure(
                "checkpoints_differ",
                "The machines of this run do not have the same newest checkpoint (the first one's "
                f"is of step {main_step}, this one's of step {step}).",
                "Copy the folder `checkpoints` of the run folder from the first machine to the "
                "others, then resume.",
            )

    def _write_checkpoint(self, position: Position, generators: dict[str, Any]) -> None:
        written = self._checkpoints.write(
            position, self._model.peft, self._optimizer, self._scaler, generators
        )
        best = {position.best_step} if position.best_step is not None else set()
        self._best.remove_all_but(self._checkpoints.best_steps() | best)
        log(f"checkpoint {written.path}, {written.bytes / 1e6:.1f} MB")
        self._events.write("checkpoint", step=position.step, path=written.path, bytes=written.bytes)

    def _has_room(self, size: int, what: str, *, must: bool) -> bool:
        needed, free = _ROOM * size, free_bytes(self._folder)
        if free >= needed:
            return True
        short = f"{_mb(needed)} must be free for the {what}; {_mb(free)} are."
        if must:
            raise TrainingFailure(
                "disk_full",
                f"The disk that holds the run folder is too full: {short}",
                f"Free at least {_mb(needed - free)} on it and resume: the run goes on from its "
                "newest checkpoint, or from the beginning where there is none yet.",
            )
        self._warn_once(f"The disk that holds the run folder is too full: {short}")
        return False

    def _warn_once(self, message: str) -> None:
        if self._is_room_warned:
            log(f"warning: {message}")
            return
        self._is_room_warned = True
        self._events.warning(
            "disk_low",
            f"{message} It is left out and training goes on; a crash now costs the steps since "
            "the last checkpoint. Free some space.",
        )

    def _adapter_bytes(self) -> int:
        trained = self._model.trainable()
        return _SMALL_FILES_BYTES + sum(p.numel() * p.element_size() for p in trained)

    def _state_bytes(self) -> int:
        """Of a checkpoint: the adapter, and AdamW's two moments of the same size."""
        return 3 * self._adapter_bytes()


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
