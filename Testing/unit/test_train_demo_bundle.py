"""The tool that fits the demonstration bundle: what its tables say of locked models."""

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.models.cohort_data import TrainingCohort
from LWCTRLogic.training.locked import Locked, apply_bundle
from tools.train_demo_bundle import CARD, external_survival, external_table, share, with_section

N = 40
WORDS = {"portal_vein_invasion": "present", "extrahepatic_spread": "absent"}


@pytest.fixture(scope="module")
def locked() -> Locked:
    """Patients around the training mean of the bundled model; the outcomes follow nothing."""
    rng = np.random.default_rng(2)
    items = [item for item in load_bundle().classifiers[-1].features if item.volume]
    features = pd.DataFrame(
        {item.name: item.mean + item.sd * rng.standard_normal(N) for item in items},
        index=pd.Index([f"p{number}" for number in range(N)], name="case_id"),
    )
    months = rng.uniform(3, 30, N)
    cohort = TrainingCohort(
        features,
        pd.DataFrame([WORDS] * N, index=features.index),
        pd.Series(rng.choice(["PR", "SD", "PD"], N), index=features.index),
        months,
        rng.random(N) < 0.7,
        months / 2,
        np.ones(N, dtype=bool),
        np.full(N, 1.9),
    )
    return apply_bundle(load_bundle(), cohort)


def test_the_table_has_a_row_a_model_and_a_plain_auc_for_outcomes_that_follow_nothing(locked):
    text = external_table(load_bundle(), locked, seed=1)
    rows = [line for line in text.splitlines() if line.startswith("|")][2:]
    assert len(rows) == 7
    low, high = rows[-1].split("|")[3].strip().split("(")[1].rstrip(")").split("–")
    assert float(low) < 0.5 < float(high)


def test_the_concordance_of_each_cox_model_stands_under_it(locked):
    text = external_survival(load_bundle(), locked)
    assert all(name in text for name in ("Rad-Nomo", "Rad-score", "mRECIST"))
    values = [float(part.rstrip(".").split()[-1]) for part in text.split(";")]
    assert all(0.2 < value < 0.8 for value in values)


def test_shares_are_weighted():
    called, of = np.array([True, True, False]), np.array([True, True, True])
    assert share(called, of, np.array([1.0, 2.0, 1.0])) == pytest.approx(0.75)


def test_a_new_section_on_free_selection_leaves_the_rest_of_the_card_as_it_was():
    text = CARD.read_text(encoding="utf-8")
    changed = with_section(text, "NEW\n\n")
    before, after = changed.split("NEW\n\n")
    assert text.startswith(before) and text.endswith(after)
    assert before.rstrip().endswith("months from the follow-up scan.") and after.startswith("## The training")
    with pytest.raises(SystemExit, match="no section on free selection"):
        with_section("# Another card", "NEW")
