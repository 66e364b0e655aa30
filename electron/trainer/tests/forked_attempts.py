"""Attempts at runs that can be killed: `python forked_attempts.py` reads "DIR ATTEMPT" a line.

What takes seconds is imported once; each attempt is then a fork of its own. Prints its process id,
and its exit code (negative: the signal) when it has ended.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> None:
    from lora_trainer import session, train

    assert session.train  # imported here, so that the attempts need not
    for line in sys.stdin:
        folder, _, attempt = line.strip().rpartition(" ")
        pid = os.fork()
        if pid == 0:
            _attempt(train.run, Path(folder), int(attempt))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _attempt(run, folder: Path, attempt: int) -> None:
    code = 1
    try:
        log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        code = run(folder, attempt)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
