"""The rows of a dataset file as raw bytes, in order, without holding the file in memory.

Which shape a file has (the app's importer decides in the same way):

*.txt            one row per block of lines between blank lines
JSON array       the first character that is not white space is `[`, unless its line ends in `]`
                 and something follows that (then it is JSONL whose first row is an array)
else JSONL       one row per line that is not blank

A byte order mark at the beginning is skipped; lines end in \\n or \\r\\n.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

from .formats import MAX_ROW_BYTES, row_from_value
from .row_json import parse_row
from .turns import Row, RowRejected

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_JSON_SPACE = b" \t\n\r"
# Strings are skipped as a whole, so that brackets and commas inside of them do not count. One that
# is not closed reaches to the end of the file.
_STRUCTURE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|[\[\]{},]', re.DOTALL)


def read_rows(path: Path, dataset_format: str) -> Iterator[Row | RowRejected]:
    """Every row of the file: as turns, or with the reason why it is left out."""
    is_text_file = path.suffix.lower() == ".txt"
    for raw in raw_rows(path):
        yield _row_or_reason(raw, dataset_format, is_text_file)


def read_chosen_rows(
    path: Path, dataset_format: str, chosen: set[int]
) -> Iterator[tuple[int, Row | RowRejected]]:
    """The rows with these 0-based numbers, in the order of the file, which is read no further than
    the last of them. What the file does not have is left out."""
    is_text_file = path.suffix.lower() == ".txt"
    left = len(chosen)
    for index, raw in enumerate(raw_rows(path) if chosen else ()):
        if index in chosen:
            yield index, _row_or_reason(raw, dataset_format, is_text_file)
            left -= 1
            if left == 0:
                return


def _row_or_reason(raw: bytes, dataset_format: str, is_text_file: bool) -> Row | RowRejected:
    try:
        if is_text_file:
            return _text_block(raw, dataset_format)
        return parse_row(raw, dataset_format)
    except RowRejected as rejected:
        return rejected


def raw_rows(path: Path) -> Iterator[bytes]:
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = len(_BYTE_ORDER_MARK) if content[:3] == _BYTE_ORDER_MARK else 0
        if path.suffix.lower() == ".txt":
            yield from _blocks(_lines(content, start))
        elif _is_array(content, start):
            yield from _elements(content, start)
        else:
            yield from (line for line in _lines(content, start) if not _is_blank(line))


def _lines(content: mmap.mmap, start: int) -> Iterator[bytes]:
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        line = content[start:end]
        yield line[:-1] if line.endswith(b"\r") else line
        start = end + 1


def _is_blank(line: bytes) -> bool:
    """Only ASCII white space counts: a no-break space is content, and no JSON."""
    return not line.strip()


def _blocks(lines: Iterator[bytes]) -> Iterator[bytes]:
    block: list[bytes] = []
    for line in lines:
        if not _is_blank(line):
            block.append(line)
        elif block:
            yield b"\n".join(block)
            block = []
    if block:
        yield b"\n".join(block)


def _text_block(raw: bytes, dataset_format: str) -> Row:
    if len(raw) > MAX_ROW_BYTES:
        raise RowRejected("row_too_large", f"The block has {len(raw)} bytes.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RowRejected("invalid_utf8", f"Not UTF-8 at byte {error.start}.") from error
    if dataset_format != "text":
        raise RowRejected("unknown_format", "A .txt file holds raw text only.")
    return row_from_value({"text": text}, "text")


def _is_array(content: mmap.mmap, start: int) -> bool:
    is_first = True
    for line in _lines(content, start):
        if _is_blank(line):
            continue
        if not is_first:
            return False
        text = line.strip()
        if not text.startswith(b"["):
            return False
        if not text.endswith(b"]"):
            return True
        is_first = False
    return not is_first


def _elements(content: mmap.mmap, start: int) -> Iterator[bytes]:
    """The elements of the outermost array, cut at its commas; each is parsed on its own.

    A bracket that does not match closes what it can, so that one broken element rarely costs its
    neighbours. What is wrong with the array itself (a comma too many, no end, something after the
    end) comes out as a row that is not JSON.
    """
    opened: list[bytes] = []
    element_start = content.find(b"[", start) + 1
    is_after_comma = False
    for found in _STRUCTURE.finditer(content, element_start):
        mark = found.group()[:1]
        if mark in (b"[", b"{"):
            opened.append(mark)
            continue
        opening = {b"]": b"[", b"}": b"{"}.get(mark)
        if opening in opened:
            while opened.pop() != opening:
                pass
            continue
        is_end = mark == b"]"
        if not is_end and (opened or mark != b","):
            continue
        element = content[element_start : found.start()].strip(_JSON_SPACE)
        if element or is_after_comma or not is_end:
            yield element
        element_start = found.end()
        is_after_comma = not is_end
        if is_end:
            rest = content[element_start:].strip(_JSON_SPACE)
            if rest:
                yield rest + b" is behind the end of the array"
            return
    rest = content[element_start:].strip(_JSON_SPACE)
    if rest:
        yield rest
    yield b""
