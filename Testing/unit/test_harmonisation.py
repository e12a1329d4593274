"""ComBat's effects inside a bundle: a patient of a known centre is adjusted, one of another is refused in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.cli import main
from LWCTRLogic.errors import InputError
from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.bundle_files import load_bundle, save_bundle
from LWCTRLogic.models.harmonisation import CentreLines, Harmonisation, lines_of
from LWCTRLogic.models.predict import predict
from LWCTRLogic.training.locked import apply_bundle, as_seen
from Testing.unit.sample_bundle import make_features
from Testing.unit.test_training_locked import NAMES, make_bundle
from Testing.unit.training_cohort import cohort_tables, make_files, write_features

KNOWN = Harmonisation(
    reference="north",
    features=NAMES[:2],
    mean=(5.0, 6.0),
    spread=(2.0, 3.0),
    centres=(
        CentreLines("north", 30, (1.0, 1.0), (0.0, 0.0)),
        CentreLines("south", 20, (0.5, 2.0), (10.0, -1.0)),
    ),
)


def test_the_line_of_a_centre_is_combats_formula() -> None:
    factor, offset = lines_of(np.array([5.0]), np.array([2.0]), np.array([0.75]), np.array([4.0]))
    # by hand: a value of 9 is ((9 - 5) / 2 - 0.75) / 2 · 2 + 5 = 6.25
    assert 9 * factor[0] + offset[0] == pytest.approx(6.25, abs=1e-12)


def test_each_patient_is_adjusted_by_the_line_of_his_centre() -> None:
    frame = pd.DataFrame({NAMES[1]: [1.0, 1.0], NAMES[0]: [4.0, 4.0], "pre_A:other": [7.0, 7.0]})
    adjusted = KNOWN.adjust(frame, np.array(["south", "north"]), "the bundle x")
    assert adjusted[NAMES[0]].tolist() == [12.0, 4.0] and adjusted[NAMES[1]].tolist() == [1.0, 1.0]
    assert adjusted["pre_A:other"].tolist() == [7.0, 7.0] and list(adjusted) == list(frame)
    assert KNOWN.line(NAMES[1], "south") == (2.0, -1.0) and KNOWN.line("pre_A:other", "south") == (1.0, 0.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mean": (1.0,)}, "do not fit together"),
        ({"centres": (KNOWN.centres[0], KNOWN.centres[0])}, "do not fit together"),
        ({"reference": "west"}, "reference centre is 'west'"),
        ({"spread": (0.0, 1.0)}, "0 or less"),
    ],
)
def test_effects_that_make_no_sense_are_refused(changes: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        replace(KNOWN, **changes)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("combat")
    made = replace(make_bundle(make_files(folder / "cohort").cohort), harmonisation=KNOWN)
    save_bundle(made, folder / "made.zip")
    return load_bundle(folder / "made.zip")


def test_a_bundle_keeps_the_effects_and_scores_a_patient_as_it_scores_his_cohort(
    bundle: Bundle, tmp_path: Path
) -> None:
    assert bundle.harmonisation == KNOWN
    cohort = make_files(tmp_path / "other", 40, seed=3).cohort
    scores = apply_bundle(bundle, cohort).scores["LWCTR"]
    plain = apply_bundle(replace(bundle, harmonisation=None), as_seen(bundle, cohort)).scores["LWCTR"]
    np.testing.assert_array_equal(scores, plain)
    for row, centre in ((0, "north"), (1, "south")):
        table = make_features("pre_A", "pre_V", "post_A", "post_V")
        for name in NAMES[:2]:
            volume, column = name.split(":")
            table.loc[volume, column] = cohort.features[name].iloc[row]
        words = {"extrahepatic_spread": cohort.clinical["extrahepatic_spread"].iloc[row]}
        found = predict(bundle, table, words, centre=centre)
        assert found.headline().score == pytest.approx(scores[row], rel=1e-12)
        told = [item.text for item in found.warnings if item.code == "centre-adjusted"]
        assert told == ([] if centre == "north" else [
            "image features are adjusted (ComBat) from 'south' to 'north', and shown so"
        ])  # fmt: skip


def test_a_patient_of_an_unknown_centre_is_refused_in_words(bundle: Bundle, tmp_path: Path) -> None:
    table = make_features("pre_A", "pre_V", "post_A", "post_V")
    with pytest.raises(
        InputError, match=r"does not know 'west'; expected a patient of north, south.*add-centre"
    ):
        predict(bundle, table, {}, centre="west")
    with pytest.raises(InputError, match="does not know ''"):
        predict(bundle, table, {})
    cohort = make_files(tmp_path / "other", 40, seed=3).cohort
    with pytest.raises(InputError, match="does not know ''"):
        apply_bundle(bundle, replace(cohort, centre=None))


def test_a_centre_is_added_from_a_sample_of_its_patients(bundle: Bundle, tmp_path: Path) -> None:
    save_bundle(bundle, tmp_path / "made.zip")
    _, features, _ = cohort_tables(40, seed=11)
    write_features(features, tmp_path / "west.parquet")
    line = ["models", "add-centre", str(tmp_path / "made.zip"), str(tmp_path / "west.parquet")]
    assert main([*line, "--centre", "west", "-o", str(tmp_path / "more.zip")]) == 0
    more = load_bundle(tmp_path / "more.zip")
    assert more.harmonisation.names == ("north", "south", "west") and more.lineage["parent"] == bundle.sha256
    assert "nobody has judged the scores there" in more.limits[-1]
    adjusted = more.harmonisation.adjust(features, np.full(40, "west"), "x")[list(NAMES[:2])]
    # shrinking leaves a little of the shift, in units of the reference's spread
    gap = (adjusted.mean() - KNOWN.mean) / KNOWN.spread
    assert (
        gap.abs() < 0.05 * ((features[list(NAMES[:2])].mean() - KNOWN.mean) / KNOWN.spread).abs() + 0.2
    ).all()
    assert main([*line, "--centre", "south", "-o", str(tmp_path / "no.zip")]) == 3
    write_features(features.iloc[:9], tmp_path / "west.parquet")
    assert main([*line, "--centre", "west", "-o", str(tmp_path / "no.zip")]) == 3
    assert main([*line, "--centre", "west", "-o", str(tmp_path / "made.zip"), "--overwrite"]) == 3
    assert not (tmp_path / "no.zip").exists()
