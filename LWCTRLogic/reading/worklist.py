"""Who reads what, in a random order, and again after a wash-out: a table that any program can go on with.

What is done stands in the cases themselves (``readings.csv`` and the log), so a worklist is never out of date and
nothing is lost when a reader stops half-way.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.reading.state import STARTS, check_reader
from LWCTRLogic.tables import read_table, write_csv

COLUMNS = ("order", "case", "volume", "reader", "reading", "start", "washout_days")


@dataclass(frozen=True)
class ReaderPlan:
    """How much one reader reads.

    Attributes
    ----------
    reader : str
        Pseudonym.
    readings : int
        How often each volume.
    cases : int or None
        How many cases, drawn at random; ``None`` for all.
    """

    reader: str
    readings: int = 1
    cases: int | None = None


@dataclass(frozen=True)
class Item:
    """One reading to be made.

    ``case`` is the case folder, ``order`` the place in the reader's own order, and ``washout_days`` the days that must
    lie between the reader's reading before of this volume and this one.
    """

    order: int
    case: Path
    volume: str
    reader: str
    reading: int
    start: str
    washout_days: int


@dataclass(frozen=True)
class Next:
    """What a reader does next: an item, or the day from which one is due; how many are done of how many."""

    item: Item | None
    due: dt.date | None
    done: int
    total: int


def plan(
    cases: Sequence[Case],
    readers: Sequence[ReaderPlan],
    *,
    start: str = "auto",
    washout_days: int = 28,
    seed: int = 0,
) -> list[Item]:
    """Draw who reads what and in which order.

    Each reader has a random order of cases for the first reading and another one for each repeat; the volumes of a case
    stay together, in an order of their own. The same seed gives the same list.

    Raises
    ------
    InputError
        For a reader who is none or named twice, a number below 1, more cases than there are, or an unknown start.
    """
    _check(cases, readers, start, washout_days)
    items: list[Item] = []
    for one in readers:
        # A draw of its own for each reader: adding a reader changes nobody else's list.
        draw = random.Random(f"{seed} {one.reader}")
        own = sorted(cases, key=lambda case: case.folder.as_posix())
        own = own if one.cases is None else draw.sample(own, one.cases)
        order = 0
        for reading in range(1, one.readings + 1):
            for case in draw.sample(own, len(own)):
                for volume in draw.sample(case.volumes(), len(case.volumes())):
                    order += 1
                    wait = washout_days if reading > 1 else 0
                    items.append(Item(order, case.folder, volume, one.reader, reading, start, wait))
    return items


def _check(cases: Sequence[Case], readers: Sequence[ReaderPlan], start: str, washout_days: int) -> None:
    if start not in STARTS:
        raise InputError(f"start {start!r}", "one of " + ", ".join(STARTS))
    if washout_days < 0:
        raise InputError(f"a wash-out of {washout_days} days", "0 or more")
    names = [check_reader(one.reader) for one in readers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise InputError(f"readers {', '.join(names) or 'none'}", "each reader once")
    for one in readers:
        count = len(cases) if one.cases is None else one.cases
        if one.readings < 1 or not 1 <= count <= len(cases):
            raise InputError(
                f"{one.reader}: {one.readings} readings of {count} cases",
                f"1 or more readings of 1 to {len(cases)} cases",
            )


def write_worklist(items: Iterable[Item], path: Path) -> None:
    """Write a worklist as CSV; case folders are relative to the file's where they lie beside or below it."""
    home = path.resolve().parent
    rows = []
    for item in items:
        folder = item.case.resolve()
        shown = folder.relative_to(home) if folder.is_relative_to(home) else folder
        rows.append({**asdict(item), "case": shown.as_posix()})
    write_csv(path, COLUMNS, rows)


def read_worklist(path: Path) -> list[Item]:
    """Read a worklist.

    Raises
    ------
    InputError
        When columns are missing, or a row is none.
    """
    rows = read_table(path)
    lacking = [name for name in COLUMNS if name not in rows[0]]
    if lacking:
        raise InputError(f"{path.name} lacks {', '.join(lacking)}", "a worklist of 'lwctr readings plan'")
    return [_item(path, number, row) for number, row in enumerate(rows, start=2)]


def _item(path: Path, number: int, row: dict[str, str]) -> Item:
    try:
        order, reading, wait = (int(row[name]) for name in ("order", "reading", "washout_days"))
    except ValueError:
        order = reading = wait = -1
    if min(order, reading) < 1 or wait < 0 or row["volume"] not in VOLUMES or row["start"] not in STARTS:
        raise InputError(f"row {number} of {path.name} is {', '.join(row.values())}", "a reading to be made")
    folder = path.parent / row["case"]
    return Item(order, folder, row["volume"], check_reader(row["reader"]), reading, row["start"], wait)


def next_item(items: Iterable[Item], reader: str, today: dt.date) -> Next:
    """Return what a reader does next.

    The first reading in the reader's order that has no saved version and whose wash-out is over; while none is due, the
    day of the first that will be. A repeat whose earlier reading is not made yet waits for it.

    Raises
    ------
    InputError
        When the worklist has nothing for the reader.
    """
    own = sorted((item for item in items if item.reader == reader), key=lambda item: item.order)
    if not own:
        raise InputError(f"the worklist has nothing for {reader!r}", "a reader of the list")
    made = {folder: _days_of_saves(Case(folder)) for folder in dict.fromkeys(item.case for item in own)}
    left = [item for item in own if (item.volume, reader, item.reading) not in made[item.case]]
    done = len(own) - len(left)
    waiting: list[dt.date] = []
    for item in left:
        day = _due(item, made[item.case])
        if day is not None and day <= today:
            return Next(item, None, done, len(own))
        if day is not None:
            waiting.append(day)
    return Next(None, min(waiting, default=None), done, len(own))


def _due(item: Item, made: dict[tuple[str, str, int], dt.date]) -> dt.date | None:
    """Return the day from which an item may be read; ``None`` while the reading before it is not made."""
    if item.reading == 1:
        return dt.date.min
    before = made.get((item.volume, item.reader, item.reading - 1))
    return None if before is None else before + dt.timedelta(days=item.washout_days)


def _days_of_saves(case: Case) -> dict[tuple[str, str, int], dt.date]:
    """Return (volume, reader, reading) → day of its last save; readings of an unknown day count as long ago."""
    found = {
        (row["volume"], row["reader"], int(row["reading"])): dt.date.min
        for row in case.readings()
        if row["reading"].isdigit()
    }
    for line in _log(case):
        if line.get("event") == "reading-saved":
            key = (str(line["volume"]), str(line["reader"]), int(line["reading"]))
            if key in found:
                found[key] = dt.datetime.fromisoformat(line["time"]).date()
    return found


def _log(case: Case) -> Iterator[dict[str, str]]:
    if not case.log_path.exists():
        return
    for text in case.log_path.read_text(encoding="utf-8").splitlines():
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            continue  # the last line of a killed program may be cut
        if isinstance(value, dict):
            yield value
