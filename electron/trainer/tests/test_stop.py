"""What command.json asks for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lora_trainer import stop
from lora_trainer.failures import StopRequested
from lora_trainer.stop import Requests


@pytest.fixture
def requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Requests:
    monkeypatch.setattr(stop, "_LOOK_EVERY_SECONDS", 0)
    return Requests(tmp_path / "command.json", attempt=2)


def ask(folder: Path, name: str, attempt: int, action: str) -> None:
    beside = folder / "command.part"
    beside.write_text(json.dumps({"v": 1, "id": name, "attempt": attempt, "action": action}))
    beside.replace(folder / "command.json")


def test_only_commands_of_this_attempt_count(tmp_path: Path, requests: Requests) -> None:
    assert not requests.is_stop_wanted()
    ask(tmp_path, "a", 1, "stop")
    assert not requests.is_stop_wanted()
    ask(tmp_path, "b", 2, "stop")
    with pytest.raises(StopRequested):
        requests.raise_on_stop()
    assert requests.is_stop_wanted()  # for good


def test_checkpoint_request_is_taken_once(tmp_path: Path, requests: Requests) -> None:
    ask(tmp_path, "a", 2, "checkpoint")
    assert [requests.take_checkpoint_request() for _ in range(2)] == [True, False]
    ask(tmp_path, "a", 2, "checkpoint")  # the same command, written again
    assert not requests.take_checkpoint_request()
    ask(tmp_path, "b", 2, "checkpoint")
    assert requests.take_checkpoint_request()
    assert not requests.is_stop_wanted()


def test_unreadable_command_is_looked_at_again(tmp_path: Path, requests: Requests) -> None:
    (tmp_path / "command.json").write_text('{"v": 1, "id"')
    assert not requests.is_stop_wanted()
    ask(tmp_path, "a", 2, "stop")
    assert requests.is_stop_wanted()


def test_epoch_is_the_last_until_a_stop_hurries_it(tmp_path: Path, requests: Requests) -> None:
    ask(tmp_path, "a", 2, "stop_after_epoch")
    assert requests.is_stop_wanted(is_epoch_over=True)
    assert not requests.is_stop_wanted()
    ask(tmp_path, "b", 2, "stop")
    assert requests.is_stop_wanted()
    assert not requests.is_discarded()


def test_discard_is_a_stop(tmp_path: Path, requests: Requests) -> None:
    ask(tmp_path, "a", 2, "discard")
    assert requests.is_stop_wanted()
    assert requests.is_discarded()
