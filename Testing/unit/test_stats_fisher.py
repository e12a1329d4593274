"""Fisher's exact test against R and adding up all tables."""

from __future__ import annotations

import itertools
from math import comb

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.fisher import fisher_exact
from Testing.r_reference import r_numbers


@pytest.mark.parametrize("name", ["two", "rare", "three", "square", "long"])
def test_r_finds_the_same_exact_p(name: str) -> None:
    expected = r_numbers("comparison")
    ours = fisher_exact(expected["tables"][name])
    assert ours.method == "exact" and ours.error == 0
    assert ours.p == pytest.approx(expected["fisher"][name], abs=1e-9)


def test_it_is_the_sum_over_all_tables_with_the_same_margins() -> None:
    table = np.array([[3, 1, 2], [0, 4, 1], [2, 0, 3]])
    rows, columns = table.sum(axis=1), table.sum(axis=0)

    def probability(t: np.ndarray) -> float:
        log = sum(np.log(np.arange(1, k + 1)).sum() for k in (*rows, *columns))
        log -= sum(np.log(np.arange(1, k + 1)).sum() for k in (*t.ravel(), t.sum()))
        return float(np.exp(log))

    total = 0.0
    for a, b, c, d in itertools.product(range(9), repeat=4):
        t = np.array([[a, b, 0], [c, d, 0], [0, 0, 0]])
        t[:2, 2] = rows[:2] - t[:2].sum(axis=1)
        t[2] = columns - t[:2].sum(axis=0)
        if (t >= 0).all() and probability(t) <= probability(table) * (1 + 1e-7):
            total += probability(t)
    assert fisher_exact(table).p == pytest.approx(total, rel=1e-9)


def test_the_lady_who_tastes_all_right_has_one_chance_in_seventy() -> None:
    assert fisher_exact([[4, 0], [0, 4]]).p == pytest.approx(2 / comb(8, 4))


def test_rows_and_columns_may_change_places_and_empty_ones_do_not_count() -> None:
    table = [[3, 5, 0], [1, 0, 0], [4, 1, 0], [0, 0, 0]]
    assert fisher_exact(table).p == pytest.approx(fisher_exact(np.transpose(table)).p, rel=1e-9)


def test_too_large_a_table_is_drawn_at_random_and_says_so() -> None:
    table = r_numbers("comparison")["tables"]["square"]
    for most in (50, 6000):  # refused while filling columns, and while finishing them
        ours = fisher_exact(table, most=most, draws=4000)
        assert ours.method == "Monte Carlo" and 0 < ours.error < 0.01
        assert abs(ours.p - r_numbers("comparison")["fisher"]["square"]) < 4 * ours.error
    assert fisher_exact(table, most=50, draws=500, seed=3) == fisher_exact(table, most=50, draws=500, seed=3)


@pytest.mark.parametrize(
    ("table", "reason"),
    [([[1, -1], [2, 3]], "no counts"), ([[1.5, 1], [2, 3]], "no counts"), ([[1, 2], [0, 0]], "1 rows")],
)
def test_what_is_no_table_of_counts_is_refused(table: list, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        fisher_exact(table)
