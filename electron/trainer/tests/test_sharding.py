"""When and how the frozen weights are spread over the processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from processes import run_in_two
from transformers import AutoConfig

from lora_trainer.config import Hyperparameters, Named, read_config
from lora_trainer.model_files import check_model_files
from lora_trainer.sharding import ModelShape, bytes_on_one_device, is_to_be_sharded, model_shape

GB = 1e9
# Of Llama 3.1 8B and 70B: per layer 4 attention and 3 feed-forward matrices, without the heads.
EIGHT = ModelShape(
    layers=32,
    width=4096,
    parameters=8_030_261_248,
    linear_parameters=6_979_321_856,
    linear_edges=32 * (2 * 8192 + 2 * 5120 + 3 * 18432),
)
SEVENTY = ModelShape(
    layers=80,
    width=8192,
    parameters=70_553_706_496,
    linear_parameters=68_451_041_280,
    linear_edges=80 * (2 * 16384 + 2 * 9216 + 3 * 36864),
)


@pytest.fixture
def hyper(make_run) -> Hyperparameters:
    settings = {"batch_size": 1, "max_sequence_tokens": 2048, "rank": 16}
    return read_config(make_run(**settings, gradient_checkpointing=True)).hyperparameters


def test_memory_of_one_device(hyper: Hyperparameters) -> None:
    plain = bytes_on_one_device(EIGHT, hyper, "bf16")
    assert 18 * GB < plain < 21 * GB
    quantized = bytes_on_one_device(EIGHT, replace(hyper, quantization="nf4"), "bf16")
    assert plain - quantized == pytest.approx(EIGHT.linear_parameters * (2 - 0.53), rel=1e-6)
    kept = bytes_on_one_device(EIGHT, replace(hyper, gradient_checkpointing=False), "bf16")
    assert kept - plain == pytest.approx((34 * 31 - 2 * 32) * 4096 * 2048, rel=1e-6)
    assert bytes_on_one_device(EIGHT, hyper, "fp32") > plain + 16 * GB
    assert bytes_on_one_device(SEVENTY, hyper, "bf16") > 141 * GB


@pytest.mark.parametrize(
    ("shape", "card_gb", "expected"), [(EIGHT, 24, False), (EIGHT, 16, True), (SEVENTY, 141, True)]
)
def test_auto_shards_what_does_not_fit(
    hyper: Hyperparameters, shape: ModelShape, card_gb: float, expected: bool
) -> None:
    needed = bytes_on_one_device(shape, hyper, "bf16")
    facts = {"is_quantized": False, "needed": needed, "available": int(card_gb * GB)}
    assert is_to_be_sharded("auto", processes=2, **facts) == expected
    assert is_to_be_sharded("sharded", processes=2, **facts)
    assert not is_to_be_sharded("data", processes=2, **facts)
    assert not is_to_be_sharded("sharded", processes=1, **facts)
    assert not is_to_be_sharded("sharded", processes=2, **{**facts, "is_quantized": True})
    assert not is_to_be_sharded("auto", processes=2, **{**facts, "available": None})


def test_shape_is_read_from_the_files(tiny_model: Path) -> None:
    files = check_model_files(Named(name="Tiny", path=tiny_model))
    config = AutoConfig.from_pretrained(tiny_model)
    shape = model_shape(files, config)
    assert (shape.layers, shape.width) == (config.num_hidden_layers, config.hidden_size)
    matrices = [s for n, s in files.shapes.items() if "proj" in n]
    assert shape.linear_edges == sum(map(sum, matrices))
    assert shape.linear_parameters == sum(rows * columns for rows, columns in matrices)
    assert shape.parameters == files.parameters > shape.linear_parameters


def test_sharded_model_computes_what_the_whole_one_does(tmp_path: Path) -> None:
    found = run_in_two("sharding_script.py", tmp_path)
    for each in found:
        assert each["losses"][1] == pytest.approx(each["losses"][0], rel=1e-6)
        assert each["gap"] < 1e-6
        assert each["is_trained_whole"] and each["is_adapter_same"]
        assert len(each["kept"]) == each["frozen_in_layers"] > 0
    for name, (kept, whole) in found[0]["kept"].items():
        other, _ = found[1]["kept"][name]
        assert kept + other == whole and 0 < other <= kept < whole, name
