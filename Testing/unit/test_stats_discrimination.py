"""AUC, cut-off and concordance against counting by hand and R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.discrimination import auc_standard_error, concordance, weighted_auc, youden_cutoff


def test_the_auc_counts_pairs_and_ties_one_half() -> None:
    # Positives 2, 3; negatives 1, 2, 4: pairs won 1, ½, 0, 1, 1, 0 of 6.
    assert weighted_auc([1, 1, 0, 0, 0], [2, 3, 1, 2, 4]) == pytest.approx(3.5 / 6, rel=1e-15)


def test_a_weight_of_two_is_a_patient_twice_and_of_zero_is_none() -> None:
    label, score = [1, 1, 0, 0, 0, 1], [2, 3, 1, 2, 4, 0]
    weighted = weighted_auc(label, score, [2, 1, 1, 3, 1, 0])
    repeated = weighted_auc([1, 1, 1, 0, 0, 0, 0, 0], [2, 2, 3, 1, 2, 2, 2, 4])
    assert weighted == pytest.approx(repeated, rel=1e-15)


def test_an_auc_is_never_above_one_whatever_the_weights() -> None:
    weight = [1.8, 1.8, 1.5, 1.3, 1.1, 1.4]  # their sums round upwards
    auc = weighted_auc([1, 1, 1, 0, 0, 0], [2, 3, 4, 0, 0, 1], weight)
    assert auc == 1.0 and auc_standard_error(auc, 3, 3) == 0.0


def test_youden_takes_the_cut_midway_between_the_scores_that_it_parts() -> None:
    # Sensitivity − false alarms: 1 − 2/3 at 1.5, 1 − 1/3 at 2.5, ½ − 1/3 at 3.5, ½ − 0 at 4.5.
    assert youden_cutoff([0, 0, 1, 0, 1], [1, 2, 3, 4, 5]) == 2.5


def test_youden_of_many_weighted_scores_is_that_of_trying_every_cut() -> None:
    rng = np.random.default_rng(6)
    label, score, weight = rng.random(300) < 0.4, rng.normal(size=300).round(1), rng.random(300)
    values = np.unique(score)
    cuts = (values[1:] + values[:-1]) / 2
    gains = [
        np.average(score[label] >= cut, weights=weight[label])
        - np.average(score[~label] >= cut, weights=weight[~label])
        for cut in cuts
    ]
    assert youden_cutoff(label, score, weight) == cuts[int(np.argmax(gains))]


@pytest.mark.parametrize(
    ("auc", "patients", "half_width"), [(0.883, 252, 0.043), (0.876, 63, 0.089), (0.875, 80, 0.079)]
)
def test_the_standard_error_of_hanley_and_mcneil_gives_their_intervals(
    auc: float, patients: int, half_width: float
) -> None:
    error = auc_standard_error(auc, patients / 2, patients / 2)
    assert 1.96 * error == pytest.approx(half_width, abs=0.0015)


def test_one_score_for_everyone_is_its_own_cut_off() -> None:
    assert youden_cutoff([0, 1, 1], [0.4, 0.4, 0.4]) == 0.4


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(InputError, match="2 of 2 patients are positive"):
        weighted_auc([1, 1, 0], [1, 2, 3], [1, 1, 0])


def test_concordance_counts_only_pairs_whose_order_is_known() -> None:
    # Event at 1 (risk 3), censored at 2 (risk 5), event at 3 (risk 1), censored at 3 (risk 1).
    # Known pairs: 1 before the others (lost, won, won), 3 before its tied censoring (equal risk): 2.5 of 4.
    assert concordance([1, 2, 3, 3], [1, 0, 1, 0], [3, 5, 1, 1]) == 2.5 / 4


def test_concordance_without_any_event_is_refused() -> None:
    with pytest.raises(InputError, match="no pair"):
        concordance([1, 2], [0, 0], [1, 2])


@pytest.mark.shared
def test_r_finds_the_same_auc_cut_off_and_concordance(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/asah.csv")
    expected = json.loads((reference / "outputs/delong.json").read_text())
    for name in ("s100b", "ndka", "wfns"):
        assert weighted_auc(table["y"], table[name]) == pytest.approx(expected[name]["auc"], abs=1e-12)
    cutoff = youden_cutoff(table["y"], table["s100b"])
    assert cutoff == pytest.approx(expected["youden_s100b"][0]["threshold"], abs=1e-12)

    lung = pd.read_csv(reference / "inputs/lung.csv").dropna(subset=["age", "sex", "ph.ecog"])
    x = lung[["age", "sex", "ph.ecog"]].to_numpy(dtype=float)
    risk = x @ fit_cox(lung["time"], lung["event"], x).coefficients
    r = json.loads((reference / "outputs/cox.json").read_text())["efron"]["cindex"][0]
    assert concordance(lung["time"], lung["event"], np.round(risk, 9)) == pytest.approx(r, abs=1e-12)
