"""Worklists: who reads what, in which order, and when again."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter

import pytest

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.cli import main
from LWCTRLogic.errors import InputError
from LWCTRLogic.reading.worklist import (
    ReaderPlan,
    next_item,
    plan,
    read_worklist,
    write_worklist,
)

TODAY = dt.date(2024, 3, 1)


@pytest.fixture
def cases(tmp_path):
    made = []
    for number in range(6):
        info = CaseInfo(f"p{number}", {"pre_A": Scan(), "post_V": Scan()})
        made.append(Case.create(tmp_path / "cases é" / f"p{number}", info))
    return made


def read(item, day):
    """Note a saved version, as a reading session does."""
    case = Case(item.case)
    row = {"volume": item.volume, "reader": item.reader, "reading": item.reading, "start": item.start}
    case.add_reading({**row, "version": f"v{len(case.readings()) + 1:04d}_{item.reader}.seg.nrrd"})
    line = {"time": f"{day}T10:00:00+00:00", "event": "reading-saved", **row}
    with case.log_path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def test_every_reader_reads_every_volume_as_often_as_wished(cases):
    items = plan(cases, [ReaderPlan("reader-1", 2), ReaderPlan("reader-2")])
    count = Counter((item.reader, item.reading) for item in items)
    assert count == {("reader-1", 1): 12, ("reader-1", 2): 12, ("reader-2", 1): 12}
    pairs = {(item.case, item.volume) for item in items if item.reader == "reader-2"}
    assert len(pairs) == 12


def test_a_reader_of_some_cases_reads_whole_cases_drawn_at_random(cases):
    items = plan(cases, [ReaderPlan("reader-2", 1, 3)])
    assert len({item.case for item in items}) == 3
    assert len(items) == 6
    others = {
        frozenset(item.case for item in plan(cases, [ReaderPlan("reader-2", 1, 3)], seed=s)) for s in range(9)
    }
    assert len(others) > 1


def test_the_order_is_random_differs_between_readers_and_repeats_and_comes_back_with_the_seed(cases):
    readers = [ReaderPlan("reader-1", 2), ReaderPlan("reader-2")]
    items = plan(cases, readers, seed=4)
    assert items == plan(list(reversed(cases)), readers, seed=4)
    assert items != plan(cases, readers, seed=5)
    orders = {}
    for item in items:
        orders.setdefault((item.reader, item.reading), []).append((item.case, item.volume))
    first, repeat, other = orders.values()
    assert sorted(first) == sorted(repeat) == sorted(other)
    assert first != repeat
    assert first != other


def test_another_reader_changes_nobodys_list(cases):
    alone = plan(cases, [ReaderPlan("reader-1", 2, 4)])
    both = plan(cases, [ReaderPlan("reader-0"), ReaderPlan("reader-1", 2, 4)])
    assert [item for item in both if item.reader == "reader-1"] == alone


def test_a_worklist_written_is_the_one_read_also_after_the_folder_moved(cases, tmp_path):
    items = plan(cases, [ReaderPlan("reader-1", 2)], start="empty", washout_days=14)
    write_worklist(items, tmp_path / "worklist.csv")
    assert read_worklist(tmp_path / "worklist.csv") == items
    assert str(tmp_path) not in (tmp_path / "worklist.csv").read_text(encoding="utf-8")


def test_a_reader_goes_on_where_the_saved_readings_end(cases):
    items = plan(cases, [ReaderPlan("reader-1")])
    for number, item in enumerate(items):
        found = next_item(items, "reader-1", TODAY)
        assert (found.item, found.done, found.total) == (item, number, 12)
        read(item, TODAY)
    found = next_item(items, "reader-1", TODAY)
    assert (found.item, found.due, found.done) == (None, None, 12)


def test_a_repeat_waits_for_the_end_of_the_wash_out(cases):
    items = plan(cases[:1], [ReaderPlan("reader-1", 2)], washout_days=28)
    for item in items[:2]:
        read(item, dt.date(2024, 2, 10))
    early = next_item(items, "reader-1", dt.date(2024, 3, 8))
    assert (early.item, early.due) == (None, dt.date(2024, 3, 9))
    assert next_item(items, "reader-1", dt.date(2024, 3, 9)).item == items[2]


def test_a_repeat_waits_for_the_reading_before_it(cases):
    items = plan(cases[:1], [ReaderPlan("reader-1", 2)])
    only_repeats = [item for item in items if item.reading == 2]
    found = next_item(only_repeats, "reader-1", TODAY)
    assert (found.item, found.due) == (None, None)


def test_a_reading_whose_day_nobody_noted_counts_as_long_ago(cases):
    items = plan(cases[:1], [ReaderPlan("reader-1", 2)])
    for item in items[:2]:
        read(item, TODAY)
    cases[0].log_path.write_text('{"event": "cut off', encoding="utf-8")
    assert next_item(items, "reader-1", TODAY).item == items[2]


@pytest.mark.parametrize(
    ("readers", "more", "told"),
    [
        ([], {}, "readers none"),
        ([ReaderPlan("a"), ReaderPlan("a")], {}, "each reader once"),
        ([ReaderPlan("auto")], {}, "reader is 'auto'"),
        ([ReaderPlan("a", 0)], {}, "0 readings"),
        ([ReaderPlan("a", 1, 7)], {}, "1 to 6 cases"),
        ([ReaderPlan("a")], {"start": "guess"}, "start 'guess'"),
        ([ReaderPlan("a")], {"washout_days": -1}, "wash-out of -1 days"),
    ],
)
def test_an_impossible_plan_is_refused(cases, readers, more, told):
    with pytest.raises(InputError, match=told):
        plan(cases, readers, **more)


def test_a_damaged_worklist_is_refused_with_its_row(cases, tmp_path):
    path = tmp_path / "worklist.csv"
    write_worklist(plan(cases, [ReaderPlan("reader-1")]), path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("auto", "guess", 1), encoding="utf-8")
    with pytest.raises(InputError, match="row 2 of worklist.csv"):
        read_worklist(path)
    path.write_text("order,case\n1,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="lacks volume, reader"):
        read_worklist(path)


def test_a_stranger_is_told_so(cases):
    with pytest.raises(InputError, match="nothing for 'reader-9'"):
        next_item(plan(cases, [ReaderPlan("reader-1")]), "reader-9", TODAY)


def test_the_commands_draw_a_worklist_and_say_what_is_next(cases, tmp_path, capsys):
    path = str(tmp_path / "worklist.csv")
    folders = [str(case.folder) for case in cases]
    readers = ["--reader", "reader-1:2", "--reader", "reader-2:1:3"]
    assert main(["readings", "plan", *folders, "-o", path, *readers]) == 0
    assert "30 readings by 2 readers" in capsys.readouterr().out
    assert main(["readings", "next", path, "--reader", "reader-2"]) == 0
    assert "reading 1, started from auto (0 of 6 done)" in capsys.readouterr().out
    assert main(["readings", "--progress", "json", "next", path, "--reader", "reader-1"]) == 0
    told = json.loads(capsys.readouterr().out)
    first = next(item for item in read_worklist(tmp_path / "worklist.csv") if item.reader == "reader-1")
    assert (told["item"]["case"], told["item"]["volume"]) == (str(first.case), first.volume)
    for item in read_worklist(tmp_path / "worklist.csv"):
        read(item, TODAY)
    assert main(["readings", "next", path, "--reader", "reader-1"]) == 0
    assert "nothing left (24 of 24 done)" in capsys.readouterr().out


def test_a_reader_that_is_no_plan_is_a_usage_error(cases, tmp_path):
    command = ["readings", "plan", str(cases[0].folder), "-o", str(tmp_path / "w.csv")]
    assert main([*command, "--reader", "reader-1:two"]) == 2
    assert main([*command, "--reader", "reader-1:1:2:3"]) == 2
