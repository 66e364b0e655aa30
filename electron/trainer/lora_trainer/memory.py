"""The device's and the computer's memory: what the run has needed and what there is."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

_MIB = 2**20
# cgroup v2, then v1: what a container may use, and what it uses.
_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def begin_peak(device: torch.device) -> None:
    """From here on `peak_memory_mb` counts anew, on CUDA; a process's own peak only rises."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory_mb(device: torch.device) -> float:
    """The peak in MiB: of the device since `begin_peak` (CUDA), else of this process so far."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / _MIB
    if sys.platform == "win32":
        import psutil  # comes with accelerate; only Windows has no `resource`

        return psutil.Process().memory_info().peak_wset / _MIB
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (_MIB if sys.platform == "darwin" else 2**10)


def memory_limit_mb(device: torch.device) -> float | None:
    """All memory of the device (CUDA), else of the computer or what a container may use of it."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[1] / _MIB
    total = _meminfo_mb("MemTotal")
    if total is None:
        return None
    return min([total, *(limit for limit, _ in _cgroup_mb())])


def available_memory_mb(device: torch.device) -> float | None:
    """What this process could still take; None where the platform does not tell."""
    if device.type == "cuda":
        free = torch.cuda.mem_get_info(device)[0]
        # What the allocator holds in reserve is this process's to use.
        reserve = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return (free + reserve) / _MIB
    available = _meminfo_mb("MemAvailable")
    if available is None:
        return None
    return min([available, *(limit - used for limit, used in _cgroup_mb())])


def _meminfo_mb(name: str) -> float | None:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        [kib] = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
        return int(kib) / 2**10
    except (OSError, ValueError, IndexError):
        return None


def _cgroup_mb() -> list[tuple[float, float]]:
    """(limit, used without what the kernel would drop at once) of the container, if it has one."""
    for limit_file, used_file in _CGROUPS:
        try:
            limit = int(Path(limit_file).read_text("ascii"))
            used = int(Path(used_file).read_text("ascii"))
            statistics = Path(used_file).with_name("memory.stat").read_text("ascii")
        except (OSError, ValueError):  # no such cgroup, or "max"
            continue
        cache = next(
            (int(line.split()[1]) for line in statistics.splitlines() if "inactive_file " in line),
            0,
        )
        return [(limit / _MIB, (used - cache) / _MIB)]
    return []
