"""`python -m lora_trainer.member --run DIR --attempt N`: one of the processes of launch.py.

The same training as `lora_trainer.train`, with these differences: it ends with 0 when it was
stopped too, because torch's launcher would take 10 for a failure and end the other processes in
the middle of their checkpoint; and it does not outlive the launcher.
"""

from __future__ import annotations

import os
import signal
import sys

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


if __name__ == "__main__":
    sys.exit(main())
