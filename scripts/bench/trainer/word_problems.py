"""Generated arithmetic word problems, `{"question", "answer"}`, for where no rows are given.

Their lengths follow GSM8K's (Cobbe et al. 2021): the words of a question are log-normal with mean 45
and standard deviation 17, those of an answer with mean 52 and 27, correlated by 0.48; an answer is
2 to 8 steps, one a line, and a last line `#### number`. The sentences are made of the trainer's own
word list and mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from lora_trainer.tiny_words import WORDS

_NAMES = "Ada Bruno Carla Devi Emil Farah Goran Hana Ines Jonas Kofi Lena Milo Nora Omar Pia".split()
_LOG_MEAN, _LOG_SPREAD, _CORRELATION = (3.74, 3.81), (0.367, 0.536), 0.48
_WORDS_A_STEP = 15


def problems(count: int, seed: int, answer_words: int | None = None) -> list[dict[str, str]]:
    """`answer_words` given: every answer has about as many, in as many steps as that takes."""
    pick = np.random.Generator(np.random.PCG64(seed))
    covariance = _CORRELATION * _LOG_SPREAD[0] * _LOG_SPREAD[1]
    matrix = [[_LOG_SPREAD[0] ** 2, covariance], [covariance, _LOG_SPREAD[1] ** 2]]
    lengths = np.exp(pick.multivariate_normal(_LOG_MEAN, matrix, size=count))
    found: list[dict[str, str]] = []
    for question_words, drawn_words in np.clip(lengths, (12, 8), (160, 220)).round().astype(int):
        wanted = drawn_words if answer_words is None else answer_words
        question, figures = _question(int(question_words), pick)
        found.append({"question": question, "answer": _answer(int(wanted), figures, pick)})
    return found


def _question(words: int, pick: np.random.Generator) -> tuple[str, list[int]]:
    sentences: list[str] = []
    figures: list[int] = []
    made = 0
    for name in pick.permutation(_NAMES):
        if made >= words - 8:
            break
        figures.append(int(pick.integers(2, 400)))
        filler = _filler(int(pick.integers(4, 10)), pick)
        sentences.append(f"{name} has {figures[-1]} {filler}.")
        made += len(sentences[-1].split())
    sentences.append(f"How many {_filler(2, pick)} do they have altogether?")
    return " ".join(sentences), figures or [int(pick.integers(2, 400))]


def _answer(words: int, figures: list[int], pick: np.random.Generator) -> str:
    steps = max(2, round(words / _WORDS_A_STEP))
    lines: list[str] = []
    total = figures[0]
    for step in range(steps):
        other = figures[(step + 1) % len(figures)] + step
        total, before = total + other, total
        sum_text = f"{before}+{other}=<<{before}+{other}={total}>>{total}"
        lines.append(f"{_filler(max(2, words // steps - 4), pick)}, so there are {sum_text} of them.")
    return "\n".join([*lines, f"#### {total}"])


def _filler(words: int, pick: np.random.Generator) -> str:
    return " ".join(_drawn(words, pick))


def _drawn(words: int, pick: np.random.Generator) -> Iterator[str]:
    # Squared: some words are much commoner than others, as in any text.
    for share in pick.random(words):
        yield WORDS[int(share * share * len(WORDS))]
