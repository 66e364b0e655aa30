"""One attempt of a run, from its configuration to the saved adapter."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from .adapter import write_adapter
from .atomic_files import files_below, folder_written_beside
from .checkpoint import Checkpoints
from .config import RunConfig
from .events import EventWriter
from .failures import StopRequested
from .loop import TrainingLoop
from .model_card import model_card
from .position import Position
from .prepared_run import PreparedRun, prepare_run
from .stop import Requests
from .world import World, open_world


def train(
    config: RunConfig, folder: Path, attempt: int, events: EventWriter, requests: Requests
) -> bool:
    """True when the run is complete, False when it was stopped. Raises TrainingFailure."""
    world = open_world(config.device_kind)
    try:
        return _train(config, folder, attempt, world, events, requests)
    finally:
        world.close()


def _train(
    config: RunConfig,
    folder: Path,
    attempt: int,
    world: World,
    events: EventWriter,
    requests: Requests,
) -> bool:
    started = time.monotonic()
    loop: TrainingLoop | None = None
    # For a stop before the run has gone on from it. What is wrong with others is told when it does.
    found = Checkpoints(folder, attempt).newest(config.fingerprint(world.size), lambda *_: None)
    try:
        prepared = prepare_run(config, folder, world, events, requests)
        loop = TrainingLoop(prepared, folder, attempt, events, requests)
        loop.resume()
        events.status("training", _opening(loop, prepared), _plan(loop, prepared))
        loop.run()
        events.status("saving", "Saving the adapter.")
        adapter_step = _choose_weights(config, loop, events)
        adapter = _save_adapter(config, folder, loop, prepared, adapter_step)
    except StopRequested:
        position = loop.position if loop is not None else found and found[1]
        is_stopped_early = loop is not None and loop.is_stopped_early
        _done(events, "stopped", position, started, is_stopped_early=is_stopped_early)
        return False
    _done(
        events,
        "completed",
        loop.position,
        started,
        is_stopped_early=loop.is_stopped_early,
        adapter=adapter,
        adapter_step=adapter_step,
    )
    return True


def _plan(loop: TrainingLoop, prepared: PreparedRun) -> dict[str, Any]:
    model, device = prepared.model, prepared.device
    return {
        "total_steps": loop.total_steps,
        "from_step": loop.position.step,
        "parameters": model.parameters,
        "trainable_parameters": model.trainable_parameters,
        "device": device.name,
        "precision": device.precision,
        "data": prepared.data.summary(),
        "processes": prepared.world.size,
        "is_packed": prepared.attention.is_packed,
        "attention": prepared.attention.name,
        "packages": loop.position.packages,
    }


def _opening(loop: TrainingLoop, prepared: PreparedRun) -> str:
    model, device = prepared.model, prepared.device
    begin = f"Resuming after step {loop.position.step}: " if loop.position.step else "Training: "
    return (
        f"{begin}{loop.total_steps} steps on {len(prepared.data.train)} rows, {device.name} "
        f"({device.precision}), {model.trainable_parameters:,} trainable parameters."
    )


def _choose_weights(config: RunConfig, loop: TrainingLoop, events: EventWriter) -> int:
    """Puts the weights into the model that the adapter is to have; the step they are of."""
    position = loop.position
    if config.hyperparameters.adapter_from == "last" or position.best_step == position.step:
        return position.step
    if loop.saver.load_best(position):
        assert position.best_step is not None
        return position.best_step
    why = "there are none" if position.best_step is None else "they are damaged or not there"
    events.warning(
        "best_weights_missing",
        f"The adapter was to have the weights of the best validation loss, but {why}: it has those "
        "of the last step.",
    )
    return position.step


def _save_adapter(
    config: RunConfig,
    folder: Path,
    loop: TrainingLoop,
    prepared: PreparedRun,
    adapter_step: int,
) -> dict[str, Any] | None:
    if prepared.world.local_rank != 0:
        return None
    loop.saver.require_room_for_adapter()
    target = folder / "adapter"
    with folder_written_beside(target) as beside:
        write_adapter(prepared.model.peft, beside)
        prepared.tokenizer.save_pretrained(beside)
        card = model_card(
            config,
            loop.position,
            prepared.model,
            prepared.device,
            prepared.data.summary(),
            adapter_step=adapter_step,
        )
        (beside / "README.md").write_text(card, "utf-8")
    files = files_below(target)
    return {
        "path": "adapter",
        "files": [path.relative_to(target).as_posix() for path in files],
        "bytes": sum(path.stat().st_size for path in files),
    }


def _done(
    events: EventWriter,
    reason: str,
    position: Position | None,
    started: float,
    *,
    is_stopped_early: bool,
    adapter: dict[str, Any] | None = None,
    adapter_step: int | None = None,
) -> None:
    has_speed = position is not None and position.seconds > 0
    more: dict[str, Any] = {}
    if position is not None:
        has_best = position.best_step is not None
        best = {"step": position.best_step, "loss": position.best_loss} if has_best else None
        more = {"best": best, "is_stopped_early": is_stopped_early}
    if adapter_step is not None:
        more["adapter_step"] = adapter_step
    events.write(
        "done",
        reason=reason,
        step=position.step if position is not None else 0,
        seconds=time.monotonic() - started,
        first_loss=position.first_loss if position is not None else None,
        last_loss=position.last_loss if position is not None else None,
        tokens_per_second=position.tokens / position.seconds if has_speed else None,
        adapter=adapter,
        **more,
    )
