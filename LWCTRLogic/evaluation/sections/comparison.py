"""Comparisons: pairs of scores, subgroups, and the score beside mRECIST."""

from __future__ import annotations

from collections.abc import Callable

from LWCTRLogic.evaluation import pictures
from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.reclassification import KAPPA, OTHERWISE, SHARE
from LWCTRLogic.evaluation.reclassification import TOPIC as RECLASSIFICATION
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.scored import MRECIST
from LWCTRLogic.evaluation.sections.tables import dash_note, pivot
from LWCTRLogic.evaluation.subgroups import TOPIC as SUBGROUP
from LWCTRLogic.evaluation.survival import NON_RESPONDERS, RATIO, RESPONDERS
from LWCTRLogic.evaluation.words import interval_words, p_words, percent_words
from LWCTRLogic.models.bundle import REPORT_MONTHS
from LWCTRLogic.report.document import Block, Paragraph, Section, Table
from LWCTRLogic.report.text import NOTHING


def comparison_section(evaluation: Evaluation) -> Section | None:
    """Return the leading score against each other one."""
    own = pick(evaluation.metrics, topic="comparison")
    if not own:
        return None

    blocks = (
        _response_pairs(own),
        *(_survival_pairs(own, endpoint) for endpoint in evaluation.cohort.endpoints),
        _unpaired(own),
        Paragraph(DIFFERENCES, "note"),
        dash_note(own),
    )
    return Section("comparison", "Comparison of scores", tuple(one for one in blocks if one is not None))


DIFFERENCES = (
    "First \u2212 other: an area above 0 and a Brier score below 0 speak for the first. 95 % intervals, two-sided p, "
    "not adjusted for their number."
)


def _words(one: Metric, decimals: int = 3) -> str:
    return ", ".join(filter(None, (interval_words(one.estimate, decimals), p_words(one.p))))


def _pair(one: Metric) -> str:
    return f"{one.score} \u2212 {one.versus}"


def _of(endpoint: str, name: str, at: float | None = None) -> Callable[[Metric], bool]:
    return lambda one: one.endpoint == endpoint and one.name == name and (at is None or one.at == at)


def _response_pairs(own: list[Metric]) -> Table | None:
    return pivot(
        "Response: differences on the same patients",
        own,
        (
            ("AUC", _of("response", "difference of AUC")),
            ("AUC, censored left out (DeLong)", _of("response", "difference of AUC, censored left out")),
            ("Brier score", _of("response", "difference of Brier score")),
        ),
        _words,
        _pair,
        "Pair",
    )


def _survival_pairs(own: list[Metric], endpoint: str) -> Table | None:
    areas = [
        (f"AUC at {month} months", _of(endpoint, "difference of AUC(t)", month))
        for month in REPORT_MONTHS[endpoint]
    ]
    return pivot(
        f"{endpoint}: differences on the same patients",
        own,
        (*areas, ("Harrell's C", _of(endpoint, "difference of Harrell's C"))),
        lambda one: _words(one, 2),
        _pair,
        "Pair",
    )


def _unpaired(own: list[Metric]) -> Table | None:
    """Return each score's AUC here against that of other patients."""
    found = [one for one in own if not one.versus]
    if not found:
        return None
    here, _, there = next(one.name for one in found if "," in one.name).partition(", ")[2].partition(" − ")
    caption = "The same score on different patients (DeLong, unpaired, censored left out)"
    columns = (
        (f"AUC, {here}", lambda one: one.name == "AUC here"),
        (f"AUC, {there}", lambda one: one.name == "AUC there"),
        ("Difference", lambda one: one.name.startswith("difference")),
    )
    return pivot(caption, found, columns, _with_size)


def _with_size(one: Metric) -> str:
    return _words(one) if one.name.startswith("difference") else f"{_words(one)}, n = {one.patients}"


