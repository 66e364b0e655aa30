"""From rendered texts to token ids and the mask of tokens to be learnt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from transformers import PreTrainedTokenizerFast

from .templates import Rendered


@dataclass(frozen=True, kw_only=True)
class Example:
    ids: np.ndarray  # int32 [tokens]
    is_label: np.ndarray  # bool [tokens]: the model is to predict this token


class Labeller:
    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self._tokenizer = tokenizer
        self._special_ids = set(tokenizer.all_special_ids) | {
            index for index, token in tokenizer.added_tokens_decoder.items() if token.special
        }

    def examples(self, rendered: list[Rendered]) -> list[Example]:
        chats = [item for item in rendered if item.spans is not None]
        texts = [item for item in rendered if item.spans is None]
        made: dict[int, Example] = {}
        # A chat template writes the begin-of-sequence token itself, raw text needs it added.
        for group, adds_special in ((chats, False), (texts, True)):
            if not group:
                continue
            encoded = self._tokenizer(
                [item.text for item in group],
                add_special_tokens=adds_special,
                return_offsets_mapping=True,
                return_attention_mask=False,
                verbose=False,
            )
            columns = zip(group, encoded["input_ids"], encoded["offset_mapping"], strict=True)
            for item, ids, offsets in columns:
                made[id(item)] = self._example(item, ids, offsets)
        return [made[id(item)] for item in rendered]

    def _example(self, item: Rendered, ids: list[int], offsets: list[tuple[int, int]]) -> Example:
        tokens = np.asarray(ids, dtype=np.int32)
        is_label = np.zeros(len(tokens), dtype=bool)
        # Nothing comes before the first token, so it can never be predicted.
        if item.spans is None:
            is_label[1:] = True
            return Example(ids=tokens, is_label=is_label)
        bounds = np.asarray(offsets, dtype=np.int64).reshape(-1, 2)
        for start, end in item.spans:
            if end <= start:
                continue
            inside = np.flatnonzero((bounds[:, 0] < end) & (bounds[:, 1] > start))
            if len(inside) == 0:
                continue
            first, last = int(inside[0]), int(inside[-1])
            last = self._end_of_turn(ids, offsets, item.text, first, last)
            is_label[first : last + 1] = True
        is_label[:1] = False
        return Example(ids=tokens, is_label=is_label)

    def _end_of_turn(
        self, ids: list[int], offsets: list[tuple[int, int]], text: str, first: int, last: int
    ) -> int:
        """The token that ends the turn belongs to it; the line break after that one does not."""
        for index in range(last, first, -1):
            if ids[index] in self._special_ids:
                return index
            if text[offsets[index][0] : offsets[index][1]].strip():
                break
        has_next = last + 1 < len(ids) and ids[last + 1] in self._special_ids
        return last + 1 if has_next else last
