"""One attempt of a run, from its configuration to the saved adapter."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from transformers import AutoConfig, PreTrainedTokenizerFast

from .adapter import write_adapter
from .atomic_files import files_below, folder_written_beside
from .checkpoint import Checkpoints
from .config import RunConfig
from .dataset import PreparedData, prepare_data
from .events import EventWriter
from .failures import StopRequested, TrainingFailure
from .loop import TrainingLoop
from .model import (
    AdaptedModel,
    Device,
    add_lora,
    choose_device,
    context_tokens,
    load_base,
    load_tokenizer,
)
from .model_card import model_card
from .random_state import seed_all
from .stop import Requests
from .templates import ensure_chat_template


def train(
    config: RunConfig, folder: Path, attempt: int, events: EventWriter, requests: Requests
) -> bool:
    """True when the run is complete, False when it was stopped. Raises TrainingFailure."""
    started = time.monotonic()
    loop: TrainingLoop | None = None
    try:
        device = choose_device(config, events.warning)
        events.status("preparing_data", f"Reading and tokenising “{config.dataset.name}”.")
        tokenizer = load_tokenizer(config.base_model)
        ensure_chat_template(tokenizer, events.warning)
        max_tokens = _max_tokens(config, events)
        data = prepare_data(config, folder, tokenizer, max_tokens, requests.raise_on_stop)
        requests.raise_on_stop()
        events.status("loading_model", f"Loading “{config.base_model.name}” on {device.name}.")
        # The LoRA layers' first values come from this seed, whatever was drawn before.
        seed_all(config.hyperparameters.seed)
        base = load_base(config.base_model, device)
        model = add_lora(base, config.base_model, config.hyperparameters)
        requests.raise_on_stop()
        loop = _loop(config, folder, attempt, data, model, device, tokenizer, events, requests)
        plan = _plan(loop, data, model, device)
        events.status("training", _opening(loop, data, model, device), plan)
        loop.run()
        events.status("saving", "Saving the adapter.")
        adapter = _save_adapter(config, folder, loop, data, model, device, tokenizer)
    except StopRequested:
        _done(events, "stopped", loop, started, None)
        return False
    _done(events, "completed", loop, started, adapter)
    return True


def _max_tokens(config: RunConfig, events: EventWriter) -> int:
    try:
        model_config = AutoConfig.from_pretrained(
            config.base_model.path, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # an architecture that is unknown or needs code of its own
        raise TrainingFailure(
            "model_unusable",
            f"The configuration of “{config.base_model.name}” is not understood: {error}",
            "Choose a model whose architecture is known to the installed transformers.",
        ) from error
    asked, context = config.hyperparameters.max_sequence_tokens, context_tokens(model_config)
    if context is not None and asked > context:
        events.warning(
            "sequence_shortened",
            f"Sequences of {asked} tokens were asked for; the base model's context is {context}, "
            "which is used.",
        )
        return context
    return asked


def _loop(
    config: RunConfig,
    folder: Path,
    attempt: int,
    data: PreparedData,
    model: AdaptedModel,
    device: Device,
    tokenizer: PreTrainedTokenizerFast,
    events: EventWriter,
    requests: Requests,
) -> TrainingLoop:
    padding = (tokenizer.pad_token_id, tokenizer.eos_token_id, 0)
    loop = TrainingLoop(
        hyper=config.hyperparameters,
        fingerprint=config.fingerprint(),
        data=data,
        model=model,
        device=device,
        vocabulary_size=model.causal.get_input_embeddings().weight.shape[0],
        pad_id=next(index for index in padding if index is not None),
        events=events,
        requests=requests,
        checkpoints=Checkpoints(folder, attempt),
    )
    # The generators go on from here whether or not building the model drew from them.
    seed_all(config.hyperparameters.seed)
    loop.resume()
    return loop


def _plan(
    loop: TrainingLoop, data: PreparedData, model: AdaptedModel, device: Device
) -> dict[str, Any]:
    return {
        "total_steps": loop.total_steps,
        "from_step": loop.position.step,
        "parameters": model.parameters,
        "trainable_parameters": model.trainable_parameters,
        "device": device.name,
        "precision": device.precision,
        "data": data.summary(),
    }


def _opening(loop: TrainingLoop, data: PreparedData, model: AdaptedModel, device: Device) -> str:
    begin = f"Resuming after step {loop.position.step}: " if loop.position.step else "Training: "
    return (
        f"{begin}{loop.total_steps} steps on {len(data.train)} rows, {device.name} "
        f"({device.precision}), {model.trainable_parameters:,} trainable parameters."
    )


def _save_adapter(
    config: RunConfig,
    folder: Path,
    loop: TrainingLoop,
    data: PreparedData,
    model: AdaptedModel,
    device: Device,
    tokenizer: PreTrainedTokenizerFast,
) -> dict[str, Any]:
    target = folder / "adapter"
    with folder_written_beside(target) as beside:
        write_adapter(model.peft, beside)
        tokenizer.save_pretrained(beside)
        card = model_card(config, loop.position, model, device, data.summary())
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
    loop: TrainingLoop | None,
    started: float,
    adapter: dict[str, Any] | None,
) -> None:
    position = loop.position if loop is not None else None
    has_speed = position is not None and position.seconds > 0
    events.write(
        "done",
        reason=reason,
        step=position.step if position is not None else 0,
        seconds=time.monotonic() - started,
        first_loss=position.first_loss if position is not None else None,
        last_loss=position.last_loss if position is not None else None,
        tokens_per_second=position.tokens / position.seconds if has_speed else None,
        adapter=adapter,
    )