def subgroup_section(evaluation: Evaluation) -> Section | None:
    """Return AUC and hazard ratio in subgroups, with tests of difference."""
    cohort, own = evaluation.cohort, pick(evaluation.metrics, topic=SUBGROUP)
    levels = [metric for metric in own if ": " in metric.group]
    areas = pivot(
        f"AUC of {cohort.scores[0].name} in subgroups",
        levels,
        (("AUC (95 % CI)", lambda one: one.name == "AUC"),),
        lambda one: f"{interval_words(one.estimate)}, n = {one.patients}",
        lambda one: one.group,
        "Subgroup",
    )
    if areas is None:
        return None
    tests = [
        f"{metric.group}: {p_words(metric.p)}"
        for metric in own
        if metric.name.startswith("heterogeneity") and metric.p is not None
    ]
    picture = pictures.forest_picture(cohort, cohort.scores[0], own)
    blocks: list[Block | None] = [
        picture,
        areas,
        Paragraph(
            f"Do the AUCs differ by more than chance (Cochran's Q)? {'; '.join(tests)}. {WITHOUT}", "note"
        )
        if tests
        else None,
        dash_note(own),
    ]
    return Section("subgroups", "Subgroups", tuple(block for block in blocks if block is not None))


WITHOUT = "A subgroup in which nothing is estimated takes no part in the tests."


def reclassification_section(evaluation: Evaluation) -> Section | None:
    """Return the table of mRECIST against the leading score."""
    lead = evaluation.cohort.scores[0].name
    own = pick(evaluation.metrics, topic=RECLASSIFICATION, score=lead)
    table = _classes(own, lead, evaluation.cohort.follow_up("OS").origin)
    if table is None or not any(metric.estimate.value for metric in own if metric.name == "patients"):
        return None
    order = {word: place for place, word in enumerate(MRECIST)}
    rows = tuple(sorted(table.rows, key=lambda row: order.get(row[0].text, 9)))
    blocks = (
        Table(table.caption, table.columns, rows),
        _together(own, lead),
        Paragraph(PSEUDO, "note"),
        dash_note(one for one in own if not _nobody(one, own)),
    )
    return Section("mrecist", "Score beside mRECIST", tuple(block for block in blocks if block is not None))


PSEUDO = (
    "Shares are of the class, with Wilson's intervals. Progression by mRECIST with a responder's score may be "
    "pseudoprogression; stable disease, which counts as response by mRECIST, with a non-responder's score is where a "
    "score may warn early. Small cells prove neither."
)


def _classes(own: list[Metric], lead: str, origin: str) -> Table | None:
    counts = {one.group: int(one.estimate.value) for one in pick(own, name="patients")}
    whole: dict[str, int] = {}
    for group, count in counts.items():
        word = group.partition(",")[0]
        whole[word] = whole.get(word, 0) + count

    def written(one: Metric) -> str:
        if one.name == SHARE:
            return f"{counts[one.group]}/{whole[one.group.partition(',')[0]]}: {percent_words(one.estimate)}"
        return (
            percent_words(one.estimate)
            if one.name == "alive"
            else interval_words(one.estimate, _DIGITS[one.name])
        )

    columns = []
    for group, title in ((RESPONDERS, "Responders"), (NON_RESPONDERS, "Others")):
        columns += [
            (f"{title}: share of class", _cell(SHARE, group)),
            (f"{title}: median OS", _cell("median months", group)),
            (f"{title}: alive at 12 months", _cell("alive", group)),
        ]
    columns.append(("HR of responders", lambda one: one.name == RATIO))
    return pivot(
        f"mRECIST against {lead}: patients and their survival from {origin}",
        own,
        columns,
        written,
        lambda one: one.group.partition(",")[0],
        "mRECIST",
    )


_DIGITS = {"median months": 1, RATIO: 2}


def _together(own: list[Metric], lead: str) -> Paragraph | None:
    """Return on how many patients both disagree."""
    shares, kappas = pick(own, name=OTHERWISE), pick(own, name=KAPPA)
    if not shares:
        return None
    kappa = f"; Cohen's kappa {words}" if (words := interval_words(kappas[0].estimate)) != NOTHING else ""
    called = f"{lead} calls {percent_words(shares[0].estimate)} of {shares[0].patients} patients otherwise than mRECIST"
    return Paragraph(f"{called}{kappa}.")


def _nobody(one: Metric, own: list[Metric]) -> bool:
    """Return whether a number is of a cell without patients: its dash needs no reason."""
    return any(metric.estimate.value == 0 for metric in pick(own, name="patients", group=one.group))


def _cell(name: str, group: str) -> Callable[[Metric], bool]:
    return lambda one: one.name == name and one.group.endswith(f", {group}")
