"""Which features repeat readings agree on: three forms of ICC with their intervals, of every feature."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.evaluation.metric import Metric
from LWCTRLogic.stats.averages import jackknife_interval
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.icc import Form, IntraclassCorrelation, intraclass_correlation
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.tables import write_csv
from LWCTRLogic.training.feature_tables import read_readings
from LWCTRLogic.training.icc_filter import Readings

FORMS: tuple[Form, ...] = ("1,1", "2,1", "3,1")
TOPIC = "agreement"
GOOD, EXCELLENT = 0.75, 0.9
"""Lower limits from which agreement is called good and excellent (Koo and Li 2016)."""
BETWEEN = "between readers"
GROUPS = 20
"""Of patients, left out in turn for the intervals of averages over features."""
ENOUGH = 50
"""Features from which on a share of them is no staircase, whose jackknife would see nothing."""
COLUMNS = ("readings", "feature", "form", "icc", "low", "high", "p", "patients")


@dataclass(frozen=True)
class FeatureAgreement:
    """One comparison of readings.

    Attributes
    ----------
    what : str
        ``between readers`` (the first reading of each) or ``within`` one of them.
    readings : tuple of str
        Which readings those are, such as ``reader-1/2``.
    patients : int
        Patients who have at least two of these readings of some feature.
    forms : dict
        ICC (p,) of every feature, by form.
    values : (p, n, k)
        Those readings.
    """

    what: str
    readings: tuple[str, ...]
    patients: int
    forms: dict[Form, IntraclassCorrelation]
    values: Floats = field(repr=False)

    def to_dict(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return value and limits of every feature, by form."""
        return {
            "what": self.what,
            "readings": self.readings,
            "patients": self.patients,
            "columns": ["value", "low", "high"],
            **{
                f"ICC({form})": {
                    name: [None if number != number else number for number in numbers]
                    for name, *numbers in zip(
                        names, icc.value.tolist(), icc.low.tolist(), icc.high.tolist(), strict=True
                    )
                }
                for form, icc in self.forms.items()
            },
        }


@dataclass(frozen=True)
class Reliability:
    """Agreement of every feature; ``started_from`` says what the readers began with."""

    names: tuple[str, ...]
    started_from: tuple[str, ...]
    comparisons: tuple[FeatureAgreement, ...]


def read_reliability(path: Path) -> Reliability:
    """Compute the agreement of a table of repeat readings.

    Raises
    ------
    InputError
        When the table is none, or has fewer than two readings.
    """
    return reliability_of(read_readings(path)[0])


def reliability_of(readings: Readings) -> Reliability:
    """Return ICC between readers, and within each reader who read more than once."""
    occasions = readings.occasions
    readers = list(dict.fromkeys(reader for reader, _ in occasions))
    places = {reader: [at for at, (name, _) in enumerate(occasions) if name == reader] for reader in readers}
    groups = {BETWEEN: [own[0] for own in places.values()]}
    groups |= {f"within {reader}": own for reader, own in places.items()}
    found = tuple(_compared(readings, what, own) for what, own in groups.items() if len(own) > 1)
    return Reliability(readings.names, readings.started_from, found)


def _compared(readings: Readings, what: str, own: list[int]) -> FeatureAgreement:
    values = np.moveaxis(readings.values[:, own, :], 2, 0)
    read = np.isfinite(values).all(axis=2).any(axis=0)
    names = tuple("/".join(readings.occasions[at]) for at in own)
    forms = {form: intraclass_correlation(values, form=form) for form in FORMS}
    return FeatureAgreement(what, names, int(read.sum()), forms, values[:, read])


def volume_of(name: str) -> str:
    """Return the volume of a feature."""
    return name.partition(":")[0]


def reliability_metrics(found: Reliability) -> Iterator[Metric]:
    """Yield, by comparison, volume and form, the median ICC and the share of features that surely agree well.

    Their intervals say how much they would be others with other patients (jackknife); the features stay.
    """
    of = np.array([volume_of(name) for name in found.names])
    volumes = [volume for volume in VOLUMES if (of == volume).any()]
    for one in found.comparisons:
        for form, icc in one.forms.items():
            without = [intraclass_correlation(part, form=form) for part in _parts(one.values)]
            for volume in volumes:
                yield from _metrics(one, volume, icc, without, of == volume)


def _parts(values: Floats) -> Iterator[Floats]:
    """Yield the readings (p, n, k) without each group of patients; nothing of a single patient."""
    patients = values.shape[1]
    groups: NDArray[np.intp] = np.arange(patients) % min(GROUPS, patients)
    for group in range(min(GROUPS, patients)) if patients > 1 else ():
        yield values[:, groups != group]


def _metrics(
    one: FeatureAgreement,
    volume: str,
    icc: IntraclassCorrelation,
    without: list[IntraclassCorrelation],
    rows: Bools,
) -> Iterator[Metric]:
    known = np.isfinite(icc.value[rows])
    common: dict[str, Any] = {"topic": TOPIC, "group": f"{one.what}: {volume}", "patients": one.patients}
    common["method"] = f"{int(known.sum())} of {int(rows.sum())} features have one"
    name = f"median ICC({icc.form})"
    yield Metric(name=name, estimate=_over_patients(_median, icc, without, rows, -1.0), **common)
    for bound in (GOOD, EXCELLENT):
        parts = without if rows.sum() >= ENOUGH else []
        share = _over_patients(partial(_share, bound=bound), icc, parts, rows, 0.0)
        yield Metric(name=share_name(icc.form, bound), estimate=share, **common)


def share_name(form: Form, bound: float) -> str:
    """Return the name of the share of features whose lower limit is at least ``bound``."""
    return f"share of features with ICC({form}) surely ≥ {bound:g}"


def _median(icc: IntraclassCorrelation, rows: Bools) -> float:
    values = icc.value[rows]
    return float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else float("nan")


def _share(icc: IntraclassCorrelation, rows: Bools, bound: float) -> float:
    return float((icc.low[rows] >= bound).mean())


def _over_patients(
    average: Callable[[IntraclassCorrelation, Bools], float],
    icc: IntraclassCorrelation,
    without: list[IntraclassCorrelation],
    rows: Bools,
    least: float,
) -> Estimate:
    """Return an average over features with its jackknife interval, cut at ``least`` and 1."""
    value, others = average(icc, rows), [average(part, rows) for part in without]
    if len(others) < 2 or not np.isfinite([value, *others]).all():
        return Estimate(value)
    found = jackknife_interval(value, others)
    if found.se == 0:
        return Estimate(value)
    return replace(found, low=max(found.low, least), high=min(found.high, 1.0))


def reliability_rows(found: Reliability) -> Iterator[dict[str, Any]]:
    """Yield one row a comparison, feature and form, for ``icc.csv``."""
    for one in found.comparisons:
        for form, icc in one.forms.items():
            columns = (icc.value, icc.low, icc.high, icc.p, icc.subjects)
            for name, *numbers in zip(found.names, *(column.tolist() for column in columns), strict=True):
                cells = [None if number != number else number for number in numbers]
                yield dict(zip(COLUMNS, (one.what, name, form, *cells), strict=True))


def write_reliability(found: Reliability, path: Path) -> None:
    """Write every ICC as CSV."""
    write_csv(path, COLUMNS, reliability_rows(found))
