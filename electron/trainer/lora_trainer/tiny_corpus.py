"""The text that the tiny base model is made of: plain sentences, sums, questions and answers.

Made from patterns by a seeded generator, so that the same seed gives the same text everywhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .tiny_words import PROSE, WORDS

PEOPLE = "Ada Ben Clara David Elena Farid Greta Hugo Ines Jonas Kira Liam Mona Nils Olga".split()
PLACES = (
    "the laboratory, the library, the harbour, the market, the garden, the workshop, the station,"
    " the old mill, the reading room, the mountain hut, the school, the river"
).split(", ")
THINGS = (
    "a notebook, a small lamp, a box of seeds, a bicycle, a glass bottle, a map, a clock, a "
    "basket of apples, a steel ruler, a microscope, a wooden chair, a kettle"
).split(", ")
PLURALS = "apples books coins pencils stones tickets shells cards bottles loaves".split()
ACTIONS = (
    "found repaired carried painted weighed sold borrowed described measured lost cleaned sent"
).split()
TIMES = (
    "in the morning, after lunch, late at night, on Monday, last winter, before the rain, every "
    "Friday, an hour ago, in the year 1998, at noon"
).split(", ")
QUALITIES = "bright heavy quiet narrow warm old simple careful blue strong thin useful".split()
FACTS = [
    ("water", "a clear liquid that freezes at 0 °C and boils at 100 °C at sea level"),
    ("iron", "a strong grey metal that rusts in wet air"),
    ("a triangle", "a shape with three sides and three angles"),
    ("a week", "a span of seven days"),
    ("a dozen", "a group of twelve things"),
    ("a model", "a simple picture of a thing that helps us to think about it"),
    ("a thermometer", "an instrument that shows how warm something is"),
    ("an average", "the sum of some numbers divided by how many there are"),
    ("a token", "a short piece of text that a language model reads as one unit"),
    ("energy", "what is needed to do work, measured in joules"),
    ("the moon", "the body that goes around the Earth once in about 27 days"),
    ("a graph", "a drawing that shows how one quantity changes with another"),
    ("bread", "food that is baked from flour, water, salt and yeast"),
    ("a glacier", "a slow river of ice"),
    ("a percentage", "a number of parts in every hundred"),
    ("wind", "air that moves from high pressure to low pressure"),
    ("a battery", "a device that stores energy and gives it back as electric current"),
    ("a program", "a list of steps that a computer carries out"),
]
ADVICE = [
    (
        "How do I keep a plant healthy?",
        "Give it light, water it when the soil is dry, and turn it.",
    ),
    ("How do I read a long text?", "Look at the headings first, then read one part at a time."),
    ("How do I save power?", "Switch off what you do not use and lower the brightness."),
    ("How can I learn a language?", "Practise a little every day and speak with other people."),
    ("What should I pack for a walk?", "Water, food, a map, a warm coat and a charged phone."),
    ("How do I check my result?", "Do the sum again in another order and compare both answers."),
    ("How do I write a good report?", "Say what you did, what you saw, and what it means."),
]
SYSTEMS = [
    "You are a helpful assistant.",
    "Answer in one sentence.",
    "Be brief and exact.",
    "You help people in a laboratory.",
    "You are a patient teacher.",
]


@dataclass(frozen=True, kw_only=True)
class Document:
    """Prose as one text, or a conversation as (role, text) pairs."""

    text: str = ""
    turns: tuple[tuple[str, str], ...] = ()


def make_corpus(seed: int, documents: int) -> list[Document]:
    pick = random.Random(seed)
    kinds = [_story, _sums, _steps, _record, _prose, _words, _words]
    kinds += [_chat_sum, _chat_fact, _chat_advice, _chat_problem, _chat_repeat, _chat_repeat]
    return [pick.choice(kinds)(pick) for _ in range(documents)]


def _story(pick: random.Random) -> Document:
    sentences = []
    for _ in range(pick.randint(2, 5)):
        who, other = pick.sample(PEOPLE, 2)
        action, thing, place = pick.choice(ACTIONS), pick.choice(THINGS), pick.choice(PLACES)
        quality, moment = pick.choice(QUALITIES), pick.choice(TIMES)
        patterns = [
            f"{who} {action} {thing} in {place} {moment}.",
            f"{moment.capitalize()}, {who} and {other} met near {place} and talked about {thing}.",
            f"“It is too {quality},” said {who}, “but it will do.”",
            f"The way to {place} was {quality}, so {who} waited for {other}.",
            f"Nobody knew why {who} had {action} {thing}; {other} only smiled.",
            f"If the day is {quality}, we go to {place}; if not, we stay at home.",
        ]
        sentences.append(pick.choice(patterns))
    return Document(text=" ".join(sentences))


def _sum(pick: random.Random) -> tuple[str, int]:
    sign = pick.choice("+-*")
    a, b = pick.randint(2, 60), pick.randint(2, 40)
    if sign == "*":
        a, b = a % 12 + 1, b % 12 + 1
    if sign == "-" and b > a:
        a, b = b, a
    return f"{a} {sign} {b}", {"+": a + b, "-": a - b, "*": a * b}[sign]


def _sums(pick: random.Random) -> Document:
    lines = [f"{left} = {result}" for left, result in (_sum(pick) for _ in range(5))]
    return Document(text="\n".join(lines))


def _steps(pick: random.Random) -> Document:
    things = pick.sample(THINGS, 3)
    lines = [f"{at}. Take {thing} to {pick.choice(PLACES)}." for at, thing in enumerate(things, 1)]
    return Document(text=f"What to do {pick.choice(TIMES)}:\n" + "\n".join(lines))


def _record(pick: random.Random) -> Document:
    who, place = pick.choice(PEOPLE), pick.choice(PLACES)
    count, kind = pick.randint(1, 90), pick.choice(PLURALS)
    return Document(
        text=f'{{"name": "{who}", "place": "{place}", "count": {count}, "kind": "{kind}"}}\n'
        f"- name: {who}\n- place: {place}\n- {kind}: {count}"
    )


def _prose(pick: random.Random) -> Document:
    return Document(text=" ".join(pick.sample(PROSE, pick.randint(1, 3))))


def _words(pick: random.Random) -> Document:
    """Said twice: the second time it can be copied, which teaches the model to look back."""
    phrase = " ".join(pick.sample(WORDS, pick.randint(4, 14)))
    number = pick.randint(0, 10 ** pick.randint(1, 6))
    middle = pick.choice([". ", "\n", " = ", f" ({number}): ", " – "])
    return Document(text=f"{phrase} {number}{middle}{phrase} {number}")


def _conversation(pick: random.Random, *turns: tuple[str, str]) -> Document:
    has_system = pick.random() < 0.3
    system = (("system", pick.choice(SYSTEMS)),) if has_system else ()
    return Document(turns=(*system, *turns))


def _chat_sum(pick: random.Random) -> Document:
    turns: list[tuple[str, str]] = []
    for _ in range(pick.randint(1, 2)):
        left, result = _sum(pick)
        question = pick.choice([f"What is {left}?", f"Please compute {left}.", f"{left} = ?"])
        turns += [("user", question), ("assistant", f"{left} = {result}.")]
    return _conversation(pick, *turns)


def _chat_fact(pick: random.Random) -> Document:
    name, meaning = pick.choice(FACTS)
    question = pick.choice(
        [f"What is {name}?", f"Explain {name}.", f"Tell me what {name} is.", f"Define {name}."]
    )
    answer = f"{name[0].upper()}{name[1:]} is {meaning}."
    return _conversation(pick, ("user", question), ("assistant", answer))


def _chat_advice(pick: random.Random) -> Document:
    question, answer = pick.choice(ADVICE)
    who = pick.choice(PEOPLE)
    opening = pick.choice(["", f"This is {who}. ", "Hello! ", f"{who} asks: "])
    return _conversation(pick, ("user", opening + question), ("assistant", answer))


def _chat_problem(pick: random.Random) -> Document:
    who, other = pick.sample(PEOPLE, 2)
    kind = pick.choice(PLURALS)
    a, b = pick.randint(5, 50), pick.randint(2, 5)
    patterns = [
        (
            f"{who} has {a} {kind} and {other} gives {who} {b} more. How many are there now?",
            f"{who} begins with {a} {kind} and gets {b} more.\n{a} + {b} = {a + b}\n"
            f"The answer is {a + b}.",
        ),
        (
            f"There are {b} boxes with {a} {kind} each. How many {kind} are there in all?",
            f"Each box holds {a} {kind} and there are {b} boxes.\n{a} * {b} = {a * b}\n"
            f"The answer is {a * b}.",
        ),
        (
            f"{who} had {a} {kind} and sold {b} of them to {other}. How many are left?",
            f"{who} had {a} {kind} and sold {b}.\n{a} - {b} = {a - b}\nThe answer is {a - b}.",
        ),
    ]
    question, answer = pick.choice(patterns)
    return _conversation(pick, ("user", question), ("assistant", answer))


def _chat_repeat(pick: random.Random) -> Document:
    words = pick.sample(WORDS, pick.randint(2, 8))
    said = " ".join(words)
    number = round(pick.random() * 10 ** pick.randint(0, 5), pick.randint(0, 3))
    patterns = [
        (f"Repeat: {said}", said.capitalize() + "."),
        (f"Say “{said}” and then {number}.", f"“{said}” and {number}."),
        (f"List these: {', '.join(words)}.", "\n".join(f"- {word}" for word in words)),
        (f"What is {said}? Answer with {number}.", f"**{said}** = {number}"),
    ]
    question, answer = pick.choice(patterns)
    return _conversation(pick, ("user", question), ("assistant", answer))
