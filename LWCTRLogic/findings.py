"""Findings: what a check noticed, in words, without stopping the run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from LWCTRLogic import files
from LWCTRLogic.case import Case, CaseInfo


@dataclass(frozen=True)
class Finding:
    """Something to know before trusting a result.

    Attributes
    ----------
    code : str
        A stable short name (``mask-pieces``, ``window-baseline`` …) by which a reader accepts it.
    text : str
        What was found, with numbers and units, and what was expected, in one sentence.
    volume : str
        The volume concerned (``pre_A`` …), or empty when it concerns the whole case.
    accepted : str
        The reader's reason for accepting it; empty while nobody has.
    """

    code: str
    text: str
    volume: str = ""
    accepted: str = ""


def told(finding: Finding) -> str:
    """Return the finding as one line: where, what, and by which word it can be accepted."""
    key = f"{finding.volume}:{finding.code}" if finding.volume else finding.code
    return f"{finding.text} [{key}]"


def with_acceptance(info: CaseInfo, finding: Finding) -> Finding:
    """Return ``finding`` with the reason for which a reader accepted it in ``case.json``, if one did."""
    scan = info.scans.get(finding.volume)
    reasons = info.accepted if scan is None else scan.accepted
    return replace(finding, accepted=finding.accepted or reasons.get(finding.code, ""))


def write_findings(case: Case, findings: Iterable[Finding]) -> None:
    """Write ``findings.json``: each finding once, in the order found, with what a reader accepted."""
    info = case.load_info()
    unique = dict.fromkeys(with_acceptance(info, finding) for finding in findings)
    value = {"schema_version": 1, "findings": [asdict(finding) for finding in unique]}
    files.write_json(case.findings_path, value)


def read_findings(case: Case) -> list[Finding]:
    """Read ``findings.json``; a case that was not checked yet has none."""
    if not case.findings_path.exists():
        return []
    return [Finding(**finding) for finding in files.read_json(case.findings_path)["findings"]]
