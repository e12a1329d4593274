"""What a bundle asks for and says of itself, for forms and people: no weights, no ranges."""

from __future__ import annotations

from typing import Any

from LWCTRLogic.clinical import VARIABLES, ClinicalVariable
from LWCTRLogic.models.bundle import MRECIST, Bundle


def describe_bundle(bundle: Bundle) -> dict[str, Any]:
    """Return the bundle's words and the clinical values that it uses, as JSON values.

    Each entry of ``clinical`` has ``name``, ``label``, ``unit``, ``low`` and ``high`` (of a number) or
    ``choices`` (pairs of a word and the code that this bundle gives it, ``None`` where training never saw the
    word), and ``models``: the models that need it. ``centres`` are those whose patients it can score; empty for one
    that does not ask.
    """
    return {
        "name": bundle.name,
        "version": bundle.version,
        "title": bundle.title,
        "demonstration": bundle.demonstration,
        "notice": bundle.notice,
        "intended_use": bundle.intended_use,
        "trained_on": bundle.trained_on,
        "limits": list(bundle.limits),
        "models": [model.name for model in bundle.classifiers],
        "settings_hash": bundle.settings_hash,
        "centres": [] if bundle.harmonisation is None else list(bundle.harmonisation.names),
        "clinical": [_variable(VARIABLES[name], used) for name, used in _used(bundle).items()],
    }


def _used(bundle: Bundle) -> dict[str, tuple[dict[str, float], list[str]]]:
    """Return the coding and the models of each clinical variable, in the order of ``VARIABLES``."""
    found: dict[str, tuple[dict[str, float], list[str]]] = {}
    for model in bundle.classifiers:
        for feature in model.features:
            if not feature.volume:
                found.setdefault(feature.name, (dict(feature.coding), []))[1].append(model.name)
    for cox in bundle.cox:
        for term in cox.terms:
            if term.name == MRECIST:
                found.setdefault(MRECIST, (dict(term.coding), []))[1].append(f"{cox.name} ({cox.endpoint})")
    return {name: found[name] for name in VARIABLES if name in found}


def _variable(variable: ClinicalVariable, used: tuple[dict[str, float], list[str]]) -> dict[str, Any]:
    coding, models = used
    words: dict[str, Any] = (
        {"choices": [[word, coding.get(word)] for word in variable.choices]}
        if variable.choices
        else {"unit": variable.unit, "low": variable.low, "high": variable.high}
    )
    return {"name": variable.name, "label": variable.label, "models": models, **words}
