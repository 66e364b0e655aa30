"""What the model in training answers to fixed prompts, so that one sees what it learns.

Greedy and without random numbers: a run with samples and one without learn the same, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from transformers import PreTrainedTokenizerFast

from . import random_state
from .device import Device
from .failures import TrainingFailure
from .model import AdaptedModel
from .templates import TODAY
from .world import World

_MARK = "\u2042"  # stands for an answer: a character that no template writes
_SHOWN = 60  # characters of a prompt in a message


@dataclass(frozen=True, kw_only=True)
class Sample:
    prompt: str
    text: str


class Sampler:
    def __init__(
        self,
        tokenizer: PreTrainedTokenizerFast,
        prompts: tuple[str, ...],
        *,
        max_tokens: int,
        context: int | None,
        is_chat: bool,
        device: Device,
        world: World,
        raise_on_stop: Callable[[], None],
    ) -> None:
        """`is_chat`: a prompt is a user's turn; else it is the beginning of a text. `context`: how
        many tokens the model takes, None where it does not say.

        Raises TrainingFailure when the model cannot be asked one of the prompts.
        """
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        self._is_chat = is_chat
        self._device = device
        self._world = world
        self._raise_on_stop = raise_on_stop
        self._context = context
        self._end_ids = end_ids(tokenizer, is_chat=is_chat)
        # Now, and not when the first sample is due: that may be hours from here.
        self._prompts = [(prompt, self._checked_ids(prompt)) for prompt in prompts]

    @torch.no_grad()
    def run(self, model: AdaptedModel) -> list[Sample]:
        """Leaves model and generators as they were. May raise StopRequested at every token."""
        if not self._prompts:
            return []
        generators = random_state.capture()
        model.peft.eval()
        try:
            return [
                Sample(prompt=prompt, text=self._answer(model, ids))
                for prompt, ids in self._prompts
            ]
        finally:
            model.peft.train()
            random_state.restore(generators)

    def _answer(self, model: AdaptedModel, prompt_ids: list[int]) -> str:
        ids = torch.tensor([prompt_ids], device=self._device.torch_device)
        max_tokens = min(self._max_tokens, self._room(prompt_ids))
        answer: list[int] = []
        cache = None
        # What is compiled was compiled for training: a cache that grows would compile it anew.
        with torch.compiler.set_stance("force_eager"):
            while len(answer) < max_tokens:
                self._raise_on_stop()
                with self._device.autocast():
                    found = model.causal(input_ids=ids, past_key_values=cache, use_cache=True)
                # All processes answer, and must end together: the first one's token counts.
                token = self._world.agree(int(found.logits[0, -1].argmax()))
                if token in self._end_ids:
                    break
                answer.append(token)
                cache = found.past_key_values
                ids = torch.tensor([[token]], device=self._device.torch_device)
        return self._tokenizer.decode(answer, skip_special_tokens=True)

    def _room(self, ids: list[int]) -> int:
        """For tokens of an answer."""
        return self._max_tokens if self._context is None else self._context - len(ids)

    def _checked_ids(self, prompt: str) -> list[int]:
        try:
            ids = self._prompt_ids(prompt)
        except Exception as error:  # a template is a program that came with the model
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise _unusable(prompt, f"the chat template refuses it ({lines[0]})") from error
        if not ids:
            raise _unusable(prompt, "it has no tokens")
        if self._room(ids) < 1:
            raise _unusable(
                prompt, f"its {len(ids):,} tokens fill the model's context of {self._context:,}"
            )
        return ids

    def _prompt_ids(self, prompt: str) -> list[int]:
        if not self._is_chat:
            return list(self._tokenizer(prompt)["input_ids"])
        text = self._tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}],
            tokenize=False,
            add_generation_prompt=True,
            strftime_now=TODAY.strftime,
        )
        # The template has written the special tokens already.
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def _unusable(prompt: str, why: str) -> TrainingFailure:
    shown = prompt if len(prompt) <= _SHOWN else f"{prompt[:_SHOWN]}…"
    return TrainingFailure(
        "sample_prompt_unusable",
        f"The sample prompt “{shown}” cannot be used: {why}.",
        "Change or remove the prompt.",
    )


def end_ids(tokenizer: PreTrainedTokenizerFast, *, is_chat: bool) -> frozenset[int]:
    """The tokens that end an answer: end of sequence, and what the template ends a turn with."""
    found = {tokenizer.eos_token_id}
    if is_chat:
        turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": _MARK}]
        try:
            text = tokenizer.apply_chat_template(turns, tokenize=False)
        except Exception:  # a template is a program that came with the model
            text = ""
        after = tokenizer(text.rpartition(_MARK)[2], add_special_tokens=False)["input_ids"]
        found.update(index for index in after[:1] if index in tokenizer.added_tokens_decoder)
    return frozenset(index for index in found if index is not None)
