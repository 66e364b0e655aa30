"""`python -m lora_trainer.exports --adapter DIR --base DIR --format FORMAT --to DIR …`

    {"type": "progress", "share": 0…1, "message"}
    {"type": "done", "path", "files": [{"name", "bytes"}], "checks", "command", "notes"}
    {"type": "error", "kind", "message", "remedy"}        and exit code 1

One JSON object a line on stdout; what libraries say goes to stderr. SIGTERM and Ctrl-C cancel: the
error is then of kind "cancelled" and nothing is left behind.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout

from ..failures import TrainingFailure
from .cancel import Cancellation, Cancelled
from .report import Export, Progress, Write, done_line, error_line, write_line
from .request import Context, parse_request

DONE, FAILED = 0, 1


def main() -> int:
    request = parse_request()
    # The model and the tokenizer are in their folders; nothing is ever asked of a network.
    os.environ["HF_HUB_OFFLINE"] = "1"
    # The GPUs belong to the runs; an export computes little and on the CPU, its converters too.
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    write = write_line(sys.stdout)
    cancellation = Cancellation()
    cancellation.listen()
    context = Context(request=request, progress=Progress(write=write), cancellation=cancellation)
    with redirect_stdout(sys.stderr):
        return run(context, write)


def run(context: Context, write: Write) -> int:
    """Writes the last line, `done` or `error`; returns the exit code."""
    try:
        context.progress.tell(0.0, "Reading the adapter")
        export = _exporter(context.request.format)(context)
        context.cancellation.pass_point_of_no_return()
        write(done_line(export))
        return DONE
    except Cancelled:
        message = "The export was cancelled; nothing was written."
        write(error_line("cancelled", message, "Export again whenever you like."))
    except TrainingFailure as failure:
        write(error_line(failure.kind, failure.message, failure.remedy))
    except Exception as error:
        traceback.print_exc()
        write(_explained(error))
    return FAILED


def _exporter(form: str) -> Callable[[Context], Export]:
    # Each imports what it needs; torch and transformers take seconds.
    try:
        if form == "merged":
            from .merged import export_merged

            return export_merged
        if form == "gguf":
            from .gguf import export_gguf

            return export_gguf
        if form == "ollama":
            from .ollama import export_ollama

            return export_ollama
        from .vllm import export_vllm

        return export_vllm
    except ImportError as error:
        raise TrainingFailure(
            "environment_broken",
            f"A Python package of the trainer cannot be imported: {error}.",
            "Repair the Python environment in Settings, then export again.",
        ) from error


def _explained(error: Exception) -> dict[str, object]:
    text = str(error)
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in text:
        return error_line(
            "disk_full",
            "The disk became full while the export was written; what was written is removed.",
            "Free some space, or export to a folder on another disk.",
        )
    if isinstance(error, MemoryError) or "can't allocate memory" in text:
        return error_line(
            "out_of_memory",
            "The computer ran out of memory during the export.",
            "Close other programs, or export on a computer with more memory.",
        )
    if isinstance(error, PermissionError):
        return error_line(
            "permission_denied",
            f"A file may not be read or written: {error.filename}.",
            "Give your user access to that path, or export to another folder.",
        )
    first_line = text.splitlines()[0] if text else "no further details"
    return error_line(
        "unexpected",
        f"The export failed unexpectedly ({type(error).__name__}): {first_line}",
        "The log has the details; nothing was written.",
    )


if __name__ == "__main__":
    sys.exit(main())
