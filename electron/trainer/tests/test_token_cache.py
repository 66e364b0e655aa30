"""The token cache of a run: found again when it is whole and made from the same things."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_folder import read
from transformers import AutoTokenizer

from lora_trainer.config import read_config
from lora_trainer.dataset import PreparedData, prepare_data


def prepare(folder: Path, max_tokens: int = 256) -> PreparedData:
    config = read_config(folder)
    tokenizer = AutoTokenizer.from_pretrained(config.base_model.path)
    return prepare_data(config, folder, tokenizer, max_tokens, lambda: None)


def test_tokens_are_cached_until_something_changes(make_run) -> None:
    folder = make_run()
    prepare(folder)
    cached = folder / "tokens" / "ids.bin"
    first = cached.stat().st_mtime_ns
    prepare(folder)
    assert cached.stat().st_mtime_ns == first
    prepare(folder, max_tokens=120)
    assert cached.stat().st_mtime_ns != first


@pytest.mark.parametrize("name", ["ids.bin", "learnt.bin", "rows.npz"])
def test_truncated_cache_is_made_again(make_run, name: str) -> None:
    folder = make_run()
    prepare(folder)
    cached = folder / "tokens" / name
    whole = cached.read_bytes()
    cached.write_bytes(whole[:-4])
    prepare(folder)
    assert cached.read_bytes() == whole


@pytest.mark.parametrize("name", ["ids.bin", "learnt.bin", "rows.npz", "facts.json"])
def test_cache_with_one_changed_byte_is_made_again(make_run, name: str) -> None:
    folder = make_run()
    prepare(folder)
    cached = folder / "tokens" / name
    whole = cached.read_bytes()
    at = whole.index(b'"rows": ') + len(b'"rows": ') if name == "facts.json" else len(whole) // 2
    cached.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    prepare(folder)
    assert cached.read_bytes() == whole or name == "rows.npz"
    assert prepare(folder).summary()["rows"] == 240


def test_everything_that_changes_the_tokens_is_in_the_key(make_run) -> None:
    folder = make_run()
    config = read_config(folder)

    def key(**changes: object) -> str:
        tokenizer = AutoTokenizer.from_pretrained(config.base_model.path)
        for name, value in changes.items():
            setattr(tokenizer, name, value)
        prepare_data(config, folder, tokenizer, 256, lambda: None)
        return read(folder / "tokens" / "facts.json")["key"]

    template = AutoTokenizer.from_pretrained(config.base_model.path).chat_template
    keys = {key(), key(chat_template=template + " "), key(eos_token="<|pad|>")}
    assert len(keys) == 3
    assert key() in keys


def test_largest_token_is_known(make_run) -> None:
    store = prepare(make_run()).store
    ids = [store.row(at)[0].max() for at in range(len(store))]
    assert store.largest_id == max(ids)
