"""An output folder comes whole or not at all, and takes the place of nothing that somebody made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from LWCTRLogic import files
from LWCTRLogic.errors import InputError, LWCTRError
from LWCTRLogic.new_folder import listed, new_folder, others


def fill(folder: Path, names: dict[str, str], overwrite: bool = False) -> None:
    with new_folder(folder, "list.json", overwrite) as aside:
        for name, text in names.items():
            files.write_text(aside / name, text)
        files.write_json(aside / "list.json", {"files": listed(aside)})


@pytest.mark.parametrize("there", [False, True])
def test_a_new_or_empty_folder_is_filled(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "é out" / "deep"
    if there:
        folder.mkdir(parents=True)
        (folder / ".DS_Store").touch()
    fill(folder, {"a.txt": "one"})
    assert (folder / "a.txt").read_text() == "one" and others(folder, "list.json") == ()
    assert [path.name for path in folder.parent.iterdir()] == ["deep"]
    if os.name == "posix":
        (tmp_path / "plain").mkdir()
        assert folder.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_folder_that_holds_anything_is_refused_unless_it_may_be_overwritten(tmp_path: Path) -> None:
    fill(tmp_path / "out", {"a.txt": "one"})
    with pytest.raises(InputError, match="is not empty; expected a new or empty folder.*--overwrite"):
        fill(tmp_path / "out", {"a.txt": "two"})
    assert (tmp_path / "out" / "a.txt").read_text() == "one"
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file"):
        fill(tmp_path / "file", {}, overwrite=True)


def test_overwriting_takes_away_former_files_and_leaves_those_of_others(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fill(out, {"a.txt": "one", "old.zip": "old"})
    (out / "notes.txt").write_text("mine")
    (out / "evaluation").mkdir()
    fill(out, {"a.txt": "two", "new.zip": "new"}, overwrite=True)
    assert sorted(path.name for path in out.iterdir()) == [
        "a.txt", "evaluation", "list.json", "new.zip", "notes.txt",
    ]  # fmt: skip
    assert (out / "a.txt").read_text() == "two"
    assert others(out, "list.json") == ("evaluation", "notes.txt")


def test_a_new_file_does_not_take_the_place_of_one_that_somebody_put_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fill(out, {"a.txt": "one"})
    (out / "b.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds b.txt of another origin"):
        fill(out, {"a.txt": "two", "b.txt": "new"}, overwrite=True)
    assert [(out / name).read_text() for name in ("a.txt", "b.txt")] == ["one", "mine"]


def test_a_file_that_was_changed_by_hand_is_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fill(out, {"card.md": "one"})
    (out / "card.md").write_text("my words")
    with pytest.raises(InputError, match="card.md in .* was changed since it was written.*Move it away"):
        fill(out, {"card.md": "two"}, overwrite=True)
    assert (out / "card.md").read_text() == "my words"


@pytest.mark.parametrize("listing", [None, "{}", '{"files": {"../x": "0"}}', '{"files": 3}'])
def test_a_folder_of_something_else_is_not_overwritten(tmp_path: Path, listing: str | None) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.docx").write_text("years")
    if listing is not None:
        (out / "list.json").write_text(listing)
    with pytest.raises(InputError, match="no list.json there lists files that may be replaced"):
        fill(out, {"thesis.docx": "gone"}, overwrite=True)
    assert (out / "thesis.docx").read_text() == "years"


def test_a_block_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    fill(out, {"a.txt": "one"})
    with pytest.raises(ValueError, match="half way"), new_folder(out, "list.json", True) as aside:
        (aside / "a.txt").write_text("two")
        raise ValueError("half way")
    assert (out / "a.txt").read_text() == "one" and [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LWCTRError, match="could not be written"):
        fill(tmp_path / "file" / "out", {})
