"""The training loop of LoRA Desk: one process per run, started by `runner.py`.

`train.py` reads top to bottom; each other file is one concern of it.
"""

import os

# Read when torch is loaded, so it must be set before. Threads that wait then sleep in place of
# spinning: on a computer that does other things too (it runs the app), spinning can make training
# on the CPU ten times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
