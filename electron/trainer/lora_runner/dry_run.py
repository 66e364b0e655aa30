"""`python -m lora_runner.dry_run --run DIR`: a dry run that holds the run's GPUs while it lasts.

It says what `python -m lora_trainer.dry_run` says; with the kind `gpu_taken` when another process
holds one of them. A dry run beside a run could take the very memory that the run needs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from .gpu_leases import GpuTaken, default_folder, take_gpus, user_name
from .process_identity import boot_id, start_time


def main() -> int:
    parser = argparse.ArgumentParser(description="Tries the longest batch of a run, GPUs leased.")
    parser.add_argument("--run", type=Path, required=True, help="the run folder")
    parser.add_argument("--leases", type=Path, help="the folder of the GPUs' lock files")
    arguments = parser.parse_args()
    folder = arguments.run.resolve()
    config = json.loads((folder / "config.json").read_text("utf-8"))
    device = config["device"]
    uuids = list(device["uuids"]) if device["kind"] == "cuda" else []
    holder = {
        "user": user_name(),
        "job": f"Dry run of {config['name']}",
        "home": str(folder.parent.parent),
        "run": str(folder),
        "pid": os.getpid(),
        "start_time": start_time(os.getpid()),
        "boot_id": boot_id(),
        "trainer": None,
    }
    try:
        leases = take_gpus(arguments.leases or default_folder(), uuids, holder, is_shared=False)
    except GpuTaken as error:
        remedy = "Try again when it has ended."
        refusal = {"kind": "gpu_taken", "message": str(error), "remedy": remedy}
        print(json.dumps({"error": refusal}), flush=True)
        return 1
    try:
        # Only now: importing torch takes seconds.
        from lora_trainer.dry_run import main as dry_run

        sys.argv[1:] = ["--run", str(folder)]
        return dry_run()
    finally:
        for lease in leases:
            lease.close()


if __name__ == "__main__":
    sys.exit(main())
