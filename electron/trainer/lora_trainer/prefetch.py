"""The next batches are made while the model is busy with the present one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


class Prefetcher(Generic[Item, Made]):
    """`make` applied to each of `items`, in their order, up to `depth` of them ahead.

    Both run in a thread of their own, one item at a time. What they raise comes out where the
    missing result would have. `close` ends the thread; results that nobody took are dropped.
    """

    def __init__(
        self, make: Callable[[Item], Made], items: Iterable[Item], *, depth: int = 2
    ) -> None:
        self._results: queue.Queue[tuple[str, object]] = queue.Queue()
        self._room = threading.Semaphore(depth)
        self._is_closed = threading.Event()
        self._thread = threading.Thread(
            target=self._work, args=(make, items), name="prefetch", daemon=True
        )
        self._thread.start()

    def __iter__(self) -> Iterator[Made]:
        return self

    def __next__(self) -> Made:
        if self._is_closed.is_set():
            raise StopIteration
        kind, value = self._results.get()
        if kind == "made":
            self._room.release()
            return value  # type: ignore[return-value]
        self._is_closed.set()
        if kind == "raised":
            raise value  # type: ignore[misc]
        raise StopIteration

    def close(self) -> None:
        self._is_closed.set()
        self._room.release()
        self._thread.join()

    def __enter__(self) -> Prefetcher[Item, Made]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _work(self, make: Callable[[Item], Made], items: Iterable[Item]) -> None:
        try:
            for item in items:
                self._room.acquire()
                if self._is_closed.is_set():
                    return
                self._results.put(("made", make(item)))
        except BaseException as error:
            self._results.put(("raised", error))
        else:
            self._results.put(("ended", None))
