"""`python -m lora_trainer.inspect_rows --config FILE [--rows 0,5,17 | --first N]`

Shows what training would make of single rows: the text, its tokens, and which of them are learnt.
FILE is a run's config.json, of which `base_model`, `dataset` and `hyperparameters` are used. Rows
are counted from 0 as they are in the file. Whether a row is a duplicate takes the whole file to
know, and is not looked at.

Prints one JSON object to stdout. Ends with 1 when it is {"error": {kind, message, remedy}}.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .config import Named
from .failures import TrainingFailure, explain
from .formats import FIRST_FIELD
from .row_files import read_chosen_rows

if TYPE_CHECKING:
    from .row_inspector import RowInspector


@dataclass(frozen=True, kw_only=True)
class Question:
    base_model: Named
    data: Path
    data_format: str
    max_tokens: int
    long_rows: str


def main() -> int:
    parser = argparse.ArgumentParser(description="Shows rows as the model will see them.")
    parser.add_argument("--config", type=Path, required=True, help="a run's config.json")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--rows", type=_numbers, help="row numbers from 0 on: 0,5,17")
    which.add_argument("--first", type=_count, default=10, help="that many from the beginning")
    arguments = parser.parse_args()
    chosen = set(range(arguments.first)) if arguments.rows is None else arguments.rows
    answer, code = inspect(arguments.config, chosen)
    # All of it ASCII: stdout's encoding is not UTF-8 everywhere.
    sys.stdout.write(json.dumps(answer) + "\n")
    return code


def inspect(config: Path, chosen: set[int]) -> tuple[dict[str, Any], int]:
    """What to print, and the exit code."""
    try:
        question = _read_question(config)
        if not question.data.is_file():
            raise TrainingFailure(
                "dataset_missing",
                f"The file of the dataset is not there: {question.data}.",
                "Import the dataset again.",
            )
        # Nothing but the answer may go to stdout, whatever a library has to say.
        with contextlib.redirect_stdout(sys.stderr):
            inspector = _inspector(question)
            rows = read_chosen_rows(question.data, question.data_format, chosen)
            found = [inspector.inspect(index, row) for index, row in rows]
    except Exception as error:
        told = explain(error)
        return {"error": {"kind": told.kind, "message": told.message, "remedy": told.remedy}}, 1
    return {"v": 1, **inspector.facts(), "rows": found}, 0


def _inspector(question: Question) -> RowInspector:
    os.environ["HF_HUB_OFFLINE"] = "1"
    # The seconds that importing torch takes are not needed for text: transformers is told that it
    # is not there, and not to make much of it.
    if "torch" not in sys.modules:
        sys.modules["torch"] = None  # type: ignore[assignment]
        os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    try:
        from .row_inspector import RowInspector
    except ImportError as error:
        raise TrainingFailure(
            "environment_broken",
            f"A Python package of the trainer cannot be imported: {error}.",
            "Repair the Python environment in Settings.",
        ) from error
    return RowInspector(
        question.base_model,
        is_text=question.data_format == "text",
        max_tokens=question.max_tokens,
        long_rows=question.long_rows,
    )


def _read_question(path: Path) -> Question:
    try:
        config = json.loads(path.read_text("utf-8"))
        base, data, hyper = (config[key] for key in ("base_model", "dataset", "hyperparameters"))
        folder, data_path = Path(base["path"]), Path(data["path"])
        question = Question(
            base_model=Named(name=str(base.get("name") or folder.name), path=folder),
            data=data_path,
            data_format=str(data["format"]),
            max_tokens=int(hyper["max_sequence_tokens"]),
            long_rows=str(hyper["long_rows"]),
        )
    except OSError as error:
        raise _bad(f"it cannot be read ({error.strerror})") from error
    except KeyError as error:
        raise _bad(f"`{error.args[0]}` is missing") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise _bad(str(error)) from error
    if question.data_format not in FIRST_FIELD:
        raise _bad(f"`dataset.format` must be {' or '.join(FIRST_FIELD)}")
    if question.long_rows not in ("drop", "truncate", "split"):
        raise _bad("`hyperparameters.long_rows` must be drop, truncate or split")
    if question.max_tokens < 2:
        raise _bad("`hyperparameters.max_sequence_tokens` must be at least 2")
    return question


def _bad(what: str) -> TrainingFailure:
    return TrainingFailure(
        "bad_config",
        f"The configuration cannot be used: {what}.",
        "Give a file with `base_model`, `dataset` and `hyperparameters`, as a run's config.json.",
    )


def _numbers(text: str) -> set[int]:
    numbers = {int(part) for part in text.split(",")}
    if min(numbers) < 0:
        raise ValueError("row numbers begin at 0")
    return numbers


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError("at least one row")
    return count


if __name__ == "__main__":
    sys.exit(main())
