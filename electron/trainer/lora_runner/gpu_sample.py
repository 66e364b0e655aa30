"""The state of a GPU, as a line of nvidia-smi tells it."""

from __future__ import annotations

FIELDS = "uuid,power.draw,utilization.gpu,memory.used,temperature.gpu"
_NAMES = ("power_w", "utilization_percent", "memory_used_mb", "temperature_c")
_LIMIT = 1e9


def gpu_sample(line: str) -> dict:
    """What is not told, or is no figure, is None."""
    uuid, *cells = (cell.strip() for cell in line.split(","))
    figures = [_number(cell) for cell in cells]
    figures += [None] * len(_NAMES)
    return {"uuid": uuid, **dict(zip(_NAMES, figures, strict=False))}


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:  # `[N/A]` and its like
        return None
    return number if 0 <= number < _LIMIT else None  # nan is neither
