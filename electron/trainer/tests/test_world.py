"""What processes that train together exchange, with real ones."""

from __future__ import annotations

import pytest
import torch
from processes import run_in_two

from lora_trainer.failures import TrainingFailure
from lora_trainer.prepared_run import main_first
from lora_trainer.world import SINGLE, World, open_world


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    return run_in_two("world_script.py", tmp_path_factory.mktemp("world"))


def test_two_processes_know_their_place(two_processes: list[dict]) -> None:
    assert [(each["rank"], each["size"]) for each in two_processes] == [(0, 2), (1, 2)]
    assert [each["local_rank"] for each in two_processes] == [0, 1]
    assert [each["local_size"] for each in two_processes] == [2, 2]


def test_all_get_the_sums(two_processes: list[dict]) -> None:
    for each in two_processes:
        assert each["sum"] == [3.0, 30.0]
        whole, on_one, half = each["gradients"]
        assert whole == [[3.0] * 3] * 2
        assert on_one == [0.0, 1.0, 2.0, 3.0]
        assert half == [1.0, 1.0]


def test_one_flag_holds_for_all(two_processes: list[dict]) -> None:
    assert all(each["any_of_one"] and not each["any_of_none"] for each in two_processes)


def test_preparations_are_waited_for_longer(two_processes: list[dict]) -> None:
    assert all(each["any_in_the_end"] and each["hours"] == 24 for each in two_processes)


def test_who_prepares_is_waited_for_with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def note(_: World, flag: bool, *, is_patient: bool = False) -> bool:
        asked.append(is_patient)
        return flag

    monkeypatch.setattr(World, "any", note)
    assert main_first(World(rank=0, size=2, local_rank=0), lambda: "made") == "made"
    assert asked[0]


@pytest.mark.parametrize("gpus", [0, 1])
def test_gpu_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, gpus: int) -> None:
    for name, value in {"WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "set_device", lambda _: pytest.fail("It was tried."))
    with pytest.raises(TrainingFailure) as caught:
        open_world("cuda")
    assert caught.value.kind == "cuda_unavailable"
    assert ("PyTorch finds 1" in caught.value.message) == (gpus == 1)


def test_all_take_the_main_process_s_word(two_processes: list[dict]) -> None:
    assert all(each["agreed"] == {"from": 0} for each in two_processes)
    assert all(each["copied"] == [7.0, 7.0] for each in two_processes)
    assert all(each["gathered"] == ["of 0", "of 1"] for each in two_processes)


def test_every_item_goes_to_one_process(two_processes: list[dict]) -> None:
    assert [each["mine"] for each in two_processes] == [[0, 2, 4], [1, 3]]
    assert [each["turns"] for each in two_processes] == [3, 3]


def test_alone_nothing_is_exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    world = open_world("cpu")
    assert world is SINGLE and world.is_main
    tensor = torch.ones(2)
    world.sum(tensor)
    without = torch.nn.Parameter(torch.zeros(1))
    world.sum_gradients([without])
    world.barrier()
    world.close()
    assert tensor.tolist() == [1.0, 1.0] and without.grad is None
    assert world.any(True) and not world.any(False)
    assert world.agree("x") == "x" and world.gather("x") == ["x"]
    assert world.mine([4, 5]) == [4, 5] and world.turns(2) == 2
