"""From rendered texts to token ids and the mask of tokens to be learnt."""

from __future__ import annotations

import numpy as np
from tokenizers import Encoding
from transformers import PreTrainedTokenizerFast

from .long_rows import Example
from .templates import Rendered


class Labeller:
    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        # Without the detour by which transformers makes lists of what is needed here as arrays.
        # That takes the tokenizer out of the settings that its file may hold, and so does this.
        self._backend = tokenizer.backend_tokenizer
        self._backend.no_truncation()
        self._backend.no_padding()
        self._backend.encode_special_tokens = tokenizer.split_special_tokens
        self.special_ids = set(tokenizer.all_special_ids) | {
            index for index, token in tokenizer.added_tokens_decoder.items() if token.special
        }

    def examples(self, rendered: list[Rendered]) -> list[Example]:
        encodings = self.encode(rendered)
        return [self.example(*each) for each in zip(rendered, encodings, strict=True)]

    def encode(self, rendered: list[Rendered]) -> list[Encoding]:
        encodings: list[Encoding | None] = [None] * len(rendered)
        # A chat template writes the begin-of-sequence token itself, raw text needs it added.
        for is_text in (False, True):
            chosen = [at for at, item in enumerate(rendered) if (item.spans is None) == is_text]
            texts = [rendered[at].text for at in chosen]
            found = self._backend.encode_batch(texts, add_special_tokens=is_text) if texts else []
            for at, encoding in zip(chosen, found, strict=True):
                encodings[at] = encoding
        return [encoding for encoding in encodings if encoding is not None]

    def example(self, item: Rendered, encoding: Encoding) -> Example:
        ids = np.asarray(encoding.ids, dtype=np.int32)
        is_label = np.full(len(ids), item.spans is None)
        for start, end in item.spans or ():
            inside = _tokens_within(encoding, start, end)
            if inside is not None:
                first, last = inside
                last = self._end_of_turn(encoding, ids, item.text, first, last)
                is_label[first : last + 1] = True
        # Nothing comes before the first token, so it can never be predicted.
        is_label[:1] = False
        return Example(ids=ids, is_label=is_label)

    def _end_of_turn(
        self, encoding: Encoding, ids: np.ndarray, text: str, first: int, last: int
    ) -> int:
        """The token that ends the turn belongs to it; the line break after that one does not."""
        for index in range(last, first, -1):
            if int(ids[index]) in self.special_ids:
                return index
            if text[slice(*_characters(encoding, index))].strip():
                break
        has_next = last + 1 < len(ids) and int(ids[last + 1]) in self.special_ids
        return last + 1 if has_next else last


def _tokens_within(encoding: Encoding, start: int, end: int) -> tuple[int, int] | None:
    """The first and the last token that have a part in these characters."""
    # Characters that the tokenizer drops, as some do with white space, have no token.
    found = (encoding.char_to_token(at) for at in range(start, end))
    first = next((token for token in found if token is not None), None)
    if first is None:
        return None
    backward = (encoding.char_to_token(at) for at in range(end - 1, start - 1, -1))
    last = next(token for token in backward if token is not None)
    # One character may be several tokens, of which the first was found.
    while last + 1 < len(encoding):
        begins, ends = _characters(encoding, last + 1)
        if not begins < end <= ends:
            break
        last += 1
    return first, last


def _characters(encoding: Encoding, token: int) -> tuple[int, int]:
    # None for tokens that the tokenizer adds: they stand for no characters.
    return encoding.token_to_chars(token) or (0, 0)
