"""A process that does not outlive the one that started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

_LOOK_EVERY_SECONDS = 1.0


def signal_when_parent_ends(number: signal.Signals) -> None:
    """Sends itself this signal when the process that started this one has ended, however it did."""
    parent = os.getppid()
    if sys.platform == "linux":
        import ctypes

        set_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(set_death_signal, number)
        if os.getppid() != parent:  # it went between the two calls
            os.kill(os.getpid(), number)
    elif os.name == "posix":
        threading.Thread(target=_watch, args=(parent, number), daemon=True).start()


def _watch(parent: int, number: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), number)
