"""Tests between groups against R, and which of them is chosen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.comparison import (
    adjust_p,
    analysis_of_variance,
    chi_square,
    compare_categories,
    compare_numbers,
    kruskal_wallis,
    mann_whitney,
    t_test,
)
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def groups() -> pd.DataFrame:
    return r_table("groups")


def _split(table: pd.DataFrame, by: str, column: str) -> list[np.ndarray]:
    return [rows[column].to_numpy() for _, rows in table.groupby(by)]


@pytest.mark.parametrize(("name", "equal"), [("welch", False), ("student", True)])
def test_r_finds_the_same_t_tests(name: str, equal: bool, groups: pd.DataFrame) -> None:
    ours = t_test(*_split(groups, "two", "normal"), equal_variances=equal)
    expected = r_numbers("comparison")[name]
    found = [ours.test.statistic, ours.test.df, ours.test.p]
    assert found == pytest.approx([expected["t"], expected["df"], expected["p"]], abs=1e-10)
    assert [ours.difference.low, ours.difference.high] == pytest.approx(expected["ci"], abs=1e-10)
    assert ours.difference.value / ours.difference.se == pytest.approx(expected["t"], abs=1e-10)


def test_r_finds_the_same_mann_whitney_tests(groups: pd.DataFrame) -> None:
    expected = r_numbers("comparison")
    tied = mann_whitney(*_split(groups, "two", "skewed"))
    assert (tied.statistic, tied.p) == pytest.approx(tuple(expected["wilcoxon"].values()), abs=1e-12)
    first, second = _split(groups, "two", "normal")
    exact = mann_whitney(first[:12], second[:15])
    assert (exact.statistic, exact.p) == pytest.approx(tuple(expected["wilcoxon_exact"].values()), abs=1e-12)


def test_r_finds_the_same_tests_of_three_groups(groups: pd.DataFrame) -> None:
    expected = r_numbers("comparison")
    kruskal = kruskal_wallis(_split(groups, "group", "skewed"))
    assert (kruskal.statistic, kruskal.p) == pytest.approx(tuple(expected["kruskal"].values()), abs=1e-10)
    for name, equal in (("welch_anova", False), ("anova", True)):
        ours = analysis_of_variance(_split(groups, "group", "normal"), equal_variances=equal)
        assert (ours.statistic, ours.p) == pytest.approx(tuple(expected[name].values()), abs=1e-10)


def test_r_finds_the_same_chi_square_with_and_without_correction() -> None:
    expected = r_numbers("comparison")
    for name, yates in (("chisq", False), ("yates", True)):
        ours = chi_square(expected["sex"], yates=yates)
        assert (ours.statistic, ours.p) == pytest.approx(tuple(expected[name].values()), abs=1e-12)


@pytest.mark.parametrize("method", ["holm", "bh", "bonferroni"])
def test_r_adjusts_p_values_alike_and_leaves_out_missing_ones(method: str) -> None:
    expected = r_numbers("comparison")
    ours = adjust_p(np.array(expected["p"], dtype=float), method=method)  # type: ignore[arg-type]
    np.testing.assert_allclose(ours, np.array(expected[method], dtype=float), atol=1e-12)


def test_roughly_normal_numbers_are_compared_by_their_means(groups: pd.DataFrame) -> None:
    two, three = (compare_numbers(_split(groups, by, "normal")) for by in ("two", "group"))
    assert (two.name, three.name) == ("Welch's t", "Welch's analysis of variance")
    assert two.test.p == pytest.approx(r_numbers("comparison")["welch"]["p"], abs=1e-10)


def test_skewed_numbers_are_compared_by_their_ranks_and_the_reason_is_said(groups: pd.DataFrame) -> None:
    two, three = (compare_numbers(_split(groups, by, "skewed")) for by in ("two", "group"))
    assert (two.name, three.name) == ("Mann–Whitney", "Kruskal–Wallis")
    assert "skewness" in two.reason
    small = compare_numbers([[1, 2, 3, 4, 90], [5, 6, 7, 8, 9]])
    assert small.name == "Mann–Whitney" and "Shapiro–Wilk p" in small.reason
    assert compare_numbers([[1, 1, 1, np.nan], [2, 3, 4]]).name == "Mann–Whitney"


def test_numbers_that_are_all_equal_need_no_test() -> None:
    assert compare_numbers([[1, 1, 1], [1, 1, 1]]).test.p == 1


def test_sparse_categories_are_compared_exactly_and_others_by_chi_square() -> None:
    tables = r_numbers("comparison")
    sparse = compare_categories(tables["tables"]["rare"])
    assert sparse.name == "Fisher's exact" and "below 5" in sparse.reason
    assert sparse.test.p == pytest.approx(tables["fisher"]["rare"], abs=1e-9)
    assert compare_categories([[30, 20], [20, 30]]).name == "chi-square"
    # Of a 2 × 2 table none may be below 5; of a larger one a fifth may: here one of six, 4.9.
    assert compare_categories(tables["sex"]).name == "Fisher's exact"
    assert compare_categories([[7, 5, 4], [93, 95, 46]]).name == "chi-square"


def test_a_category_or_group_without_patients_is_left_out() -> None:
    assert chi_square([[30, 20, 0], [20, 30, 0], [0, 0, 0]]).df == 1


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: t_test([1.0], [2.0, 3.0]), "1 values"),
        (lambda: t_test([1.0, 1.0], [1.0, 1.0]), "one value throughout"),
        (lambda: mann_whitney([1.0, np.nan], [1.0]), "1 of them missing"),
        (lambda: compare_numbers([[1.0]]), "1 groups"),
        (lambda: compare_numbers([[1.0, 2.0], [np.nan]]), "0 values"),
        (lambda: compare_categories([[1, -2], [2, 3]]), "counts from 0"),
        (lambda: chi_square([[1, 2], [0, 0]]), "1 categories"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(call, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        call()


@pytest.mark.shared
def test_the_reference_data_give_the_tests_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/asah.csv")
    expected = json.loads((reference / "outputs/univariate.json").read_text())
    good, poor = _split(table, "y", "s100b")
    ranks = mann_whitney(good, poor)
    assert (ranks.statistic, ranks.p) == pytest.approx(tuple(expected["wilcox_cc"].values()), abs=1e-12)
    for name, equal in (("welch", False), ("student", True)):
        ours = t_test(*_split(table, "y", "age"), equal_variances=equal).test
        r = expected[name]
        assert (ours.statistic, ours.p) == pytest.approx((r["t"], r["p"]), abs=1e-10)
    assert chi_square(expected["tab"], yates=True).p == pytest.approx(expected["chisq_yates"], abs=1e-12)
    assert chi_square(expected["tab"]).p == pytest.approx(expected["chisq"], abs=1e-12)
    from LWCTRLogic.stats.fisher import fisher_exact

    assert fisher_exact(expected["tab"]).p == pytest.approx(expected["fisher"], abs=1e-10)
    assert fisher_exact(expected["tab_wfns"]).p == pytest.approx(expected["fisher_rxc"], rel=1e-6)
