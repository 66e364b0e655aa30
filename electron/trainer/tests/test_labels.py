"""What is learnt, for each kind of chat template."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from lora_trainer.labels import Labeller
from lora_trainer.templates import Renderer, ensure_chat_template
from lora_trainer.turns import Row, Turn

# As the stock templates of Llama 3 are: no generation marks, every turn ends with its own token.
TURN = (
    "{{ '<|im_start|>' + message['role'] + '\\n' }}"
    "{{ message['content'] | trim + '<|im_end|>\\n' }}"
)
PLAIN = (
    "{{ bos_token }}{% for message in messages %}" + TURN + "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
MARKED_WITHOUT_END = PLAIN.replace(
    TURN,
    "{{ '<|im_start|>' + message['role'] + '\\n' }}{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] }}{% endgeneration %}{{ '<|im_end|>\\n' }}"
    "{% else %}{{ message['content'] + '<|im_end|>\\n' }}{% endif %}",
)
# As that of Qwen 3: reasoning is kept in the last answer only, so earlier renderings differ.
REWRITING = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}"
    "{% if message['role'] == 'assistant' and loop.last %}{{ '<think></think>' }}{% endif %}"
    "{{ message['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# As those of models that always reason: the prompt opens it, earlier answers do not have it.
OPENING = REWRITING.replace(
    "{{ '<|im_start|>assistant\\n' }}", "{{ '<|im_start|>assistant\\n<think>\\n' }}"
)
# Refuses an empty conversation, as many templates do that look for a system turn first.
LOOKING_FIRST = "{% if messages[0]['role'] == 'tool' %}{% endif %}" + REWRITING
TOOLS = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content }}"
    "{% for call in message.tool_calls or [] %}"
    "{{ call.function.name + '(' + call.function.arguments.city + ')' }}{% endfor %}"
    "{{ '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def turn(role: str, text: str) -> Turn:
    return Turn(role=role, text=text, content=text)


TWO_ROUNDS = Row(
    turns=(
        turn("system", "Be kind."),
        turn("user", "Hello"),
        turn("assistant", "Good morning."),
        turn("user", "And?"),
        turn("assistant", "Good night: 夜 🙂"),
    )
)
BOTH = "Good morning.<|im_end|>Good night: 夜 🙂<|im_end|>"


@pytest.fixture
def tokenizer(tiny_model: Path) -> PreTrainedTokenizerFast:
    return AutoTokenizer.from_pretrained(tiny_model)


def learnt(tokenizer: PreTrainedTokenizerFast, row: Row) -> str:
    [example] = Labeller(tokenizer).examples([Renderer(tokenizer).render(row)])
    return tokenizer.decode(example.ids[example.is_label])


def test_marked_template(tokenizer: PreTrainedTokenizerFast) -> None:
    assert learnt(tokenizer, TWO_ROUNDS) == BOTH


@pytest.mark.parametrize(
    "template",
    [MARKED_WITHOUT_END, PLAIN, REWRITING],
    ids=["marks without the end of turn", "by prefixes", "by search"],
)
def test_other_templates_learn_the_same(tokenizer: PreTrainedTokenizerFast, template: str) -> None:
    tokenizer.chat_template = template
    assert learnt(tokenizer, TWO_ROUNDS) == BOTH


def test_rewriting_template_with_one_round_keeps_its_reasoning(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    tokenizer.chat_template = REWRITING
    row = Row(turns=TWO_ROUNDS.turns[:3])
    assert learnt(tokenizer, row) == "<think></think>Good morning.<|im_end|>"


@pytest.mark.parametrize("template", [REWRITING, OPENING], ids=["rewriting", "opening"])
def test_short_answers_are_not_looked_for_in_the_header(
    tokenizer: PreTrainedTokenizerFast, template: str
) -> None:
    tokenizer.chat_template = template
    texts = (("user", "Hi"), ("assistant", "a"), ("user", "And?"), ("assistant", "s"))
    rendered = Renderer(tokenizer).render(Row(turns=tuple(turn(*text) for text in texts)))
    first = rendered.text.index("assistant\na") + len("assistant\n")
    last = rendered.text.index("</think>s") + len("</think>")
    assert rendered.spans == ((first, first + 1), (last, last + 1))


def test_answer_without_a_question_is_learnt(tokenizer: PreTrainedTokenizerFast) -> None:
    tokenizer.chat_template = LOOKING_FIRST
    assert learnt(tokenizer, Row(turns=TWO_ROUNDS.turns[2:])) == BOTH
    alone = Row(turns=(turn("assistant", "a"),))
    rendered = Renderer(tokenizer).render(alone)
    at = rendered.text.index("</think>a") + len("</think>")
    assert rendered.spans == ((at, at + 1),)


@pytest.mark.parametrize("before", ["", "<think>Hm.</think>\n"], ids=["plain", "reasoned"])
def test_end_of_an_earlier_answer_is_learnt_behind_white_space(
    tokenizer: PreTrainedTokenizerFast, before: str
) -> None:
    dropping = "message['content'].split('</think>\\n')[-1]"
    tokenizer.chat_template = REWRITING.replace("message['content']", dropping)
    rounds = (("user", "Hi"), ("assistant", f"{before}Yes.\n\n"), ("user", "Yes.\n\n"))
    row = Row(turns=tuple(turn(*text) for text in (*rounds, ("assistant", "No. \n"))))
    assert learnt(tokenizer, row) == "Yes.\n\n<|im_end|>No. \n<|im_end|>"
    tokenizer.chat_template = REWRITING.replace("message['content']", f"({dropping} | trim)")
    assert learnt(tokenizer, row) == "Yes.<|im_end|>No.<|im_end|>"


def test_turn_whose_header_is_not_in_the_text_is_left_out(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    tokenizer.chat_template = PLAIN.replace("'<|im_start|>assistant\\n'", "'<|bot|>'")
    assert Renderer(tokenizer).render(TWO_ROUNDS).spans == ()


def test_tool_calls_are_given_to_a_template_that_knows_them(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    call = {"function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
    asked = Turn(role="assistant", text="(compact JSON)", content="", tool_calls=(call,))
    row = Row(turns=(turn("user", "Weather?"), asked, turn("tool", "4 °C")))
    tokenizer.chat_template = TOOLS
    assert learnt(tokenizer, row) == "weather(Oslo)<|im_end|>"
    tokenizer.chat_template = PLAIN
    assert learnt(tokenizer, row) == "(compact JSON)<|im_end|>"


def test_arguments_nested_too_deep_to_parse_stay_text(tokenizer: PreTrainedTokenizerFast) -> None:
    call = {"function": {"name": "f", "arguments": "[" * 100_000}}
    asked = Turn(role="assistant", text="(compact JSON)", content="Look.", tool_calls=(call,))
    tokenizer.chat_template = PLAIN + "{# tool_calls #}"
    assert learnt(tokenizer, Row(turns=(turn("user", "Go"), asked))) == "Look.<|im_end|>"


def test_raw_text_is_learnt_whole_but_for_its_first_token(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    row = Row(turns=(turn("text", "The river is a road."),))
    [example] = Labeller(tokenizer).examples([Renderer(tokenizer).render(row)])
    assert list(example.is_label) == [False] + [True] * (len(example.ids) - 1)
    assert tokenizer.decode(example.ids) == "The river is a road.<|im_end|>"


def test_missing_template_becomes_chatml(tokenizer: PreTrainedTokenizerFast) -> None:
    warnings: list[str] = []
    tokenizer.chat_template = None
    ensure_chat_template(tokenizer, lambda kind, _message: warnings.append(kind))
    assert warnings == []  # its markers are tokens of this model
    assert learnt(tokenizer, TWO_ROUNDS) == BOTH


def test_chatml_as_plain_text_warns_and_ends_with_the_end_token() -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bare = Tokenizer(models.BPE({char: at for at, char in enumerate(alphabet)}, []))
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bare, eos_token="</s>")
    size = len(tokenizer)
    warnings: list[str] = []
    ensure_chat_template(tokenizer, lambda kind, _message: warnings.append(kind))
    assert warnings == ["chat_template_missing"]
    assert learnt(tokenizer, Row(turns=TWO_ROUNDS.turns[:3])) == "Good morning.<|im_end|></s>"
    assert len(tokenizer) == size
