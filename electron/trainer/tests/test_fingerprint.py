"""What makes a run another run, so that its checkpoints are not taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from lora_trainer.config import read_config

LATER = {"quantization": "none", "packing": "off", "sample_prompts": [], "compile": False}


def test_fields_that_came_later_change_nothing_where_they_do_nothing(
    make_run: Callable[..., Path],
) -> None:
    folder = make_run()
    old = read_config(folder).fingerprint()
    path = folder / "config.json"
    config = json.loads(path.read_text("utf-8"))
    config["hyperparameters"].update(LATER)
    path.write_text(json.dumps(config), "utf-8")
    assert read_config(folder).fingerprint() == old
    config["hyperparameters"]["packing"] = "on"
    path.write_text(json.dumps(config), "utf-8")
    assert read_config(folder).fingerprint() != old


def test_another_number_of_processes_is_another_run(make_run: Callable[..., Path]) -> None:
    config = read_config(make_run())
    assert config.fingerprint(1) == config.fingerprint()
    assert config.fingerprint(2) != config.fingerprint(1)
