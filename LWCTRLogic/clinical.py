"""Clinical variables of the method: their words, units and ranges.

A case keeps clinical values in words ("present", "absent") or in numbers with a unit. A model bundle maps
words to codes, since the published coding differs between variables.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from LWCTRLogic.errors import InputError

ClinicalValue = str | float | None


@dataclass(frozen=True)
class ClinicalVariable:
    """One clinical variable: either words (``choices``) or a number between ``low`` and ``high``."""

    name: str
    label: str
    choices: tuple[str, ...] = ()
    unit: str = ""
    low: float = 0.0
    high: float = 0.0

    def check(self, value: Any) -> ClinicalValue:
        """Return ``value`` in its canonical form; ``None`` and an empty cell mean unknown.

        Raises
        ------
        InputError
            When the value is not one of the words, not a number, or out of range.
        """
        if value is None or value == "" or value != value:  # NaN differs from itself
            return None
        if self.choices:
            return self._check_word(value)
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not self.low <= number <= self.high:
            raise InputError(
                f"{self.label} ({self.name}) is {value!r}",
                f"a number from {self.low:g} to {self.high:g} {self.unit}".rstrip(),
                "Correct the value or leave it empty if it is unknown",
            )
        return number

    def _check_word(self, value: Any) -> str:
        text = str(value).strip().lower()
        for choice in self.choices:
            if text == choice.lower():
                return choice
        raise InputError(
            f"{self.label} ({self.name}) is {value!r}",
            "one of " + ", ".join(self.choices),
            "Codes differ between studies, so the word is needed; leave it empty if it is unknown",
        )


_YES_NO = ("present", "absent")

VARIABLES: dict[str, ClinicalVariable] = {
    variable.name: variable
    for variable in (
        ClinicalVariable("age", "Age", unit="years", low=18, high=110),
        ClinicalVariable("sex", "Sex", ("male", "female")),
        ClinicalVariable("etiology", "Etiology", ("HBV", "HCV", "alcohol", "other")),
        ClinicalVariable("cirrhosis", "Cirrhosis", _YES_NO),
        ClinicalVariable("child_pugh", "Child–Pugh class", ("A", "B")),
        ClinicalVariable("ecog", "ECOG performance status", ("0", "1")),
        ClinicalVariable("bclc", "BCLC stage", ("B", "C")),
        ClinicalVariable("afp", "Alpha-fetoprotein", unit="ng/mL", low=0, high=1e7),
        ClinicalVariable("up_to_seven", "Up-to-seven criteria", ("within", "beyond")),
        ClinicalVariable("tumour_diameter", "Largest tumour diameter", unit="cm", low=0.1, high=40),
        ClinicalVariable("tumour_number", "Tumour number", ("single", "multiple")),
        ClinicalVariable("portal_vein_invasion", "Macroscopic portal vein invasion", _YES_NO),
        ClinicalVariable("extrahepatic_spread", "Extrahepatic spread", _YES_NO),
        ClinicalVariable("treatment", "Treatment", ("ICI + TKI", "ICI + anti-VEGF", "ICI + anti-VEGF + TKI")),
        ClinicalVariable("mrecist", "mRECIST at the follow-up scan", ("CR", "PR", "SD", "PD")),
    )
}


def check_clinical(values: dict[str, Any]) -> dict[str, ClinicalValue]:
    """Check clinical values by name; unknown names are refused with the nearest known one.

    Raises
    ------
    InputError
        For an unknown name or a value out of range.
    """
    checked = {}
    for name, value in values.items():
        if name not in VARIABLES:
            near = difflib.get_close_matches(name, VARIABLES, n=1)
            hint = f"Did you mean {near[0]}?" if near else "Known: " + ", ".join(VARIABLES)
            raise InputError(f"unknown clinical variable {name!r}", "a known name", hint)
        checked[name] = VARIABLES[name].check(value)
    return checked
