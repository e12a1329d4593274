"""What happens to virtual patients, against the published figures, and the losses that were asked for."""

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from sklearn.metrics import roc_auc_score

from LWCTRLogic.errors import InputError
from LWCTRLogic.simulation.cohort import CohortSettings, draw_patients
from LWCTRLogic.simulation.course import CourseSettings, draw_course

N = 100_000


@pytest.fixture(scope="module")
def patients():
    return draw_patients(CohortSettings(N, seed=1))


def quartiles(months: pd.Series, event: pd.Series) -> list[float]:
    curve = KaplanMeierFitter().fit(months.round(1), event).survival_function_.iloc[:, 0]
    return [float(curve.index[curve <= share][0]) for share in (0.75, 0.5, 0.25)]


def test_survival_has_the_published_quartiles_and_deaths(patients):
    table = patients.table
    assert quartiles(table["os_months"], table["os_event"]) == pytest.approx([7, 12, 24], abs=0.15)
    # 190, 43 and 56 of 395 died
    assert table["os_event"].mean() == pytest.approx(289 / 395, abs=0.022)


def test_progression_has_the_published_quartiles(patients):
    table = patients.table
    assert quartiles(table["pfs_months"], table["pfs_event"]) == pytest.approx([3.3, 6.1, 14.0], abs=0.6)
    assert (table["pfs_months"] <= table["os_months"] + 1e-9).all()


def test_response_has_the_published_counts_and_auc(patients):
    table, dead = patients.table, patients.truth["death_months"].to_numpy() <= 12
    for word, count in {"CR": 7, "PR": 80, "SD": 241, "PD": 67}.items():
        share = count / 395
        assert (table["mrecist"] == word).mean() == pytest.approx(
            share, abs=np.sqrt(share * (1 - share) / 395)
        )
    assert roc_auc_score(dead, table["mrecist"] == "PD") == pytest.approx(0.649, abs=0.01)


def test_the_score_and_the_nomogram_tell_as_published_and_less_later(patients):
    death = patients.truth["death_months"].to_numpy()
    score = patients.score
    progressed = (patients.table["mrecist"] == "PD").to_numpy()
    both = score + 0.8 * progressed
    assert roc_auc_score(death <= 12, score) == pytest.approx(0.88, abs=0.01)
    # Rad-Nomo at 1, 2, 3 years: 0.902, 0.823, 0.850 internal and 0.893, 0.848, 0.762 external
    for at, published in ((12, 0.898), (24, 0.836), (36, 0.806)):
        assert roc_auc_score(death <= at, both) == pytest.approx(published, abs=0.02)


def test_progression_at_the_follow_up_scan_is_the_event_there(patients):
    progressed = patients.table[patients.table["mrecist"] == "PD"]
    assert (progressed["pfs_months"] - progressed["landmark_months"]).abs().max() < 0.011
    assert (progressed["pfs_event"] == 1).all()
    assert patients.table["landmark_months"].between(42 / 30.4375 - 0.01, 70 / 30.4375 + 0.01).all()
    assert (patients.table["os_months"] > patients.table["landmark_months"]).all()


def test_only_the_dead_have_a_cause_and_most_die_of_cancer(patients):
    table = patients.table
    assert ((table["cause_of_death"] == "") == (table["os_event"] == 0)).all()
    assert 0.04 < (table["cause_of_death"] == "other").sum() / table["os_event"].sum() < 0.15


@pytest.mark.parametrize("share", [0.05, 0.15, 0.33])
@pytest.mark.parametrize("by_score", [0.0, 0.8])
def test_as_many_are_lost_as_asked_for_and_by_score_if_asked_for(share, by_score):
    course = CourseSettings(lost_early=share, loss_by_score=by_score, follow_up=300.0)
    patients = draw_patients(CohortSettings(20_000, seed=2, course=course))
    lost = ((patients.table["os_event"] == 0) & (patients.table["os_months"] < 12)).to_numpy()
    assert lost.mean() == pytest.approx(share, abs=4 * np.sqrt(share / 20_000))
    gap = patients.score[lost].mean() - patients.score[~lost].mean()
    assert gap > 0.2 if by_score else gap < 0.0  # those who die soon have less time to be lost


def test_more_losses_than_there_are_patients_alive_are_refused():
    everyone = np.full(100, 3.0)
    with pytest.raises(InputError, match="100% of patients lost"):
        draw_course(
            everyone, everyone, everyone + 57, CourseSettings(lost_early=1.0), np.random.default_rng(0)
        )
