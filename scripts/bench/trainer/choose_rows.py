"""`python choose_rows.py --count N [--rows FILE] [--answer-words N] --out DIR`

Writes train.jsonl (N rows to train on), held_out.jsonl (to compare the losses on) and other.jsonl
(for the vocabulary and the short training of the base model). No row is in two of them or twice.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import row_file
from word_problems import problems

_HELD_OUT, _OTHER = 128, 4000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--answer-words", type=int)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    needed = arguments.count + _HELD_OUT
    if arguments.rows is None:
        other = _OTHER if arguments.answer_words is None else _HELD_OUT
        rows = problems(needed + other, seed=11, answer_words=arguments.answer_words)
    else:
        rows = row_file.read(arguments.rows)
    kept = list({(row["question"].strip(), row["answer"].strip()): row for row in rows}.values())
    least = needed + _HELD_OUT
    if len(kept) < least:
        raise SystemExit(f"{arguments.rows}: {len(kept)} different rows, {least} are needed.")
    order = np.random.Generator(np.random.PCG64(5)).permutation(len(kept))
    chosen = [{key: kept[at][key] for key in ("question", "answer")} for at in order]
    parts = {
        "held_out": chosen[:_HELD_OUT],
        "train": chosen[_HELD_OUT:needed],
        "other": chosen[needed : needed + _OTHER],
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        (arguments.out / f"{name}.jsonl").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
