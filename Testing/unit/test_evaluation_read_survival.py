"""Predicted survival that somebody else computed, by month."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.read_survival import read_survival

TABLE = """case_id,endpoint,model,linear_predictor,month,survival
a,OS,Nomo,0.5,12,0.6
a,OS,Nomo,0.5,24,0.3
b,OS,Nomo,-0.5,24,0.7
b,OS,Nomo,-0.5,12,0.9
c,OS,Nomo,0.1,12,0.8
a,PFS,rad,1,6,0.5
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "survival.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_become_a_model_with_a_column_a_month_in_the_order_of_the_cohort(tmp_path: Path) -> None:
    nomo, rad = read_survival(written(tmp_path, TABLE), ["b", "a", "c", "d"], ["rad"])
    assert (nomo.name, nomo.endpoint, nomo.months) == ("Nomo", "OS", (12.0, 24.0))
    np.testing.assert_array_equal(nomo.survival, [[0.9, 0.7], [0.6, 0.3], [0.8, np.nan], [np.nan, np.nan]])
    np.testing.assert_array_equal(nomo.risk, [-0.5, 0.5, 0.1, np.nan])
    assert rad.name == "Cox: rad"  # told from the score of that name


def test_without_a_linear_predictor_the_mean_survival_orders_the_patients(tmp_path: Path) -> None:
    lines = [
        ",".join(part for at, part in enumerate(line.split(",")) if at != 3) for line in TABLE.splitlines()
    ]
    nomo, _ = read_survival(written(tmp_path, "\n".join(lines)), ["a", "b", "c"], [])
    assert nomo.risk[0] == pytest.approx(-0.45)
    assert nomo.risk[0] > nomo.risk[1]
    assert np.isnan(nomo.risk[2])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("survival\n", "surv\n", "has no column survival"),
        ("c,OS", "x,OS", "row 6: patient 'x' is not in the cohort"),
        ("c,OS", "c,os", "the endpoint is 'os', not OS or PFS"),
        ("12,0.8", "12,80", "survival is '80', not 0 to 1"),
        ("b,OS,Nomo,-0.5,12", "b,OS,Nomo,-0.5,24", "patient 'b' has month 24 twice"),
        ("12,0.6", "0,0.6", "the month is '0'"),
    ],
)
def test_a_wrong_row_is_refused_in_words(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in TABLE
    with pytest.raises(InputError) as caught:
        read_survival(written(tmp_path, TABLE.replace(old, new, 1)), ["a", "b", "c"], [])
    assert words in str(caught.value)
