"""What a reader may see: while a reading is open, no score, no outcome and no other reader's mask."""

from __future__ import annotations

from LWCTRLogic.case import Case, MaskVersion
from LWCTRLogic.reading.state import ReadingState, read_states


def is_blinded(case: Case, reader: str | None = None) -> bool:
    """Whether scores, outcomes and other masks must be hidden now.

    That is so from the opening of a reading until it is closed, over a crash or a restart too.

    Parameters
    ----------
    case : Case
        The case on the screen.
    reader : str, optional
        Who looks; without it the open reading of anybody counts.
    """
    return any(reader is None or state.reader == reader for _, state in read_states(case))


def visible_versions(case: Case, volume: str, state: ReadingState) -> list[MaskVersion]:
    """Return the mask versions of ``volume`` that the reader of an open reading may see, oldest first.

    Those are the reader's own versions of the same reading number (not of an earlier one: a repeat reading is
    blind to the first), and the mask that this reading started from. A reading that started empty does not
    show the automatic proposal either.
    """
    own = {
        row["version"]
        for row in case.readings()
        if (row["volume"], row["reader"], row["reading"]) == (volume, state.reader, str(state.reading))
    }
    if volume == state.volume and state.start_version:
        own.add(state.start_version)
    return [version for version in case.mask_versions(volume) if version.path.name in own]
