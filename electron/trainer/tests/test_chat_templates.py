"""What is learnt with templates that are built as those of well-known models are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from lora_trainer.conversations import messages_row
from lora_trainer.templates import Rendered, Renderer
from lora_trainer.turns import Row

# Headers between tokens of their own, content trimmed, today's date in the system turn.
LLAMA_3 = (
    "{{- bos_token }}{%- set ns = namespace(first=true) %}"
    "{%- if strftime_now is defined %}{%- set today = strftime_now('%d %b %Y') %}{%- endif %}"
    "{{- '<|start|>system<|stop|>\\n\\nToday: ' + today + '\\n\\n' }}"
    "{%- if messages[0].role == 'system' %}{{- messages[0].content | trim }}"
    "{%- set messages = messages[1:] %}{%- endif %}{{- '<|eot|>' }}"
    "{%- for message in messages %}"
    "{%- if message.tool_calls %}"
    "{%- if message.tool_calls | length != 1 %}{{- raise_exception('One call at a time') }}"
    "{%- endif %}{%- set call = message.tool_calls[0].function %}"
    '{{- \'<|start|>assistant<|stop|>\\n\\n{"name": "\' + call.name + \'", "parameters": \' }}'
    "{{- call.arguments | tojson }}{{- '}<|eot|>' }}"
    "{%- else %}{%- set role = 'ipython' if message.role == 'tool' else message.role %}"
    "{{- '<|start|>' + role + '<|stop|>\\n\\n' + message.content | trim + '<|eot|>' }}"
    "{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start|>assistant<|stop|>\\n\\n' }}{%- endif %}"
)
# Reasoning is kept, and an empty one written, after the last question only.
QWEN_3 = (
    "{%- if tools %}{{- '<|im_start|>system\\nTools:' }}{%- for tool in tools %}"
    "{{- '\\n' + tool | tojson }}{%- endfor %}{{- '<|im_end|>\\n' }}{%- endif %}"
    "{%- set ns = namespace(last=0) %}{%- for message in messages %}"
    "{%- if message.role == 'user' %}{%- set ns.last = loop.index0 %}{%- endif %}{%- endfor %}"
    "{%- for message in messages %}{%- if message.role == 'assistant' %}"
    "{%- set content = message.content %}{%- set reasoning = '' %}"
    "{%- if '</think>' in content %}"
    "{%- set reasoning = content.split('</think>')[0].split('<think>')[-1].strip('\\n') %}"
    "{%- set content = content.split('</think>')[-1].lstrip('\\n') %}{%- endif %}"
    "{{- '<|im_start|>assistant\\n' }}"
    "{%- if loop.index0 > ns.last and (loop.last or reasoning) %}"
    "{{- '<think>\\n' + reasoning + '\\n</think>\\n\\n' + content.lstrip('\\n') }}"
    "{%- else %}{{- content }}{%- endif %}"
    "{%- for call in message.tool_calls or [] %}{%- set call = call.function %}"
    "{{- '\\n' if content or not loop.first }}"
    '{{- \'<tool_call>\\n{"name": "\' + call.name + \'", "arguments": \' }}'
    "{{- call.arguments | tojson }}{{- '}\\n</tool_call>' }}{%- endfor %}{{- '<|im_end|>\\n' }}"
    "{%- elif message.role == 'tool' %}"
    "{{- '<|im_start|>user\\n<tool_response>\\n' + message.content }}"
    "{{- '\\n</tool_response><|im_end|>\\n' }}"
    "{%- else %}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
    "{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
# No system turn, roles must alternate, the assistant is called model.
GEMMA = (
    "{{ bos_token }}{% if messages[0].role == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}"
    "{% if (message.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate') }}{% endif %}"
    "{% set role = 'model' if message.role == 'assistant' else message.role %}"
    "{{ '<turn>' + role + '\\n' + message.content | trim + '</turn>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<turn>model\\n' }}{% endif %}"
)
MARKED = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' }}"
    "{% if message.role == 'assistant' %}{% generation %}{{ message.content + '<|im_end|>' }}"
    "{% endgeneration %}{% else %}{{ message.content + '<|im_end|>' }}{% endif %}"
    "{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# Two marks in each answer, so that marks and turns cannot be counted off against one another.
MARKED_TWICE = MARKED.replace(
    "{% generation %}{{ message.content + '<|im_end|>' }}",
    "{% generation %}{{ message.content }}{% endgeneration %}{% generation %}{{ '<|im_end|>' }}",
)


def row(*turns: tuple, tools: list | None = None) -> Row:
    messages = [
        {"role": role, "content": content, **(more[0] if more else {})}
        for role, content, *more in turns
    ]
    return messages_row({"messages": messages, "tools": tools})


@pytest.fixture
def tokenizer(tiny_model: Path) -> PreTrainedTokenizerFast:
    return AutoTokenizer.from_pretrained(tiny_model)


def render(tokenizer: PreTrainedTokenizerFast, template: str, of: Row) -> tuple[Rendered, list]:
    tokenizer.chat_template = template
    rendered = Renderer(tokenizer).render(of)
    return rendered, [rendered.text[start:end] for start, end in rendered.spans or ()]


TWO_ROUNDS = row(
    ("system", " Be kind. "), ("user", "Hi"), ("assistant", " Hello. "), ("user", "And?"),
    ("assistant", "Bye."),
)  # fmt: skip
CALL = {"tool_calls": [{"function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}]}
TOOLS = row(
    ("user", "Weather?"), ("assistant", "", CALL), ("tool", "4 °C"), ("assistant", "4 °C."),
    ("user", "Thanks"), ("assistant", "in"),
    tools=[{"function": {"name": "weather"}}],
)  # fmt: skip


def test_llama(tokenizer: PreTrainedTokenizerFast) -> None:
    rendered, learnt = render(tokenizer, LLAMA_3, TWO_ROUNDS)
    assert learnt == ["Hello.<|eot|>", "Bye.<|eot|>"]
    # The same text tomorrow: a date of the day would make every day another run.
    assert "Today: 26 Jul 2024\n\nBe kind.<|eot|>" in rendered.text
    _, learnt = render(tokenizer, LLAMA_3, TOOLS)
    call = '{"name": "weather", "parameters": {"city": "Oslo"}}<|eot|>'
    assert learnt == [call, "4 °C.<|eot|>", "in<|eot|>"]


def test_qwen_learns_every_answer_of_a_conversation(tokenizer: PreTrainedTokenizerFast) -> None:
    _, learnt = render(tokenizer, QWEN_3, TWO_ROUNDS)
    assert learnt == [" Hello. ", "Bye."]
    alone = row(("user", "Hi"), ("assistant", "Hello."))
    _, learnt = render(tokenizer, QWEN_3, alone)
    assert learnt == ["<think>\n\n</think>\n\nHello.<|im_end|>\n"]


def test_qwen_drops_earlier_reasoning_and_learns_the_rest(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    rounds = row(
        ("user", "2 + 2?"), ("assistant", "<think>\nEasy.\n</think>\n\n4"),
        ("user", "3 + 3?"), ("assistant", "<think>\nSo.\n</think>\n\n6"),
    )  # fmt: skip
    rendered, learnt = render(tokenizer, QWEN_3, rounds)
    assert "Easy" not in rendered.text
    assert learnt == ["4", "<think>\nSo.\n</think>\n\n6"]


def test_qwen_learns_tool_calls(tokenizer: PreTrainedTokenizerFast) -> None:
    rendered, learnt = render(tokenizer, QWEN_3, TOOLS)
    call = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'
    assert learnt == [f"{call}<|im_end|>", "4 °C.", "in"]
    assert rendered.text.startswith("<|im_start|>system\nTools:")


@pytest.mark.parametrize("answer", ["think", "in", "h", "<", "/", "k>", "t", "think>"])
def test_short_answer_is_not_found_in_the_words_around_an_empty_reasoning(
    tokenizer: PreTrainedTokenizerFast, answer: str
) -> None:
    rounds = row(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", answer))
    rendered, learnt = render(tokenizer, QWEN_3, rounds)
    assert learnt == ["b", answer]
    assert rendered.text[: rendered.spans[1][0]].endswith("<think>\n\n</think>\n\n")


def test_answer_that_was_dropped_is_not_looked_for_in_the_next(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    dropping = QWEN_3.replace("{%- else %}{{- content }}", "{%- else %}{{- '...' }}")
    # Were the first one taken for the second, the second would not be learnt.
    first = ("assistant", "yes", {"weight": 0})
    rounds = row(("user", "a"), first, ("user", "c"), ("assistant", "yes"))
    rendered, learnt = render(tokenizer, dropping, rounds)
    assert learnt == ["yes"]
    assert rendered.text[rendered.spans[0][1] :] == "<|im_end|>\n"


def test_gemma(tokenizer: PreTrainedTokenizerFast) -> None:
    rounds = row(("user", "Hi"), ("assistant", " model "), ("user", "And?"), ("assistant", "user"))
    _, learnt = render(tokenizer, GEMMA, rounds)
    assert learnt == ["model</turn>\n", "user</turn>\n"]
    with pytest.raises(Exception, match="System role not supported"):
        render(tokenizer, GEMMA, TWO_ROUNDS)


@pytest.mark.parametrize(
    ("template", "end"),
    [(MARKED, "<|im_end|>"), (MARKED_TWICE, "<|im_end|>"), (LLAMA_3, "<|eot|>"), (QWEN_3, "")],
    ids=["marked", "marked twice", "by prefixes", "by search"],
)
def test_answer_of_weight_0_is_not_learnt(
    tokenizer: PreTrainedTokenizerFast, template: str, end: str
) -> None:
    rounds = row(
        ("user", "a"), ("assistant", "First."),
        ("user", "b"), ("assistant", "Second.", {"weight": 0}),
        ("user", "c"), ("assistant", "Third.", {"weight": 1}),
    )  # fmt: skip
    rendered, learnt = render(tokenizer, template, rounds)
    assert "".join(learnt) == f"First.{end}Third.{end}"
    assert "Second." in rendered.text


def test_row_of_weight_0_alone_has_nothing_to_learn(tokenizer: PreTrainedTokenizerFast) -> None:
    for template in (MARKED, MARKED_TWICE, LLAMA_3, QWEN_3):
        alone = row(("user", "a"), ("assistant", "b", {"weight": 0}))
        assert render(tokenizer, template, alone)[1] == []


def test_calls_that_a_template_does_not_know_are_learnt_as_text(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    _, learnt = render(tokenizer, MARKED, TOOLS)
    assert json.loads(learnt[0].removesuffix("<|im_end|>")) == CALL["tool_calls"]
