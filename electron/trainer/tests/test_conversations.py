"""What conversations hold besides turns of text: weights, tools, calls of them."""

from __future__ import annotations

import json

import pytest

from lora_trainer.conversations import messages_row, sharegpt_row

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {}}}


@pytest.mark.parametrize(
    ("weight", "is_learnt"), [(0, False), (0.0, False), (1, True), (None, True), ("0", True)]
)
def test_weight_0_is_not_learnt(weight: object, is_learnt: bool) -> None:
    call = {"function": {"name": "f", "arguments": "{}"}}
    turns = [
        {"role": "user", "content": "Hi", "weight": 0},
        {"role": "assistant", "content": "Hello", "weight": weight},
        {"role": "assistant", "tool_calls": [call], "weight": weight},
        {"role": "assistant", "content": "Bye"},
    ]
    row = messages_row({"messages": turns})
    assert [turn.is_learnt for turn in row.turns] == [True, is_learnt, is_learnt, True]


def test_false_is_no_weight() -> None:
    row = messages_row({"messages": [{"role": "assistant", "content": "x", "weight": False}]})
    assert row.turns[0].is_learnt


@pytest.mark.parametrize("tools", [[TOOL], json.dumps([TOOL])], ids=["array", "JSON"])
def test_tools_are_kept(tools: object) -> None:
    answer = {"role": "assistant", "content": "x"}
    assert messages_row({"messages": [answer], "tools": tools}).tools == (TOOL,)
    row = {"conversations": [{"from": "gpt", "value": "x"}], "tools": tools}
    assert sharegpt_row(row).tools == (TOOL,)


@pytest.mark.parametrize("tools", [None, "", "[{", 7, {"a": 1}, [1]])
def test_what_is_no_list_of_tools_is_ignored(tools: object) -> None:
    row = {"messages": [{"role": "assistant", "content": "x"}], "tools": tools}
    assert messages_row(row).tools == ()


def test_tool_turn_keeps_its_name_and_call() -> None:
    answer = {"role": "assistant", "content": "x"}
    tool = {"role": "tool", "content": "4 °C", "name": "weather", "tool_call_id": "c1"}
    broken = {"role": "tool", "content": "4 °C", "name": "\ud800", "tool_call_id": 7}
    turns = messages_row({"messages": [answer, tool, broken]}).turns
    assert [(turn.name, turn.tool_call_id) for turn in turns] == [
        ("", ""), ("weather", "c1"), ("", ""),
    ]  # fmt: skip


def test_function_call_of_sharegpt_is_a_tool_call() -> None:
    value = json.dumps({"name": "weather", "arguments": {"city": "Oslo"}})
    told = {"from": "observation", "value": "4 °C"}
    calls = [{"from": "function_call", "value": value}, told, {"from": "gpt", "value": "4 °C."}]
    turn = sharegpt_row({"conversations": calls}).turns[0]
    assert (turn.role, turn.text, turn.content) == ("assistant", value, "")
    [call] = turn.tool_calls
    assert call["function"] == {"name": "weather", "arguments": {"city": "Oslo"}}


@pytest.mark.parametrize("value", ["weather(Oslo)", "7", '{"arguments": {}}', '[{"name": "a"}, 1]'])
def test_other_function_calls_stay_text(value: str) -> None:
    turn = sharegpt_row({"conversations": [{"from": "function_call", "value": value}]}).turns[0]
    assert (turn.text, turn.content, turn.tool_calls) == (value, value, ())
