"""The one tree of errors: each says what was found, what was expected and what to do."""

from __future__ import annotations


class LWCTRError(Exception):
    """Base of every error that a user may see.

    Parameters
    ----------
    found : str
        What was found, with numbers and names.
    expected : str, optional
        What was expected instead.
    action : str, optional
        What the user can do about it.
    """

    exit_code = 1

    def __init__(self, found: str, expected: str = "", action: str = "") -> None:
        self.found = found
        self.expected = expected
        self.action = action
        super().__init__(self.one_line())

    def one_line(self) -> str:
        """Return the whole message as one line."""
        parts = [self.found]
        if self.expected:
            parts.append(f"expected {self.expected}")
        text = "; ".join(part.rstrip(". ") for part in parts)
        if self.action:
            text = f"{text}. {self.action.rstrip('. ')}"
        return " ".join(f"{text}.".split())

    def __reduce__(self) -> tuple[type[LWCTRError], tuple[str, str, str]]:
        """Keep the three parts when the error crosses a process border."""
        return type(self), (self.found, self.expected, self.action)


class UsageError(LWCTRError):
    """The command line was not understood (exit code 2)."""

    exit_code = 2


class InputError(LWCTRError):
    """The input was refused (exit code 3)."""

    exit_code = 3


class GeometryError(InputError):
    """Image and mask, or two images, do not lie on the same grid."""


class DependencyError(LWCTRError):
    """Something that this step needs is not installed (exit code 4)."""

    exit_code = 4


class BackendError(LWCTRError):
    """A backend (segmentation, features) failed although its input was accepted."""


class Cancelled(LWCTRError):  # noqa: N818 - the user's wish is no error
    """The user stopped the run (exit code 130)."""

    exit_code = 130

    def __init__(self, found: str = "cancelled by the user", expected: str = "", action: str = "") -> None:
        super().__init__(found, expected, action)
