"""One export at a time into a folder, whichever apps they belong to."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..failures import TrainingFailure

_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


@contextmanager
def locked_target(target: Path) -> Iterator[None]:
    """Raises TrainingFailure `target_busy` while another export holds the target's lock.

    The operating system lets go of it when its holder dies, however it dies. File systems that
    know no locks do without.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    path = target.parent / f".{target.name}.lock"
    file = _take(path)
    if file is None:
        raise TrainingFailure(
            "target_busy",
            f"Another export is writing to {target}.",
            "Wait for it, or name another folder.",
        )
    try:
        yield
    finally:
        if os.name == "nt":  # which removes no open file
            file.close()
        # Where somebody waits to take it, Windows keeps it.
        with contextlib.suppress(OSError):
            path.unlink()
        file.close()


def _take(path: Path) -> IO[bytes] | None:
    while True:
        file = path.open("a+b")
        try:
            _lock(file)
        except OSError as error:
            if error.errno in _TAKEN:
                file.close()
                return None
            return file
        if _is_still_at(path, file):
            return file
        # Its former holder has removed it since it was opened: it keeps nobody out any more.
        file.close()


def _lock(file: IO[bytes]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still_at(path: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
