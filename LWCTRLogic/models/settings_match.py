"""Features serve a model only when they were extracted with the settings that it was trained with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from LWCTRLogic.errors import InputError

_MOST_SHOWN = 6


def settings_digest(settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 of settings as canonical JSON, as the radiomics engine names them."""
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def check_settings(
    found: Mapping[str, Any],
    found_hash: str,
    expected: Mapping[str, Any],
    expected_hash: str,
    model: str,
    action: str = "Extract again without --settings, or choose the bundle that fits",
) -> None:
    """Refuse features that were extracted with other settings than the model ``model`` was trained with.

    Raises
    ------
    InputError
        Naming each setting that differs, with both values.
    """
    if found_hash == expected_hash:
        return
    differences = setting_differences(found, expected) or ["only the settings' hash"]
    rest = len(differences) - _MOST_SHOWN
    shown = "; ".join(differences[:_MOST_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")
    raise InputError(
        f"the features were extracted with other settings than the model {model} needs: {shown}",
        "the settings that the model was trained with",
        action,
    )


def setting_differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Return ``name is A, the model has B`` for every setting that differs, nested names joined by dots."""
    left, right = _flat(found), _flat(expected)
    names = [*right, *(name for name in left if name not in right)]
    missing = "nothing"
    return [
        f"{name} is {left.get(name, missing)}, the model has {right.get(name, missing)}"
        for name in names
        if left.get(name, missing) != right.get(name, missing)
    ]


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, item in value.items():
        if isinstance(item, Mapping) and item:
            flat.update(_flat(item, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = json.dumps(item)
    return flat
