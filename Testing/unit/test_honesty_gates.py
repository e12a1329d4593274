"""Small versions of the honesty gates: bounds so wide that only a dishonest figure breaks them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import honesty_gates as gates
import numpy as np
import pytest

from LWCTRLogic.progress import Progress

NOISE = gates.Design(80, 30, 0.0, 5, 1, 20)
TRUTH = gates.Design(150, 20, 0.6, 5, 1, 5)


@cache
def rows(design: gates.Design) -> list[gates.Numbers]:
    return [gates.judge_cohort(design, seed) for seed in range(design.cohorts)]


def test_on_pure_noise_the_strict_figure_is_one_half_and_the_published_one_is_not() -> None:
    strict, paper = gates.column(rows(NOISE), "strict"), gates.column(rows(NOISE), "paper")
    error = strict.std(ddof=1) / np.sqrt(len(strict))
    assert abs(strict.mean() - 0.5) < 3.5 * error < 0.06
    assert paper.mean() > strict.mean() + 0.05
    assert gates.covered(rows(NOISE), 0.5).mean() >= 0.8


def test_with_a_signal_strict_is_near_the_truth_and_the_published_way_above_it() -> None:
    found = rows(TRUTH)
    truth = gates.column(found, "true_of_the_procedure")
    gap = gates.column(found, "strict") - truth
    assert abs(gap.mean()) < 0.05
    assert (gates.column(found, "paper") - gates.column(found, "true_of_the_model")).mean() > gap.mean()
    assert gates.covered(found, truth.mean()).sum() >= 3
    assert np.median(gates.column(found, "true_slope")) == pytest.approx(1, abs=0.3)
    assert (gates.column(found, "uncalibrated_slope") < gates.column(found, "true_slope")).all()
    cross, own = gates.column(found, "nomogram_slope"), gates.column(found, "resubstituted_slope")
    assert cross.mean() > own.mean() and cross.mean() == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("by_score", [False, True])
def test_censoring_weights_that_know_the_score_are_within_a_hundredth(by_score: bool) -> None:
    found = [gates.judge_censoring(0.33, by_score, seed) for seed in range(3)]
    gap = gates.column(found, "given") - gates.column(found, "true")
    assert abs(gap.mean()) < 0.01
    assert (gates.column(found, "as_dead") - gates.column(found, "true")).mean() < -0.05


def test_a_stopped_run_goes_on_from_its_cache_and_the_table_says_how_many_were_run(tmp_path: Path) -> None:
    calls = []

    def judge(design: gates.Design, seed: int) -> gates.Numbers:
        calls.append(seed)
        return {
            "strict": 0.5,
            "low": 0.4,
            "high": 0.6,
            "naive_low": 0.45,
            "naive_high": 0.49,
            "paper": float("nan"),
        }

    def run(count: int) -> list[gates.Numbers]:
        tasks = [(NOISE, seed) for seed in range(count)]
        return gates._cached("noise, small", judge, tasks, tmp_path, 1, Progress(), block=3)

    run(4)
    found = run(7)
    assert calls == list(range(7)) and len(found) == 7
    lines = gates.noise_lines("noise, small", NOISE, [{**row, "paper": 0.6} for row in found])
    assert lines[1].endswith("| 100.0 % ± 11.6 | 7 |") and "| 0.0 % ± 11.6 | 7 |" in lines[2]
