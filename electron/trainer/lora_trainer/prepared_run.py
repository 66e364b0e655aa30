"""Everything a run trains with: device, tokenizer, data, model. Made in the same way every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from transformers import PreTrainedTokenizerFast

from . import attention
from .attention import Attention
from .base_tokenizer import context_tokens, load_model_config, load_tokenizer
from .batches import Batch, make_batch
from .config import RunConfig
from .dataset import PreparedData, prepare_data
from .device import Device, choose_device
from .events import EventWriter
from .failures import PeerFailed, StopRequested, TrainingFailure
from .loss import LabelLoss
from .model import AdaptedModel, build_model
from .packing_check import keeps_rows_apart
from .random_state import seed_all
from .stop import Requests
from .templates import ensure_chat_template
from .tokenizer_check import check_tokenizer
from .world import World

Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class PreparedRun:
    config: RunConfig
    world: World
    device: Device
    tokenizer: PreTrainedTokenizerFast
    data: PreparedData
    attention: Attention
    model: AdaptedModel
    vocabulary_size: int
    loss: LabelLoss

    def make_batch(self, rows: np.ndarray) -> Batch:
        # A tokenizer without a token for padding is none the worse: nothing looks at padding.
        padding = (self.tokenizer.pad_token_id, self.tokenizer.eos_token_id, 0)
        return make_batch(
            self.data.store,
            rows,
            next(index for index in padding if index is not None),
            self.device.torch_device,
            self.attention.is_packed,
        )


def prepare_run(
    config: RunConfig, folder: Path, world: World, events: EventWriter, requests: Requests
) -> PreparedRun:
    """Leaves all random generators as the run's seed sets them. Raises TrainingFailure."""

    def raise_on_stop() -> None:
        if world.any(requests.is_stop_wanted()):
            raise StopRequested

    hyper = config.hyperparameters
    device = choose_device(config, events.warning, world)
    events.status("preparing_data", f"Reading and tokenising “{config.dataset.name}”.")
    tokenizer = load_tokenizer(config.base_model)
    check_tokenizer(tokenizer, config.base_model.name, is_text=config.dataset.format == "text")
    ensure_chat_template(tokenizer, events.warning)
    model_config = load_model_config(config.base_model)
    max_tokens = _max_tokens(config, model_config, events)
    data = main_first(
        world,
        lambda: prepare_data(config, folder, tokenizer, max_tokens, requests.raise_on_stop),
    )
    raise_on_stop()
    events.status("loading_model", f"Loading “{config.base_model.name}” on {device.name}.")
    chosen = attention.choose(hyper, device, model_config, events.warning)
    # The LoRA layers' first values come from this seed, whatever was drawn before.
    seed_all(hyper.seed)
    model = build_model(
        config.base_model,
        hyper,
        device,
        model_config,
        events.warning,
        attention=chosen.name,
        world=world,
    )
    raise_on_stop()
    vocabulary_size = model.causal.get_input_embeddings().weight.shape[0]
    _check_vocabulary(config, data.store.largest_id, vocabulary_size)
    with device.autocast():
        loss = LabelLoss(model.causal, vocabulary_size)
    if chosen.is_packed:
        chosen = _checked_packing(chosen, model, device, events)
    # The generators go on from here whether or not building the model drew from them.
    seed_all(hyper.seed)
    return PreparedRun(
        config=config,
        world=world,
        device=device,
        tokenizer=tokenizer,
        data=data,
        attention=chosen,
        model=model,
        vocabulary_size=vocabulary_size,
        loss=loss,
    )


def main_first(world: World, make: Callable[[], Made]) -> Made:
    """What the main process makes (and caches), then on the others, which find the cache.

    Where the main one fails the others end too, without a word of their own.
    """
    if world.size == 1:
        return make()
    made: Made | None = None
    problem: BaseException | None = None
    if world.local_rank == 0:
        try:
            made = make()
        except BaseException as error:
            problem = error
    is_stopped = world.any(isinstance(problem, StopRequested), is_patient=True)
    is_failed = world.any(problem is not None and not isinstance(problem, StopRequested))
    if problem is not None and not isinstance(problem, StopRequested):
        raise problem
    if is_failed:
        raise PeerFailed
    if is_stopped:
        raise StopRequested
    return made if world.local_rank == 0 else make()


def _check_vocabulary(config: RunConfig, largest_id: int, vocabulary_size: int) -> None:
    """A GPU would answer with an error that names neither the model nor the token."""
    if largest_id >= vocabulary_size:
        raise TrainingFailure(
            "tokenizer_does_not_fit",
            f"The tokenizer of “{config.base_model.name}” writes token {largest_id}, but the "
            f"model knows only those below {vocabulary_size}.",
            "Put the tokenizer files that belong to these weights into the model's folder.",
        )


def _checked_packing(
    chosen: Attention, model: AdaptedModel, device: Device, events: EventWriter
) -> Attention:
    with device.autocast():
        if keeps_rows_apart(model.causal):
            return chosen
    events.warning(
        "packing_unavailable",
        "Rows are not packed: this model lets packed rows see one another. Batches are padded.",
    )
    return replace(chosen, is_packed=False)


def _max_tokens(config: RunConfig, model_config: Any, events: EventWriter) -> int:
    asked, context = config.hyperparameters.max_sequence_tokens, context_tokens(model_config)
    if context is not None and asked > context:
        events.warning(
            "sequence_shortened",
            f"Sequences of {asked} tokens were asked for; the base model's context is {context}, "
            "which is used.",
        )
        return context
    return asked
