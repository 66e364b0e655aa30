"""`python -m lora_trainer.launch …`: like `train`, with a second process on the same GPUs.

The second one leaves by the clock, before or after the first, whatever becomes of that.
"""

from __future__ import annotations

import os
import sys
import time

from .train import main

MEMBER_SECONDS = 2.0

if __name__ == "__main__":
    if os.fork() == 0:
        time.sleep(MEMBER_SECONDS)
        os._exit(0)
    sys.exit(main())
