"""All steps of one case, in order: import, check, segment, check masks, extract, predict, report.

Each step reads files and writes files (see :mod:`LWCTRLogic.case`); :mod:`LWCTRLogic.provenance` decides
which must run. ``lwctr run`` is :func:`run_case`; the panel and ``lwctr batch`` start that command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from LWCTRLogic import files
from LWCTRLogic.case import MADE_BY_A_STEP, Case
from LWCTRLogic.errors import InputError, LWCTRError, UsageError
from LWCTRLogic.findings import Finding, read_findings, told, write_findings
from LWCTRLogic.progress import Progress
from LWCTRLogic.provenance import Manifest, Step, log

if TYPE_CHECKING:
    from LWCTRLogic.radiomics.settings import ExtractionSettings
    from LWCTRLogic.segment.backend import SegmentationBackend

AUTO = "auto"
STEPS = ("import", "segment", "check", "extract", "predict", "report")


@dataclass(frozen=True)
class RunOptions:
    """What a user may choose for a run.

    Attributes
    ----------
    model : str
        Segmentation model: a bundled or installed name, a folder, or ``totalsegmentator``.
    device : str
        ``auto``, ``cpu`` or ``cuda``.
    bundle : Path or None
        Model bundle for the prediction; ``None`` is the bundled demonstration model.
    settings : Path or None
        Extraction settings; ``None`` takes those that the bundle was trained with.
    backend : str
        Feature backend: ``native`` or ``pyradiomics``.
    threads : int
        Threads of this run; it changes no result.
    until : str
        Last step to run, one of ``STEPS``.
    force : bool
        Run every step again, also those that are up to date. Readers' masks are kept.
    accepted : dict of str to str
        Warnings accepted now: ``code`` or ``volume:code`` → reason.
    """

    model: str = "liver-phantom-nnunet"
    device: str = "auto"
    bundle: Path | None = None
    settings: Path | None = None
    backend: str = "native"
    threads: int = 1
    until: str = "report"
    force: bool = False
    accepted: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """What a run did: steps that ran, steps that were up to date, and what was noticed."""

    ran: tuple[str, ...]
    skipped: tuple[str, ...]
    findings: tuple[Finding, ...]


@contextmanager
def locked(case: Case) -> Iterator[None]:
    """Keep a second run off the same case; the system frees the lock however the first one ends.

    A change of scans that was interrupted is finished first.

    Raises
    ------
    InputError
        When another run holds the case, or there is none.
    LWCTRError
        When the folder cannot be written.
    """
    from LWCTRLogic.scan_change import finish_change

    if not case.info_path.exists():
        case.load_info()  # refuses; a lock would make the folder of a misspelt name
    lock = filelock.FileLock(case.folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise InputError(
            f"another run is working on {case.folder}",
            "a case that nobody else runs",
            "Wait for it or cancel it",
        ) from None
    except OSError as error:
        raise LWCTRError(
            f"{case.folder} cannot be written ({error.strerror or error})",
            "a case folder that can be written, with free space",
            "Free some space, or copy the case to another place",
        ) from error
    try:
        finish_change(case)
        yield
    finally:
        lock.release()


def run_case(case: Case, options: RunOptions, progress: Progress) -> RunResult:
    """Run every step of ``case`` that is not up to date.

    Raises
    ------
    InputError
        When the case, its scans or its masks are refused; what was finished before stays.
    DependencyError
        When a backend that was asked for is not installed.
    Cancelled
        When the user stopped; the case can be run again and goes on where it stopped.
    """
    if options.until not in STEPS:
        raise UsageError(f"unknown step {options.until!r}", "one of " + ", ".join(STEPS))
    with locked(case):
        if STEPS.index(options.until) >= STEPS.index("extract"):
            _check_options(options)  # before hours of work, not after
        accept(case, options.accepted)
        return _Run(case, options, progress).go()


def _check_options(options: RunOptions) -> None:
    """Refuse a bundle, settings or a feature backend that the later steps cannot use."""
    from LWCTRLogic.models.bundle_files import load_bundle
    from LWCTRLogic.radiomics.backend import make_backend
    from LWCTRLogic.radiomics.pyradiomics_yaml import read_settings

    load_bundle(options.bundle)
    make_backend(options.backend)
    if options.settings is not None:
        read_settings(options.settings)


def accept(case: Case, accepted: dict[str, str]) -> None:
    """Write a reader's acceptance of warnings, with the reason, into ``case.json``.

    Raises
    ------
    InputError
        When a volume is unknown or the reason is empty.
    """
    if not accepted:
        return
    info = case.load_info()
    for key, reason in accepted.items():
        if not reason.strip():
            raise InputError(f"no reason given for accepting {key}", "a reason in words")
        volume, _, code = key.rpartition(":")
        if not volume:
            info = replace(info, accepted={**info.accepted, code: reason})
        elif volume in info.scans:
            scan = info.scans[volume]
            scan = replace(scan, accepted={**scan.accepted, code: reason})
            info = replace(info, scans={**info.scans, volume: scan})
        else:
            raise InputError(f"{key} names volume {volume!r}", "one of " + ", ".join(info.scans))
    case.save_info(info)


class _Run:
    """One run of one case."""

    def __init__(self, case: Case, options: RunOptions, progress: Progress) -> None:
        self.case = case
        self.options = options
        self.progress = progress
        self.manifest = Manifest(case)
        self.ran: list[str] = []
        self.skipped: list[str] = []

    def go(self) -> RunResult:
        steps = {
            "import": self.import_scans,
            "segment": self.segment,
            "check": self.check,
            "extract": self.extract,
            "predict": self.predict,
            "report": self.report,
        }
        for name in STEPS[: STEPS.index(self.options.until) + 1]:
            self.progress.check_cancelled()
            steps[name]()
        return RunResult(tuple(self.ran), tuple(self.skipped), tuple(read_findings(self.case)))

    def _do(self, step: Step) -> None:
        ran = self.manifest.run(step, force=self.options.force)
        (self.ran if ran else self.skipped).append(step.name)

    # ---- import ------------------------------------------------------------------------------------------
    def import_scans(self) -> None:
        from LWCTRLogic.dicom.importing import import_case
        from LWCTRLogic.dicom.validate import check_days

        if not self.case.volumes():
            raise InputError(
                f"{self.case.info_path} names no scan",
                "at least one scan",
                "Run 'lwctr scan FOLDER --case CASE'",
            )
        imported = import_case(self.case, self.progress)
        for volume in imported:
            log(self.case, "finished", step=f"import:{volume}")
        self.ran += [f"import:{volume}" for volume in imported]
        check_days(self.case.load_info())  # before hours of work, not after
        self._refuse_twins()

    def _refuse_twins(self) -> None:
        """Refuse two volumes whose files are equal; the check step compares the voxels themselves."""
        seen: dict[str, str] = {}
        for volume in self.case.volumes():
            other = seen.setdefault(files.sha256(self.case.image_path(volume)), volume)
            if other != volume:
                raise InputError(
                    f"{volume} and {other} are the same scan, byte for byte",
                    "a scan of its own for each volume",
                    "Choose another scan for one of them (lwctr assign), or correct the sources in case.json",
                )

    # ---- segment -----------------------------------------------------------------------------------------
    def segment(self) -> None:
        backend: SegmentationBackend | None = None
        for volume in self.case.volumes():
            given = self.case.load_info().scans[volume].mask
            if given:
                self._take_mask(volume)
            elif self._has_reader_mask(volume):
                self.skipped.append(f"segment:{volume}")
            else:
                backend = backend or self._segmentation_backend()
                self._segment_volume(volume, backend)

    def _segmentation_backend(self) -> SegmentationBackend:
        from LWCTRLogic.segment.backend import make_backend

        options = self.options
        return make_backend(options.model, device=options.device, log_folder=self.case.folder)

    def _take_mask(self, volume: str) -> None:
        """Take over a mask made elsewhere; its path is then forgotten, as it may hold a name."""
        from LWCTRLogic.segment.existing import ExistingMaskBackend

        path = self.case.folder / self.case.load_info().scans[volume].mask
        if not path.is_file():
            raise InputError(
                f"{volume}: the mask {path} {'is a folder' if path.is_dir() else 'does not exist'}",
                "a mask file (.seg.nrrd, .nii.gz or DICOM SEG)",
                "Correct the mask in case.json, or empty it to have the liver segmented",
            )
        try:
            self._segment_volume(volume, ExistingMaskBackend(path))
        except InputError as error:
            found = error.found if f" of {volume} " in error.found else f"{volume}: {error.found}"
            raise type(error)(found, error.expected, error.action) from error
        self.case.update_scan(volume, mask="")

    def _segment_volume(self, volume: str, backend: SegmentationBackend) -> None:
        from LWCTRLogic.segment.step import segment_step

        step = segment_step(self.case, volume, backend, self.progress)
        if self.options.force or not self.manifest.is_current(step):
            self._drop_unfinished_mask(volume)
        self._do(step)

    def _has_reader_mask(self, volume: str) -> bool:
        """Whether the mask in use was made or corrected by a person; such a mask is never replaced."""
        current = self.case.current_mask(volume)
        makers = {version.path: version.maker for version in self.case.mask_versions(volume)}
        return current is not None and makers.get(current) != AUTO

    def _drop_unfinished_mask(self, volume: str) -> None:
        """Remove a mask whose step never finished, so that a rerun ends as if undisturbed."""
        versions = self.case.mask_versions(volume)
        record = self.manifest.record(f"segment:{volume}") or {}
        if not versions or versions[-1].maker not in MADE_BY_A_STEP:
            return
        newest = versions[-1].path
        if newest.relative_to(self.case.folder).as_posix() not in record.get("outputs", {}):
            self.case.drop_mask(versions[-1])

    # ---- check -------------------------------------------------------------------------------------------
    def check(self) -> None:
        from LWCTRLogic.dicom.validate import check_case
        from LWCTRLogic.segment.step import check_case_masks

        def run() -> list[Path]:
            found = [*check_case(self.case), *check_case_masks(self.case, progress=self.progress)]
            write_findings(self.case, found)
            return [self.case.findings_path]

        self._do(Step("check", (self.case.info_path, *self._images(), *self._masks()), {}, run))
        for finding in read_findings(self.case):
            if not finding.accepted:
                self.progress.warning(told(finding))

    def _images(self) -> list[Path]:
        return [self.case.image_path(volume) for volume in self.case.volumes()]

    def _masks(self) -> list[Path]:
        found = (self.case.current_mask(volume) for volume in self.case.volumes())
        return [path for path in found if path is not None]

    # ---- features, score, report -------------------------------------------------------------------------
    def extract(self) -> None:
        from LWCTRLogic.radiomics.backend import make_backend
        from LWCTRLogic.radiomics.step import extract_case

        backend = make_backend(self.options.backend)
        settings = self._settings()

        def run() -> list[Path]:
            extract_case(self.case, settings, backend, self.progress, threads=self.options.threads)
            return [self.case.features_path, self.case.folder / "features.csv"]

        described = {**settings.to_dict(), "backend": backend.name, "version": backend.version}
        self._do(Step("extract", (*self._images(), *self._masks()), described, run))

    def _settings(self) -> ExtractionSettings:
        from LWCTRLogic.models.bundle_files import load_bundle
        from LWCTRLogic.radiomics.pyradiomics_yaml import read_settings
        from LWCTRLogic.radiomics.settings import ExtractionSettings

        if self.options.settings is not None:
            return read_settings(self.options.settings)
        return ExtractionSettings.from_dict(load_bundle(self.options.bundle).settings)

    def predict(self) -> None:
        from LWCTRLogic.models.bundle_files import load_bundle
        from LWCTRLogic.models.predict import predict_case

        info, bundle = self.case.load_info(), load_bundle(self.options.bundle)
        described = {"clinical": dict(info.clinical), "case_id": info.case_id, "bundle": bundle.sha256}
        if bundle.harmonisation is not None:
            described["centre"] = info.centre
        self._do(
            Step(
                "predict",
                (self.case.features_path,),
                described,
                lambda: [predict_case(self.case, self.options.bundle, self.progress)],
            )
        )

    def report(self) -> None:
        from LWCTRLogic.report.build import write_report

        inputs = (
            self.case.info_path,
            *self._images(),
            *self._masks(),
            self.case.findings_path,
            self.case.features_path,
            self.case.prediction_path,
        )
        self._do(
            Step(
                "report",
                inputs,
                {},
                lambda: write_report(self.case, self.progress, read_findings(self.case)),
            )
        )
