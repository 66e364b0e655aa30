from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from lora_trainer.prefetch import Prefetcher


def test_results_come_in_order_and_from_another_thread() -> None:
    threads = set()

    def make(item: int) -> int:
        threads.add(threading.get_ident())
        return item * item

    with Prefetcher(make, range(50)) as made:
        assert list(made) == [item * item for item in range(50)]
    assert len(threads) == 1 and threading.get_ident() not in threads


def test_no_more_than_the_depth_is_made_ahead() -> None:
    made: list[int] = []
    third = threading.Event()

    def make(item: int) -> int:
        made.append(item)
        if item == 2:
            third.set()
        return item

    with Prefetcher(make, range(10), depth=2) as results:
        assert next(results) == 0
        assert third.wait(10)  # the room that the first one left is used
    assert made == [0, 1, 2]


@pytest.mark.parametrize("fails", ["make", "items"])
def test_failure_comes_out_in_its_place(fails: str) -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        if fails == "items":
            raise ValueError("third")

    def make(item: int) -> int:
        if fails == "make" and item == 2:
            raise ValueError("third")
        return item

    taken = []
    with Prefetcher(make, items()) as results, pytest.raises(ValueError, match="third"):
        taken += [next(results), next(results)]
        taken += list(results)
    assert taken == [0, 1]


def test_closing_ends_the_thread_and_the_results() -> None:
    results = Prefetcher(lambda item: item, iter(int, 1))  # zeros without end
    assert next(results) == 0
    results.close()
    assert "prefetch" not in {thread.name for thread in threading.enumerate()}
    assert list(results) == []
    results.close()
