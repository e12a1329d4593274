"""Features of virtual patients: the signature carries the score, readings agree as their reliability says."""

import numpy as np
import pytest

from LWCTRLogic.simulation.features import (
    FeatureWorld,
    all_columns,
    draw_features,
    draw_readings,
    signature_columns,
)

HOME = "centre 1"


def drawn(world: FeatureWorld, score: np.ndarray, centre: str = HOME, seed: int = 3) -> np.ndarray:
    return np.vstack(list(draw_features(world, score, np.full(len(score), centre), seed)))


@pytest.fixture(scope="module")
def score() -> np.ndarray:
    return np.random.default_rng(4).standard_normal(6000)


@pytest.fixture(scope="module")
def world() -> FeatureWorld:
    extra = tuple(name for name in all_columns() if "glcm_Contrast" in name)
    return FeatureWorld.build((*signature_columns(), *extra))


def test_there_are_27_and_5264_columns():
    assert len(signature_columns()) == 27
    assert len(set(all_columns())) == 5264
    assert set(signature_columns()) < set(all_columns())


def test_a_linear_model_of_the_signature_reaches_the_score_and_no_single_feature_comes_near(world, score):
    values = drawn(world, score)[:, :27]
    fit, *_ = np.linalg.lstsq(np.c_[values, np.ones(len(score))], score, rcond=None)
    assert np.corrcoef(np.c_[values, np.ones(len(score))] @ fit, score)[0, 1] > 0.9999
    single = [abs(np.corrcoef(values[:, k], score)[0, 1]) for k in range(27)]
    assert max(single) < 0.5
    assert min(single) > 0.02


def test_scans_before_treatment_tell_less_than_those_after(world, score):
    values = drawn(world, score)
    pre = [number for number, name in enumerate(world.columns[:27]) if name.startswith("pre")]
    post = [number for number, name in enumerate(world.columns[:27]) if name.startswith("post")]

    def explained(columns: list[int]) -> float:
        fit, *_ = np.linalg.lstsq(values[:, columns], score, rcond=None)
        return float(np.corrcoef(values[:, columns] @ fit, score)[0, 1])

    assert explained(pre) == pytest.approx(0.45, abs=0.04)
    assert explained(post) == pytest.approx(np.sqrt(1 - 0.45**2), abs=0.03)


def test_a_column_is_the_same_whatever_else_is_made(world):
    alone = FeatureWorld.build(world.columns[5:6])
    assert alone.reliability[0] == world.reliability[5]
    assert np.array_equal(alone.loadings[:, 0], world.loadings[:, 5])
    assert np.array_equal(alone.shift("centre 2")[0], world.shift("centre 2")[0][5:6])


def test_another_centre_shifts_features_and_the_first_does_not(world, score):
    home, away = drawn(world, score), drawn(world, score, "centre 2")
    offset, factor = world.shift("centre 2")
    assert away == pytest.approx(home * factor + offset, abs=1e-5)
    assert np.std(offset) == pytest.approx(0.25, abs=0.1)
    assert not world.shift(HOME)[0].any()


def test_readings_agree_as_each_features_reliability_says(world, score):
    values = drawn(world, score)
    ids = [f"p{number}" for number in range(len(values))]
    readings = draw_readings(world, values, ids, seed=9)
    one, again = (
        readings[(readings["reader"] == "reader 1") & (readings["reading"] == number)].iloc[:, 4:].to_numpy()
        for number in (1, 2)
    )
    assert np.array_equal(one, values.astype(float))
    for k in range(27):
        assert np.corrcoef(one[:, k], again[:, k])[0, 1] == pytest.approx(world.reliability[k], abs=0.02)
    assert list(readings["started_from"].unique()) == ["auto", "empty"]


def test_rows_do_not_depend_on_how_many_follow(world, score):
    assert np.array_equal(drawn(world, score)[:2000], drawn(world, score[:2000]))
