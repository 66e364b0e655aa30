"""`python -m lora_trainer.member --run DIR --attempt N`: one of the processes of launch.py.

The same training as `lora_trainer.train`, with these differences: it ends with 0 when it was
stopped too, because torch's launcher would take 10 for a failure and end the other processes in
the middle of their checkpoint; it does not outlive the launcher; and it leaves without taking the
interpreter down.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from . import train
from .outcome import tell_exit_code
from .parent_watch import signal_when_parent_ends


def main() -> int:
    # The launcher puts each process into a session of its own: a kill of its group misses them.
    signal_when_parent_ends(signal.SIGKILL)
    if os.environ["LOCAL_RANK"] != "0":
        # log.txt has every line once; tracebacks, on stderr, are kept of all.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    code = train.main()
    tell_exit_code(code)
    return 0 if code == train.STOPPED else code


def _leave(code: int) -> NoReturn:
    """Ends this process at once: all files are written and closed by now.

    Threads of Gloo outlive `destroy_process_group` while anything still refers to the group, as
    sharded weights do. One that lets go of a tensor while the interpreter is taken down aborts the
    process now and then, and a run that is complete would count as killed.
    """
    for stream in (sys.stdout, sys.stderr):
        # The other end may be gone, which changes nothing about how the run went.
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
