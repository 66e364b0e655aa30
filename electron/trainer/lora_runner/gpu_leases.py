"""One run on a GPU at a time, whoever started it: a lock file per GPU that the machine shares.

The operating system lets go of a lock when the last process that holds it dies, however it dies.
The trainer inherits the open files, so a GPU is leased as long as any process of its run lives.
What the files say (who holds it) is for people and for the queue; the lock alone decides.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import stat
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_LARGEST_NOTE = 4096


class GpuTaken(Exception):
    """Another process holds the GPU; the message names it."""


class UnsafeLeases(Exception):
    """The folder or a file in it is not what it should be: somebody may have put it there."""


def default_folder() -> Path:
    """The same for all users: not `TMPDIR`, which may be one's own."""
    if os.name == "nt":
        return Path(os.environ.get("PROGRAMDATA", tempfile.gettempdir())) / "lora-desk-leases"
    return Path("/tmp/lora-desk-leases")


def user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without that user
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def lease_file(folder: Path, uuid: str) -> Path:
    return folder / (re.sub(r"[^A-Za-z0-9-]", "_", uuid) + ".lock")


def take_gpus(
    folder: Path, uuids: Sequence[str], holder: Mapping[str, object], *, is_shared: bool
) -> list[IO[bytes]]:
    """The open lock files, which must be kept. Raises GpuTaken and then holds none."""
    taken: list[IO[bytes]] = []
    try:
        if uuids:
            _prepare(folder)
        # In one order for all, so that two runs never wait for each other's half.
        for uuid in sorted(uuids):
            file = _open(lease_file(folder, uuid))
            taken.append(file)
            if not _lock(file, is_shared=is_shared):
                raise GpuTaken(f"{_name_holder(file)} is using {uuid}.")
            _write_note(file, {**holder, "is_shared": is_shared})
    except BaseException:
        for file in taken:
            file.close()
        raise
    return taken


def update_notes(files: Sequence[IO[bytes]], holder: Mapping[str, object]) -> None:
    for file in files:
        _write_note(file, holder)


def keep_fresh(files: Sequence[IO[bytes]]) -> None:
    """Systems remove what lay in /tmp untouched for days; the next run would lock a new file."""
    if os.utime not in os.supports_fd:  # Windows, which removes nothing there
        return
    for file in files:
        with contextlib.suppress(OSError):  # another user's
            os.utime(file.fileno())


def _prepare(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if os.name != "nt":
            folder.chmod(0o1777)
    if os.name == "nt":
        return
    found = folder.lstat()
    is_shared = found.st_mode & 0o1777 == 0o1777
    if not stat.S_ISDIR(found.st_mode) or not (is_shared or found.st_uid == os.getuid()):
        raise UnsafeLeases(
            f"{folder} is not a folder that all users may write to. Have its owner remove it; "
            "the next run makes it anew."
        )


def _open(path: Path) -> IO[bytes]:
    no_follow = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        # Not O_CREAT at once: Linux refuses it for a file of another user in such a folder.
        descriptor = os.open(path, os.O_RDWR | no_follow)
    except FileNotFoundError:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | no_follow, 0o666)
        except FileExistsError:  # another run was faster
            return _open(path)
        if os.name != "nt":
            os.fchmod(descriptor, 0o666)
    except PermissionError:
        descriptor = os.open(path, os.O_RDONLY | no_follow)  # enough for the lock
    except OSError as error:
        raise UnsafeLeases(f"{path} cannot be opened: {error.strerror}. Remove it.") from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(descriptor)
        raise UnsafeLeases(f"{path} is not a plain file of its own. Have its owner remove it.")
    return os.fdopen(descriptor, "rb", buffering=0)


def _lock(file: IO[bytes], *, is_shared: bool) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            # No shared locks here: who shares takes none, and the queue goes by the note alone.
            if not is_shared:
                file.seek(_LARGEST_NOTE)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
            fcntl.flock(file.fileno(), kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _write_note(file: IO[bytes], note: Mapping[str, object]) -> None:
    content = json.dumps(note, ensure_ascii=False).encode()[:_LARGEST_NOTE]
    with contextlib.suppress(OSError):  # opened for reading only, or the disk is full
        os.ftruncate(file.fileno(), 0)
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        os.write(file.fileno(), content)


def _name_holder(file: IO[bytes]) -> str:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        file.seek(0)
        note = json.loads(file.read(_LARGEST_NOTE))
        return f"The run “{note['job']}” of {note['user']} (process {note['pid']}, {note['home']})"
    return "Another run of LoRA Desk"
