"""What the runner starts: the trainer, or the launcher of several, and in what environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# Set by other launchers (torchrun, Slurm, MPI wrappers) for programs of their own.
_FOREIGN = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def count_processes(device: dict, cpu_processes: int) -> int:
    """On this machine: one per GPU."""
    return len(device["uuids"]) if device["kind"] == "cuda" else cpu_processes


def trainer_command(folder: Path, attempt: int, device: dict, processes: int) -> list[str]:
    run = ["--run", str(folder), "--attempt", str(attempt)]
    cluster = device.get("cluster")
    if processes == 1 and cluster is None:
        return [sys.executable, "-m", "lora_trainer.train", *run]
    command = [sys.executable, "-m", "lora_trainer.launch", *run, "--processes", str(processes)]
    if cluster is not None:
        command += ["--machines", str(cluster["machines"])]
        command += ["--machine-rank", str(cluster["rank"])]
        command += ["--rendezvous", cluster["rendezvous"]]
    return command


def trainer_environment(around: Mapping[str, str], device: dict, processes: int) -> dict[str, str]:
    uuids = device["uuids"] if device["kind"] == "cuda" else []
    environment = {name: value for name, value in around.items() if name not in _FOREIGN}
    environment |= {
        "CUDA_VISIBLE_DEVICES": ",".join(uuids),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    if processes > 1:
        # Else the launcher gives each process one thread, or each takes as many as there are cores.
        environment.setdefault("OMP_NUM_THREADS", str(max(1, _cores() // processes)))
    if os.name == "nt":
        # The launcher's store would ask for libuv, which builds of torch for Windows may lack.
        environment.setdefault("USE_LIBUV", "0")
    return environment


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
