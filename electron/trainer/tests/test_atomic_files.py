from __future__ import annotations

from pathlib import Path

import pytest

from lora_trainer.atomic_files import folder_written_beside


def test_failed_writer_leaves_the_old_folder_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "adapter"
    target.mkdir()
    (target / "old").write_text("old")
    (tmp_path / "neighbour").write_text("mine")
    with pytest.raises(RuntimeError), folder_written_beside(target) as beside:
        (beside / "new").write_text("half")
        raise RuntimeError
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter", "neighbour"]
    assert [path.name for path in target.iterdir()] == ["old"]


def test_good_writer_replaces_it_whole(tmp_path: Path) -> None:
    target = tmp_path / "adapter"
    target.mkdir()
    (target / "old").write_text("old")
    with folder_written_beside(target) as beside:
        (beside / "new").write_text("new")
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["adapter"]


@pytest.mark.parametrize("target", ["", ".", "adapter", "/"])
def test_unclear_targets_are_refused(target: str) -> None:
    with (
        pytest.raises(ValueError, match="not an absolute path"),
        folder_written_beside(Path(target)),
    ):
        pytest.fail("nothing may be written")
