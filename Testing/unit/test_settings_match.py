"""Settings that differ are named."""

from __future__ import annotations

import json

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.settings_match import check_settings, setting_differences, settings_digest
from LWCTRLogic.radiomics.settings import ExtractionSettings

MODEL = {"setting": {"binWidth": 25, "padDistance": 5}, "imageType": {"LoG": {"sigma": [1, 2]}}}


def test_the_digest_is_the_hash_that_the_engine_gives_its_settings() -> None:
    settings = ExtractionSettings(resampled_spacing=(2.0, 2.0, 2.0))
    assert settings_digest(settings.to_dict()) == settings.hash
    stored = json.loads(json.dumps(settings.to_dict()))
    assert ExtractionSettings.from_dict(stored).hash == settings_digest(stored)


def test_equal_hashes_are_enough() -> None:
    check_settings({}, "a", MODEL, "a", "m")


def test_every_difference_is_named_with_both_values() -> None:
    found = {
        "setting": {"binWidth": 10, "padDistance": 5, "force2D": True},
        "imageType": {"LoG": {"sigma": [1]}},
    }
    assert setting_differences(found, MODEL) == [
        "setting.binWidth is 10, the model has 25",
        "imageType.LoG.sigma is [1], the model has [1, 2]",
        "setting.force2D is true, the model has nothing",
    ]


def test_a_long_list_is_cut_and_counted() -> None:
    found = {"setting": {f"option{number}": number for number in range(10)}}
    with pytest.raises(InputError, match="model demo needs: .*; and 7 more"):
        check_settings(found, "a", MODEL, "b", "demo")
