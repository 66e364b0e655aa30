"""The state of the GPUs of a run, as nvidia-smi tells it."""

from __future__ import annotations

from .command_output import command_output

_TIMEOUT_SECONDS = 5.0
_FIELDS = "uuid,utilization.gpu,memory.used,temperature.gpu,power.draw"


def sample_gpus(uuids: list[str]) -> list[dict]:
    """One entry per GPU of the run; empty where nvidia-smi cannot say."""
    if not uuids:
        return []
    command = ["nvidia-smi", f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"]
    samples = []
    for line in command_output(command, _TIMEOUT_SECONDS).splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) == 5 and cells[0] in uuids:
            utilization, memory, temperature, power = (_number(cell) for cell in cells[1:])
            samples.append(
                {
                    "uuid": cells[0],
                    "utilization_percent": utilization,
                    "memory_used_mb": memory,
                    "temperature_c": temperature,
                    "power_w": power,
                }
            )
    return samples


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:  # `[N/A]` and its like
        return None
