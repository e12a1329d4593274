"""The drawing of one reading: the mask so far, its autosave, and the versions saved from it.

Made by :mod:`LWCTRLogic.reading.session`, which opens readings and finds them again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

import filelock
import SimpleITK as sitk

from LWCTRLogic.case import MADE_BY_A_STEP, Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.imaging.masks import read_mask, write_mask
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.provenance import log
from LWCTRLogic.reading import state as states
from LWCTRLogic.reading.active_time import ActiveTime
from LWCTRLogic.reading.state import ReadingState, autosave_of, rows_of
from LWCTRLogic.segment.propagate import MAKER as PROPAGATED
from LWCTRLogic.segment.quality import check_mask, check_size
from LWCTRLogic.segment.step import save_mask


@dataclass(frozen=True)
class SavedVersion:
    """A version just saved.

    Attributes
    ----------
    path : Path
        The file.
    findings : list of Finding
        What the quality checks noticed.
    in_use : bool
        Whether it became the mask that features are computed from.
    """

    path: Path
    findings: list[Finding]
    in_use: bool


class Reading:
    """An open reading. May be used from any thread; made by ``open_reading`` and ``resume_reading``."""

    def __init__(
        self, case: Case, state: ReadingState, lock: filelock.BaseFileLock, time: ActiveTime
    ) -> None:
        self.case = case
        self.time = time
        self._state = state
        self._lock = lock
        self._folder = states.folder_of(case, state.volume, state.reader)
        self._guard = threading.RLock()

    @property
    def state(self) -> ReadingState:
        """Who reads what; ``active_seconds`` are those of now."""
        return replace(self._state, active_seconds=round(self.time.seconds, 1))

    @property
    def autosave_path(self) -> Path | None:
        """The mask of work that no version holds, if there is one."""
        return autosave_of(self._folder)

    def touch(self) -> None:
        """Note a sign of work, for the active time."""
        self.time.touch()

    def last_version(self) -> Path | None:
        """Return the newest version saved in this reading."""
        rows = rows_of(self.case, self._state.volume, self._state.reader, self._state.reading)
        folder = self.case.mask_folder(self._state.volume)
        return folder / rows[-1]["version"] if rows else None

    def mask(self) -> sitk.Image:
        """Return the mask to go on with: the autosave, else the last saved version, else the start.

        uint8 on the image's grid, 0 outside and 1 inside.
        """
        path = self.autosave_path or self.last_version()
        if path is None and self._state.start_version:
            path = self.case.mask_folder(self._state.volume) / self._state.start_version
        if path is not None:
            return read_mask(path)
        image = read_image(self.case.image_path(self._state.volume))
        empty = sitk.Image(image.GetSize(), sitk.sitkUInt8)
        empty.CopyInformation(image)
        return empty

    def check(self, mask: sitk.Image) -> list[Finding]:
        """Check a mask as :meth:`save_version` will.

        Raises
        ------
        InputError
            When it is empty or tiny.
        GeometryError
            When it lies on another grid than the image.
        """
        image = read_image(self.case.image_path(self._state.volume))
        return check_mask(mask, image, self._state.volume)

    def autosave(self, mask: sitk.Image) -> Path:
        """Keep a mask that is not a version yet, empty ones too, and the active time.

        Raises
        ------
        InputError
            When the case is not there any more.
        """
        with self._guard:
            self._refuse_gone()
            path = self._folder / states.AUTOSAVE
            write_mask(mask, path)
            states.write_state(self._folder, self.state)
            return path

    def save_version(
        self, mask: sitk.Image, *, in_use: bool | None = None, thorough: bool = True
    ) -> SavedVersion:
        """Save a mask as the next immutable version, with one row in ``readings.csv``.

        Parameters
        ----------
        mask : SimpleITK.Image
            On the image's grid; anything but 0 is inside.
        in_use : bool, optional
            Whether it becomes the mask that features are computed from. Unless given, it does so when a step
            made the mask in use, or this very reading: a second reading never replaces the first unasked.
        thorough : bool
            Whether to make every check, which takes seconds on a large scan. Without, only what is refused is
            looked for, and the findings are empty: ``lwctr check`` gives them in a process of its own.

        Raises
        ------
        InputError
            When the mask is empty or tiny; nothing is saved then, an autosave stays.
        GeometryError
            When it lies on another grid.
        """
        with self._guard:
            findings = self.check(mask) if thorough else self._check_refusals(mask)
            use = self.takes_over() if in_use is None else in_use
            own = self.state
            path = save_mask(
                self.case,
                own.volume,
                mask,
                own.reader,
                start=own.start,
                active_seconds=own.active_seconds,
                reading=own.reading,
                in_use=use,
            )
            self.time.restart()
            states.write_state(self._folder, self.state)
            (self._folder / states.AUTOSAVE).unlink(missing_ok=True)
            self._log("saved", version=path.name, in_use=use, active_seconds=own.active_seconds)
            return SavedVersion(path, findings, use)

    def _check_refusals(self, mask: sitk.Image) -> list[Finding]:
        self._refuse_gone()
        header = sitk.ImageFileReader()
        header.SetFileName(str(self.case.image_path(self._state.volume)))
        header.ReadImageInformation()
        check_same_grid(header, mask)
        check_size(mask, self._state.volume)
        return []

    def _refuse_gone(self) -> None:
        """Refuse to write where the case was: a folder that is moved or unmounted must not be made anew."""
        for path in (self.case.info_path, self.case.image_path(self._state.volume)):
            if not path.is_file():
                raise InputError(
                    f"{path} is not there", "the case of the open reading", "Bring it back first"
                )

    def takes_over(self) -> bool:
        """Whether a version saved now becomes the mask in use, unless it is asked otherwise.

        So it is while a step made that mask, or this very reading: a second reader or a repeat replaces none.
        """
        current = self.case.current_mask(self._state.volume)
        if current is None:
            return True
        makers = {version.path: version.maker for version in self.case.mask_versions(self._state.volume)}
        if makers.get(current) in (*MADE_BY_A_STEP, PROPAGATED):
            return True
        own = rows_of(self.case, self._state.volume, self._state.reader, self._state.reading)
        return current.name in {row["version"] for row in own}

    def discard_autosave(self) -> None:
        """Throw away the work since the last saved version, as the reader wished."""
        with self._guard:
            (self._folder / states.AUTOSAVE).unlink(missing_ok=True)
            self._log("autosave-discarded")

    def close(self) -> None:
        """Close the reading: what was hidden may be seen again.

        Raises
        ------
        InputError
            When there is an autosave that no version holds: save or discard it first.
        """
        with self._guard:
            if self.autosave_path is not None:
                raise InputError(
                    f"the reading of {self._state.volume} has work that is not saved",
                    "a saved version",
                    "Save it, or discard it",
                )
            self._lock.release()
            states.remove(self._folder)
            self._log("closed")

    def leave(self) -> None:
        """Let go of the reading without closing it, as when the program ends: it can be resumed."""
        with self._guard:
            try:
                states.write_state(self._folder, self.state)
            finally:
                self._lock.release()

    def note_orphan(self) -> None:
        """Give a version its row that was written when the program died before it noted so."""
        noted = {row["version"] for row in self.case.readings()}
        for version in self.case.mask_versions(self._state.volume):
            if version.maker == self._state.reader and version.path.name not in noted:
                if self.takes_over():
                    self.case.set_current_mask(self._state.volume, version.path)
                with self.case.changing_masks():
                    self.case.add_reading({**vars(self._state), "version": version.path.name})
                self.time.restart()

    def _log(self, event: str, **fields: object) -> None:
        own = {name: getattr(self._state, name) for name in ("volume", "reader", "reading")}
        log(self.case, f"reading-{event}", **own, **fields)
