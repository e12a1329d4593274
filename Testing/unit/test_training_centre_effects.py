"""ComBat against R's sva, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from LWCTRLogic.errors import InputError
from LWCTRLogic.training.combat import Centres, ComBat, centre_effects

R = Path(__file__).resolve().parents[1] / "contract" / "r_reference"


def table() -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(R / "tables" / "centres.csv")
    return frame.drop(columns="centre").to_numpy(dtype=float), frame["centre"].to_numpy(dtype=np.str_)


def as_stage() -> tuple[ComBat, pd.DataFrame]:
    x, centre = table()
    names = [f"pre_A:f{column}" for column in range(x.shape[1])]
    frame = pd.DataFrame(x, columns=names, index=[f"p{row}" for row in range(len(x))])
    frame.insert(3, "age", 60.0)
    return ComBat(Centres(dict(zip(frame.index, centre, strict=True)))), frame


def test_the_adjusted_values_are_those_of_sva() -> None:
    x, centre = table()
    expected = np.array(json.loads((R / "numbers" / "combat.json").read_text())["adjusted"])
    found = centre_effects(x, centre).adjust(x, centre)
    # sva stops at a relative change of 1e-4, and at once where a shift is negative; here it is 1e-9.
    assert (np.abs(found - expected) < 2e-4 * x.std(axis=0)).all()


def test_the_means_of_centres_come_together_and_clinical_values_pass() -> None:
    stage, frame = as_stage()
    adjusted = stage.fit(frame).transform(frame)
    assert list(adjusted.columns) == list(frame.columns)
    pd.testing.assert_series_equal(adjusted["age"], frame["age"])
    centre = table()[1]
    spread = [item["pre_A:f4"].groupby(centre).mean().std() for item in (frame, adjusted)]
    assert spread[1] < 0.2 * spread[0]
    assert clone(stage).centres is stage.centres and stage.get_support().all()


def test_a_patient_of_an_unseen_centre_is_refused() -> None:
    stage, frame = as_stage()
    seen = table()[1] != "west"
    stage.fit(frame[seen])
    stage.transform(frame[seen])
    with pytest.raises(InputError, match="has not seen the centre 'west'.*east, north.*reference sample"):
        stage.transform(frame)


def test_one_centre_and_a_centre_of_two_patients_are_refused() -> None:
    x, centre = table()
    with pytest.raises(InputError, match="two centres"):
        centre_effects(x[:20], centre[:20])
    with pytest.raises(InputError, match="north 2"):
        centre_effects(x[:27], centre[:27])
    with pytest.raises(InputError, match="ComBat without centres"):
        ComBat().fit(as_stage()[1])


def test_a_feature_that_varies_nowhere_is_left_where_it_is() -> None:
    x, centre = table()
    x = np.column_stack([x, np.full(len(x), 4.0)])
    adjusted = centre_effects(x, centre).adjust(x, centre)
    np.testing.assert_allclose(adjusted[:, -1], 4.0)
    np.testing.assert_allclose(adjusted[:, :-1], centre_effects(x[:, :-1], centre).adjust(x[:, :-1], centre))


def test_with_a_reference_centre_the_values_are_those_of_sva_and_its_own_patients_stay() -> None:
    x, centre = table()
    expected = np.array(json.loads((R / "numbers" / "combat.json").read_text())["to_east"])
    found = centre_effects(x, centre, "east").adjust(x, centre)
    assert (np.abs(found - expected) < 2e-4 * x[centre == "east"].std(axis=0)).all()
    np.testing.assert_allclose(found[centre == "east"], x[centre == "east"], rtol=1e-12)
    with pytest.raises(InputError, match="reference centre 'south' has no patients; expected one of east"):
        centre_effects(x, centre, "south")


def test_models_that_see_some_features_share_the_effects_that_all_features_tell() -> None:
    whole, frame = as_stage()
    some = frame[["pre_A:f4", "pre_A:f1", "age"]]
    images = frame.drop(columns="age")
    shared = ComBat(Centres(whole.centres.of, "east", images)).fit(some).transform(some)
    effects = centre_effects(images.to_numpy(), table()[1], "east")
    expected = effects.adjust(images.to_numpy(), table()[1])
    np.testing.assert_allclose(shared["pre_A:f4"], expected[:, 4])
    np.testing.assert_allclose(shared["pre_A:f1"], expected[:, 1])
    alone = ComBat(Centres(whole.centres.of, "east")).fit(some).transform(some)
    assert not np.allclose(alone["pre_A:f4"], expected[:, 4], rtol=1e-6)
