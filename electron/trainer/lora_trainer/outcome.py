"""How one of several processes ended: told to the launcher, which speaks for them all.

torch's launcher knows only success and failure, ends all processes when one fails, and keeps no
reason that the user could act on. Hence a file per process, in a folder of the launcher's own.
"""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER_VARIABLE = "LORA_TRAINER_OUTCOMES"
# What gloo, NCCL and torch.distributed say on the processes that are left when one has gone.
_LOST_PEER = re.compile(
    r"gloo|nccl|connection (?:was )?(?:closed|reset)|broken pipe|DistBackendError|DistNetworkError"
    r"|process ?group",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Failure:
    at: float  # seconds since 1970
    kind: str
    message: str
    remedy: str

    def may_follow_from_another(self) -> bool:
        """Whether it is of the sort that befalls a process because another one has ended."""
        return _LOST_PEER.search(self.message) is not None


def is_one_of_several() -> bool:
    return FOLDER_VARIABLE in os.environ


def tell_failure(kind: str, message: str, remedy: str) -> None:
    failure = Failure(at=time.time(), kind=kind, message=message, remedy=remedy)
    _write("failure", asdict(failure))


def tell_exit_code(code: int) -> None:
    _write("code", code)


def read_failures(folder: Path) -> list[Failure]:
    """The earliest first."""
    found = [Failure(**json.loads(path.read_text("utf-8"))) for path in folder.glob("failure.*")]
    return sorted(found, key=lambda failure: failure.at)


def read_exit_codes(folder: Path) -> list[int]:
    """Of the processes that came to their end by themselves."""
    return [json.loads(path.read_text("utf-8")) for path in folder.glob("code.*")]


def _write(name: str, value: object) -> None:
    folder = Path(os.environ[FOLDER_VARIABLE])
    # Hidden until it is whole: the launcher may end this process at any moment.
    beside = folder / f".{name}.{os.environ['RANK']}"
    beside.write_text(json.dumps(value), "utf-8")
    beside.replace(folder / f"{name}.{os.environ['RANK']}")
