"""`python -m lora_trainer.member --run DIR --attempt N`: one of the processes of launch.py.

The same training as `lora_trainer.train`, with these differences: it ends with 0 when it was
stopped too, because torch's launcher would take 10 for a failure and end the other processes in
the middle of their checkpoint; and it does not outlive the launcher.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from . import train
from .outcome import tell_exit_code

_LOOK_EVERY_SECONDS = 1.0


def main() -> int:
    die_with_parent()
    if os.environ["LOCAL_RANK"] != "0":
        # log.txt has every line once; tracebacks, on stderr, are kept of all.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    code = train.main()
    tell_exit_code(code)
    return 0 if code == train.STOPPED else code


def die_with_parent() -> None:
    """The launcher puts each process into a session of its own: a kill of its group misses them."""
    parent = os.getppid()
    if sys.platform == "linux":
        import ctypes

        set_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it went between the two calls
            os.kill(os.getpid(), signal.SIGKILL)
    elif os.name == "posix":
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
