"""How far a case has come, told from its small files alone: which step is done, which needs attention.

Nothing large is read or hashed here: mask versions are immutable, so that their names in ``manifest.json`` tell
whether the features are those of the masks in use. ``lwctr run`` compares every hash before it skips a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from LWCTRLogic import files
from LWCTRLogic.case import MADE_BY_A_STEP, VOLUMES, Case, CaseInfo
from LWCTRLogic.clinical import ClinicalValue
from LWCTRLogic.errors import LWCTRError
from LWCTRLogic.findings import Finding, read_findings, with_acceptance
from LWCTRLogic.provenance import Manifest
from LWCTRLogic.sentences import Sentence, said

NOTHING = said("")
Word = Literal["todo", "done", "attention"]
STEPS = ("patient", "segment", "correct", "features", "clinical", "result", "report")
_PROPAGATED = "propagated"


@dataclass(frozen=True)
class StepState:
    """``todo``, ``done`` or ``attention``, and why in one sentence."""

    state: Word
    why: Sentence = NOTHING


def open_findings(case: Case, masks: bool | None = None) -> list[Finding]:
    """Return the findings of ``findings.json`` that no reader accepted yet.

    Parameters
    ----------
    case : Case
        The case.
    masks : bool, optional
        Only those about masks, or only the others; all unless given.
    """
    return [one for one in all_findings(case, masks) if not one.accepted]


def all_findings(case: Case, masks: bool | None = None) -> list[Finding]:
    """Return the findings of ``findings.json`` with what readers accepted since it was written."""
    info = case.load_info()
    found = [with_acceptance(info, finding) for finding in read_findings(case)]
    return [one for one in found if masks is None or _about_mask(one) == masks]


def _about_mask(finding: Finding) -> bool:
    return finding.code.startswith("mask-") or finding.code in (
        "phase-volume",
        "phase-overlap",
        "timepoint-volume",
    )


def step_states(case: Case) -> dict[str, StepState]:
    """Return the state of each of ``STEPS``.

    Raises
    ------
    InputError
        When the folder is no case, or one of its small files is damaged.
    """
    info = case.load_info()
    manifest = Manifest(case)
    features = _features(case, info, manifest)
    result = _result(case, info, manifest, features)
    return {
        "patient": _patient(case, info),
        "segment": _segment(case, info),
        "correct": _correct(case, info),
        "features": features,
        "clinical": _clinical(info.clinical),
        "result": result,
        "report": _report(case, manifest, result),
    }


def _patient(case: Case, info: CaseInfo) -> StepState:
    if not info.scans:
        return StepState("todo", said("the case has no scan yet"))
    waiting = [name for name in info.scans if not case.image_path(name).is_file()]
    if waiting:
        return StepState("attention", said("not imported yet: {names}", names=", ".join(waiting)))
    found = open_findings(case, masks=False)
    if found:
        return StepState("attention", said("warnings about the scans: {count}", count=len(found)))
    missing = [name for name in VOLUMES if name not in info.scans]
    if missing:
        return StepState("done", said("without {names}", names=", ".join(missing)))
    return StepState("done", said("all four scans are there"))


def _segment(case: Case, info: CaseInfo) -> StepState:
    missing = [name for name in info.scans if _mask(case, name) is None]
    if not info.scans or len(missing) == len(info.scans):
        return StepState("todo", said("no scan has a liver mask yet"))
    if missing:
        return StepState("attention", said("without a liver mask: {names}", names=", ".join(missing)))
    return StepState("done", said("every scan has a liver mask"))


def _correct(case: Case, info: CaseInfo) -> StepState:
    makers = {name: mask_maker(case, name) for name in info.scans}
    drawn = [name for name, maker in makers.items() if maker]
    if not drawn:
        return StepState("todo", said("no mask to look at yet"))
    review = [name for name in drawn if makers[name] == _PROPAGATED]
    if review:
        return StepState("attention", said("propagated, to be reviewed: {names}", names=", ".join(review)))
    found = open_findings(case, masks=True)
    if found:
        return StepState("attention", said("warnings about masks: {count}", count=len(found)))
    unread = [name for name in drawn if makers[name] in MADE_BY_A_STEP]
    if unread:
        return StepState("todo", said("no reader has saved a mask of {names}", names=", ".join(unread)))
    return StepState("done", said("a reader saved every mask"))


def _features(case: Case, info: CaseInfo, manifest: Manifest) -> StepState:
    if not case.features_path.is_file():
        return StepState("todo", said("no features yet"))
    recorded = _names(manifest.record("extract"), "inputs", "masks/")
    in_use = {_name(case, path) for name in info.scans if (path := _mask(case, name)) is not None}
    if not recorded or recorded != in_use:
        changed = sorted({path.split("/")[1] for path in recorded ^ in_use})
        why = said("made with other masks than those in use: {names}", names=", ".join(changed))
        return StepState("attention", why)
    return StepState("done", said("features of every mask in use"))


def _clinical(values: Mapping[str, ClinicalValue]) -> StepState:
    known = {name for name, value in values.items() if value is not None}
    if not known:
        return StepState("todo", said("no clinical value yet"))
    if "mrecist" not in known:
        return StepState("todo", said("mRECIST is not given"))
    return StepState("done", said("values: {count}", count=len(known)))


def _result(case: Case, info: CaseInfo, manifest: Manifest, features: StepState) -> StepState:
    if not case.prediction_path.is_file():
        return StepState("todo", said("no result yet"))
    record = manifest.record("predict") or {}
    if features.state != "done":
        return StepState("attention", said("the masks or features changed since: run again"))
    if record.get("settings", {}).get("clinical") != dict(info.clinical):
        return StepState("attention", said("the clinical values changed since: run again"))
    if record.get("settings", {}).get("centre", info.centre) != info.centre:
        return StepState("attention", said("the centre of the scans changed since: run again"))
    made = (manifest.record("extract") or {}).get("outputs", {}).get("features.parquet")
    if record.get("inputs", {}).get("features.parquet") != made:
        return StepState("attention", said("the features changed since: run again"))
    return StepState("done", said("scores of what the case holds"))


def _report(case: Case, manifest: Manifest, result: StepState) -> StepState:
    if not (case.folder / "report.html").is_file():
        return StepState("todo", said("no report yet"))
    inputs = (manifest.record("report") or {}).get("inputs", {})
    made = (manifest.record("predict") or {}).get("outputs", {}).get("prediction.json")
    if result.state != "done" or inputs.get("prediction.json") != made:
        return StepState("attention", said("the result changed since: write it again"))
    if any(inputs.get(path.name) != files.sha256(path) for path in _small_inputs(case)):
        return StepState("attention", said("case or findings changed since: write it again"))
    return StepState("done", said("report.html and report.pdf"))


def _small_inputs(case: Case) -> Iterable[Any]:
    return (path for path in (case.info_path, case.findings_path) if path.is_file())


def mask_maker(case: Case, volume: str) -> str:
    """Return who made the mask in use (``auto``, ``reader-1`` …), or empty when there is none."""
    path = _mask(case, volume)
    made = {version.path: version.maker for version in case.mask_versions(volume)}
    return "" if path is None else made.get(path, "")


def _mask(case: Case, volume: str) -> Any:
    try:
        return case.current_mask(volume)
    except LWCTRError:  # named, but not there: as good as none
        return None


def _name(case: Case, path: Any) -> str:
    return str(path.relative_to(case.folder).as_posix())


def _names(record: Mapping[str, Any] | None, part: str, start: str) -> set[str]:
    return {name for name in (record or {}).get(part, {}) if name.startswith(start)}
