"""A command as text to paste into the shell of this computer."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence


def command_line(words: Sequence[str], *, is_windows: bool = os.name == "nt") -> str:
    return subprocess.list2cmdline(words) if is_windows else shlex.join(words)
