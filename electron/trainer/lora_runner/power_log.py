"""power.jsonl: what the GPUs of a run draw, for as long as it runs, with or without the app.

One line per sample: {v, ts, attempt, gpus: [{uuid, power_w}]}. A GPU that does not tell is left out
or has null. Where nvidia-smi says nothing there is no line: a gap, which nobody fills.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
from pathlib import Path
from typing import IO

from .gpu_sample import FIELDS, gpu_sample

SAMPLE_SECONDS = 2.0
_LARGEST_WATTS = 100_000
# What is older says nothing of now: nvidia-smi hangs, or is gone.
_FRESH_SECONDS = 5 * SAMPLE_SECONDS
_RESTART_SECONDS = 10.0
_ENDING_SECONDS = 1.0


class PowerLog:
    """One resident nvidia-smi, read by a thread of its own: one that hangs holds up nothing else.

    It dies with the runner, even a killed one: its output is a pipe that nobody else reads.
    """

    def __init__(self, folder: Path, attempt: int, uuids: list[str]) -> None:
        self._path = folder / "power.jsonl"
        self._attempt = attempt
        self._uuids = uuids
        self._stopping = threading.Event()
        self._program: subprocess.Popen | None = None
        self._latest: tuple[float, list[dict]] = (float("-inf"), [])
        # What the last writer, killed or out of disk space, may have left unfinished.
        self._is_line_open = True

    def start(self) -> None:
        if self._uuids:
            threading.Thread(target=self._run, name="power log", daemon=True).start()

    def latest(self) -> list[dict]:
        """All that is known of the GPUs now; empty where nvidia-smi cannot say."""
        taken_at, samples = self._latest
        return samples if time.monotonic() - taken_at < _FRESH_SECONDS else []

    def stop(self) -> None:
        self._stopping.set()
        program = self._program
        if program is not None and program.poll() is None:
            program.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(timeout=_ENDING_SECONDS)

    def _run(self) -> None:
        command = ["nvidia-smi", f"--query-gpu={FIELDS}", "--format=csv,noheader,nounits"]
        command.append(f"--loop-ms={round(SAMPLE_SECONDS * 1000)}")
        while not self._stopping.is_set():
            try:
                self._program = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    errors="replace",
                )
            except OSError:  # there is none
                return
            if self._stopping.is_set():
                self._program.kill()
            assert self._program.stdout is not None
            with self._program.stdout as lines, contextlib.suppress(OSError, ValueError):
                self._follow(lines)
            self._program.wait()
            self._stopping.wait(_RESTART_SECONDS)

    def _follow(self, lines: IO[str]) -> None:
        """Nothing marks the end of a turn: it is over when all have told, or one tells again."""
        turn: dict[str, dict] = {}
        for line in lines:
            sample = gpu_sample(line)
            uuid = sample["uuid"]
            if uuid not in self._uuids:
                continue
            if uuid in turn:
                self._write(turn)
                turn = {}
            turn[uuid] = sample
            if len(turn) == len(self._uuids):
                self._write(turn)
                turn = {}

    def _write(self, turn: dict[str, dict]) -> None:
        self._latest = (time.monotonic(), list(turn.values()))
        gpus = [{"uuid": uuid, "power_w": _watts(gpu)} for uuid, gpu in turn.items()]
        sample = {"v": 1, "ts": round(time.time(), 3), "attempt": self._attempt, "gpus": gpus}
        line = json.dumps(sample, allow_nan=False).encode() + b"\n"
        try:
            with self._path.open("ab", buffering=0) as file:
                if self._is_line_open and file.tell() > 0:
                    line = b"\n" + line
                self._is_line_open = file.write(line) != len(line)
        except OSError:  # a full disk: a gap, and the run goes on
            self._is_line_open = True


def _watts(gpu: dict) -> float | None:
    watts = gpu["power_w"]
    return watts if watts is not None and watts < _LARGEST_WATTS else None
