"""`python runner.py --run DIR --attempt N`: starts one attempt of a run and looks after it.

    app ──starts, detached──▶ runner ──starts──▶ trainer (own process group), or for several GPUs
                                │                the launcher of several (lora_trainer/launch.py)
                                │ heartbeat.json every 2 s, power.jsonl, exit.json at the end
                                ▼
                        the run folder, which the app reads

Outlives the app: it is the leader of its own session and ignores SIGHUP. Only the standard library,
so that it works where nothing is installed yet. Output of both processes goes to log.txt, a file:
a pipe would block or kill the trainer once the app is gone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import IO

from lora_runner.atomic_json import write_json
from lora_runner.exit_cause import describe_exit, exit_fields, oom_kills
from lora_runner.gpu_leases import (
    GpuTaken,
    default_folder,
    keep_fresh,
    take_gpus,
    update_notes,
    user_name,
)
from lora_runner.power_log import PowerLog
from lora_runner.process_identity import boot_id, start_time
from lora_runner.run_lock import take_run
from lora_runner.stop_command import ask_to_stop
from lora_runner.trainer_command import count_processes, trainer_command, trainer_environment

HEARTBEAT_SECONDS = 2.0
POLL_SECONDS = 0.2
# Exit code of the runner itself when another runner has the run.
LOCKED_EXIT_CODE = 75
# Exit code of the runner itself when a GPU of the run is in use; exit.json says by whom.
GPU_TAKEN_EXIT_CODE = 76
# In the environment of runner and trainer: what is theirs, and no process that came later.
NONCE_VARIABLE = "LORA_DESK_NONCE"


class Runner:
    def __init__(self, folder: Path, lock: IO[bytes], arguments: argparse.Namespace) -> None:
        self._folder = folder
        self._attempt: int = arguments.attempt
        self._cpu_processes: int = arguments.processes
        self._leases_folder: Path = arguments.leases or default_folder()
        self._may_share_gpus: bool = arguments.share_gpus
        self._lock = lock
        self._leases: list[IO[bytes]] = []
        self._trainer: subprocess.Popen | None = None
        self._identity: dict | None = None
        self._gpu_uuids: list[str] = []
        self._power_log: PowerLog | None = None
        self._is_stop_wanted = False
        self._me = {"pid": os.getpid(), "start_time": start_time(os.getpid())}
        self._boot_id: str = arguments.boot_id or boot_id()
        self._nonce = os.environ.get(NONCE_VARIABLE)

    def run(self) -> int:
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_stop_signal)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._set_old_exit_aside()
        oom_before = oom_kills()
        config = json.loads((self._folder / "config.json").read_text("utf-8"))
        try:
            self._lease_gpus(config)
        except GpuTaken as error:
            self._write_exit(exit_fields(None, None, "gpu_taken", str(error)))
            return GPU_TAKEN_EXIT_CODE
        self._beat("starting")
        self._start_trainer(config)
        update_notes(self._leases, self._holder(config))
        self._power_log = PowerLog(self._folder, self._attempt, self._gpu_uuids)
        self._power_log.start()
        code = self._watch()
        self._power_log.stop()
        # A full disk must not make a failure of what the trainer has come to.
        with contextlib.suppress(OSError):
            self._beat("exited")
        self._write_exit(describe_exit(code, oom_before, oom_kills()))
        return 0

    def fail(self, error: BaseException) -> None:
        """The runner itself cannot go on: say so, and leave no trainer without a runner."""
        if self._trainer is not None and self._trainer.poll() is None:
            self._trainer.kill()
            self._trainer.wait()
        message = f"The run could not be started or watched: {type(error).__name__}: {error}"
        self._write_exit(exit_fields(None, None, "runner_error", message))

    def _write_exit(self, fields: dict) -> None:
        base = {"v": 1, "ts": time.time(), "attempt": self._attempt}
        write_json(self._folder / "exit.json", {**base, **fields})

    def _set_old_exit_aside(self) -> None:
        path = self._folder / "exit.json"
        if not path.exists():
            return
        try:
            attempt = int(json.loads(path.read_text("utf-8"))["attempt"])
        except (ValueError, KeyError, TypeError):
            attempt = self._attempt - 1
        os.replace(path, self._folder / f"exit.{attempt}.json")

    def _lease_gpus(self, config: dict) -> None:
        device = config["device"]
        self._gpu_uuids = list(device["uuids"]) if device["kind"] == "cuda" else []
        self._leases = take_gpus(
            self._leases_folder,
            self._gpu_uuids,
            self._holder(config),
            is_shared=self._may_share_gpus,
        )

    def _holder(self, config: dict) -> dict:
        return {
            "user": user_name(),
            "job": config.get("name") or self._folder.name,
            "home": str(self._folder.parent.parent),
            "run": str(self._folder),
            **self._me,
            "boot_id": self._boot_id,
            "trainer": self._identity,
            "is_shared": self._may_share_gpus,
        }

    def _start_trainer(self, config: dict) -> None:
        device = config["device"]
        processes = count_processes(device, self._cpu_processes)
        environment = trainer_environment(os.environ, device, processes)
        command = trainer_command(self._folder, self._attempt, device, processes)
        inherited = tuple(file.fileno() for file in (self._lock, *self._leases))
        own_group: dict = {"start_new_session": True, "pass_fds": inherited}
        if os.name == "nt":
            own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        with (self._folder / "log.txt").open("ab") as log:
            self._trainer = subprocess.Popen(
                command,
                cwd=Path(__file__).resolve().parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **own_group,
            )
        pid = self._trainer.pid
        self._identity = {"pid": pid, "start_time": start_time(pid)}

    def _watch(self) -> int:
        trainer = self._trainer
        assert trainer is not None
        is_forwarded = False
        beat_at = float("-inf")
        while True:
            if self._is_stop_wanted and not is_forwarded:
                is_forwarded = True
                beat_at = float("-inf")
                self._ask_trainer_to_stop(trainer)
            if time.monotonic() - beat_at >= HEARTBEAT_SECONDS:
                beat_at = time.monotonic()
                # A full disk must not cost the run its runner: the next beat may work again.
                with contextlib.suppress(OSError):
                    self._beat("stopping" if self._is_stop_wanted else "running")
            with contextlib.suppress(subprocess.TimeoutExpired):
                return trainer.wait(timeout=POLL_SECONDS)

    def _ask_trainer_to_stop(self, trainer: subprocess.Popen) -> None:
        try:
            ask_to_stop(self._folder, self._attempt)
        except OSError:  # a full disk
            trainer.terminate()

    def _on_stop_signal(self, _number: int, _frame: object) -> None:
        self._is_stop_wanted = True

    def _beat(self, phase: str) -> None:
        keep_fresh(self._leases)
        is_sampled = phase == "running" and self._power_log is not None
        beat = {
            "v": 1,
            "ts": time.time(),
            "attempt": self._attempt,
            "boot_id": self._boot_id,
            **({} if self._nonce is None else {"nonce": self._nonce}),
            "runner": self._me,
            "trainer": self._identity,
            "phase": phase,
            "gpus": self._power_log.latest() if is_sampled else [],
        }
        write_json(self._folder / "heartbeat.json", beat)


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs one attempt of a training run.")
    parser.add_argument("--run", type=Path, required=True, help="the run folder")
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument(
        "--processes",
        type=int,
        default=1,
        help="train on the CPU in as many processes (on GPUs there is one for each); worth it on "
        "computers with several sockets",
    )
    parser.add_argument("--leases", type=Path, help="the folder of the GPUs' lock files")
    parser.add_argument(
        "--share-gpus", action="store_true", help="beside other runs that allow it as well"
    )
    parser.add_argument("--boot-id", help="in place of the system's, to play a restart")
    arguments = parser.parse_args()
    folder = arguments.run.resolve()
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):  # it leads a session already
            os.setsid()
    lock = take_run(folder)
    if lock is None:
        print(f"Another runner is running {folder}; this one leaves.", file=sys.stderr)
        return LOCKED_EXIT_CODE
    with lock:
        runner = Runner(folder, lock, arguments)
        try:
            return runner.run()
        except Exception as error:
            traceback.print_exc()
            runner.fail(error)
            return 1


if __name__ == "__main__":
    sys.exit(main())
