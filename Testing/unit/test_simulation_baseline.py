"""Clinical values of virtual patients against the published table, and the logic of the stage."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from LWCTRLogic.clinical import check_clinical
from LWCTRLogic.simulation.baseline import draw_baseline

PUBLISHED = {
    # variable, word: patients of 395
    ("sex", "male"): 344,
    ("etiology", "HBV"): 301,
    ("cirrhosis", "present"): 302,
    ("child_pugh", "B"): 60,
    ("ecog", "1"): 141,
    ("bclc", "C"): 334,
    ("portal_vein_invasion", "present"): 283,
    ("extrahepatic_spread", "present"): 151,
    ("treatment", "ICI + TKI"): 277,
}


@pytest.fixture(scope="module")
def prognosis() -> np.ndarray:
    return np.random.default_rng(1).standard_normal(100_000)


@pytest.fixture(scope="module")
def table(prognosis) -> pd.DataFrame:
    return draw_baseline(prognosis, np.random.default_rng(2))


@pytest.mark.parametrize(("variable", "word"), list(PUBLISHED))
def test_each_share_is_the_published_one_within_a_third_of_its_sampling_error(table, variable, word):
    share = PUBLISHED[variable, word] / 395
    error = np.sqrt(share * (1 - share) / 395)
    assert np.mean(table[variable] == word) == pytest.approx(share, abs=error / 3)


def test_age_size_and_afp_have_the_published_quantiles(table):
    # medians 57, 57, 56 and 8.55, 7.5, 7.0 in the three cohorts; AFP 107, 123 and 165 of 395 patients
    assert np.percentile(table["age"], [25, 50, 75]) == pytest.approx([51, 57, 66], abs=1.5)
    assert np.percentile(table["tumour_diameter"], [25, 50, 75]) == pytest.approx([5.5, 8.2, 11.5], abs=0.4)
    assert np.mean(table["afp"] < 20) == pytest.approx(107 / 395, abs=0.01)
    assert np.mean(table["afp"] > 400) == pytest.approx(165 / 395, abs=0.01)


def test_the_stage_follows_from_invasion_spread_and_performance_status(table):
    advanced = (
        (table["portal_vein_invasion"] == "present")
        | (table["extrahepatic_spread"] == "present")
        | (table["ecog"] == "1")
    )
    assert ((table["bclc"] == "C") == advanced).all()


def test_up_to_seven_follows_from_size_and_number(table):
    within = table[table["up_to_seven"] == "within"]
    assert within["tumour_diameter"].max() <= 6.0
    single_and_small = (table["tumour_number"] == "single") & (table["tumour_diameter"] <= 6.0)
    assert (table.loc[single_and_small, "up_to_seven"] == "within").all()


def test_what_is_worse_goes_with_a_worse_prognosis(table, prognosis):
    for variable, word in (
        ("portal_vein_invasion", "present"),
        ("extrahepatic_spread", "present"),
        ("ecog", "1"),
    ):
        worse = (table[variable] == word).to_numpy()
        gap = prognosis[worse].mean() - prognosis[~worse].mean()
        assert norm.sf(gap / np.sqrt(1 / worse.sum() + 1 / (~worse).sum())) < 1e-6
        assert gap < 0.8


def test_every_value_is_one_that_a_case_accepts(table):
    for row in table.head(50).to_dict("records"):
        assert check_clinical(row) == row
