"""The figures of an evaluation show the numbers that they were given."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from LWCTRLogic.evaluation.figures import (
    bars,
    beeswarm,
    calibration,
    decision,
    forest,
    frame,
    kaplan_meier,
    over_time,
    roc,
    spread,
)
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import MM, drawing_rules
from LWCTRLogic.stats.estimate import Estimate

NOTICE = "demonstration model, simulated patients"


def drawn(width: float, height: float, draw: Callable[[Canvas], None]) -> Figure:
    with drawing_rules():
        figure = Figure(figsize=(width * MM, height * MM), dpi=72)
        draw(Canvas(figure))
        figure.draw_without_rendering()
    return figure


def words(figure: Figure) -> list[str]:
    found = []
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
        found += [axes.get_xlabel(), axes.get_ylabel()]
        legend = axes.get_legend()
        if legend is not None:
            found += [legend.get_title().get_text(), *(text.get_text() for text in legend.get_texts())]
    return found


def seen_ticks(axes: Axes) -> list[Text]:
    if not axes.axison:
        return []
    seen = []
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        seen += [
            tick.label1 for tick in axis.get_major_ticks() if min(limits) <= tick.get_loc() <= max(limits)
        ]
    return seen


def outside(figure: Figure) -> list[str]:
    """Return the words that stick out of the picture by more than a point."""
    width, height = figure.get_size_inches() * figure.dpi
    renderer = FigureCanvasAgg(figure).get_renderer()
    found = []
    for axes in figure.axes:
        for text in [*axes.texts, axes.xaxis.label, axes.yaxis.label, *seen_ticks(axes)]:
            box = text.get_window_extent(renderer)
            inside = box.x0 > -1 and box.y0 > -1 and box.x1 < width + 1 and box.y1 < height + 1
            if text.get_text() and not inside:
                found.append(text.get_text())
    return found


@pytest.fixture
def roc_figure() -> Figure:
    curve = roc.RocCurve(
        "LWCTR", np.array([0.0, 0.0, 0.5, 1.0]), np.array([0.0, 0.5, 1.0, 1.0]), Estimate(0.875, 0.8, 0.95)
    )
    return drawn(frame.WIDTH, frame.HEIGHT, lambda canvas: roc.draw_roc(canvas, [curve], "ROC", NOTICE))


def test_a_roc_curve_is_labelled_with_its_area_and_interval(roc_figure: Figure) -> None:
    assert "LWCTR: 0.875 (0.800–0.950)" in words(roc_figure)


def test_the_demonstration_notice_stands_in_the_picture(roc_figure: Figure) -> None:
    assert NOTICE in words(roc_figure)


def test_no_word_of_a_roc_figure_sticks_out(roc_figure: Figure) -> None:
    assert outside(roc_figure) == []


def test_a_calibration_plot_draws_the_curve_and_every_group() -> None:
    grid = np.linspace(0.1, 0.9, 5)
    curve = calibration.CalibrationCurve(
        "spline", grid, grid, grid, grid - 0.1, grid + 0.1, [(0.3, Estimate(0.25, 0.1, 0.4))]
    )
    figure = drawn(
        frame.WIDTH, frame.HEIGHT, lambda canvas: calibration.draw_calibration(canvas, curve, "Calibration")
    )
    places = [tuple(np.ravel(line.get_xydata())) for line in figure.axes[0].lines]
    assert (0.3, 0.25) in places
    assert (0.3, 0.1, 0.3, 0.4) in places
    assert outside(figure) == []


def test_a_decision_curve_keeps_the_zero_line_in_sight() -> None:
    thresholds = np.linspace(0.05, 0.95, 19)
    figure = drawn(
        frame.WIDTH,
        frame.HEIGHT,
        lambda canvas: decision.draw_decision_curve(
            canvas,
            thresholds,
            [decision.BenefitCurve("score", 0.3 - 0.3 * thresholds)],
            0.4 - 2 * thresholds,
            "Decision curve",
        ),
    )
    low, high = figure.axes[0].get_ylim()
    assert low < 0 < 0.3 < high
    assert outside(figure) == []


def test_numbers_at_risk_stand_under_the_months_they_belong_to() -> None:
    group = kaplan_meier.SurvivalGroup(
        "all", np.array([3.0, 9.0]), np.array([0.7, 0.4]), np.array([0.6, 0.3]), np.array([0.8, 0.5]),
        np.array([5.0]), (40, 31, 12),
    )  # fmt: skip
    figure = drawn(
        frame.WIDTH,
        kaplan_meier.HEIGHT,
        lambda canvas: kaplan_meier.draw_kaplan_meier(canvas, [group], (0, 12, 24), "OS", "p = 0.01"),
    )
    counts = {text.get_text(): text.get_position()[0] for text in figure.axes[0].texts}
    assert (counts["40"], counts["31"], counts["12"]) == (0, 12, 24)
    assert outside(figure) == []


def test_a_censored_patient_is_marked_at_the_height_of_the_curve() -> None:
    group = kaplan_meier.SurvivalGroup(
        "all", np.array([3.0, 9.0]), np.array([0.7, 0.4]), np.array([0.6, 0.3]), np.array([0.8, 0.5]),
        np.array([5.0]), (40,),
    )  # fmt: skip
    figure = drawn(
        frame.WIDTH,
        kaplan_meier.HEIGHT,
        lambda canvas: kaplan_meier.draw_kaplan_meier(canvas, [group], (0.0,), "OS"),
    )
    marks = next(line for line in figure.axes[0].lines if line.get_marker() == "|")
    np.testing.assert_allclose(marks.get_xydata(), [[5.0, 0.7]])


def test_a_figure_over_time_draws_each_score() -> None:
    months = np.array([6.0, 12.0, 24.0])
    curves = [over_time.TimeCurve(name, months, months / 30, months / 40, months / 25) for name in ("a", "b")]
    figure = drawn(
        frame.WIDTH,
        frame.HEIGHT,
        lambda canvas: over_time.draw_over_time(canvas, curves, "AUC(t)", "AUC", (0.0, 1.0), 0.5),
    )
    assert {"a", "b", "AUC", "Months"} <= set(words(figure))
    assert outside(figure) == []


def test_an_interval_that_leaves_a_forest_plot_ends_in_an_arrow() -> None:
    rows = [
        forest.ForestRow("narrow", "80", Estimate(0.5, 0.3, 0.8)),
        forest.ForestRow("wide", "9", Estimate(0.6, 0.001, 300.0)),
    ]
    figure = drawn(
        frame.WIDE,
        forest.height(rows),
        lambda canvas: forest.draw_forest(canvas, rows, "HR", "hazard ratio", 1.0, logarithmic=True),
    )
    arrows = [line.get_marker() for line in figure.axes[0].lines if line.get_marker() in ("<", ">")]
    assert arrows == ["<", ">"]
    assert "0.60 (0.00–300.00)" in words(figure)


def test_a_beeswarm_has_one_dot_a_patient_and_feature_at_its_attribution() -> None:
    attributions = np.random.default_rng(3).normal(size=(30, 2))
    figure = drawn(
        frame.WIDE,
        beeswarm.height(2),
        lambda canvas: beeswarm.draw_beeswarm(canvas, ["x", "y"], attributions, attributions, "Attribution"),
    )
    rows = [np.asarray(group.get_offsets()) for group in figure.axes[0].collections]
    np.testing.assert_allclose(rows[1][:, 0], attributions[:, 1])
    assert np.abs(rows[1][:, 1] - 1).max() < 0.5
    assert outside(figure) == []


def test_bars_are_as_long_as_the_shares() -> None:
    shares = [("original_shape_MeshVolume", 0.9), ("original_firstorder_Mean", 0.25)]
    figure = drawn(
        frame.WIDE, bars.height(2), lambda canvas: bars.draw_shares(canvas, shares, "Kept", "folds")
    )
    assert [bar.get_width() for bar in figure.axes[0].patches] == [0.9, 0.25]
    assert outside(figure) == []


def test_every_patient_of_a_group_is_a_dot_beside_the_quartiles() -> None:
    values = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    figure = drawn(
        frame.WIDTH,
        frame.HEIGHT,
        lambda canvas: spread.draw_spread(
            canvas, [("SD", values), ("PD", values[:0])], "Score", "score", 0.3
        ),
    )
    above, below = figure.axes[0].lines[:2]
    np.testing.assert_allclose(above.get_ydata(), values[2:])
    np.testing.assert_allclose(below.get_ydata(), values[:2])
    assert above.get_color() != below.get_color()
    box = figure.axes[0].patches[0]
    assert box.get_y() == pytest.approx(0.2)
    assert box.get_height() == pytest.approx(0.2)
    assert outside(figure) == []


def test_a_legend_of_seven_lines_stands_above_the_axes_and_hides_none_of_them() -> None:
    thresholds = np.linspace(0.05, 0.95, 19)
    curves = [
        decision.BenefitCurve(f"a score with a long name {n}", 0.3 - 0.3 * thresholds, n) for n in range(5)
    ]
    title = "Net benefit: progression or death by 12 months, and more"
    figure = drawn(
        frame.WIDTH,
        frame.HEIGHT,
        lambda canvas: decision.draw_decision_curve(
            canvas, thresholds, curves, 0.4 - 2 * thresholds, title, NOTICE
        ),
    )
    axes, page = figure.axes
    legend = axes.get_legend()
    assert legend is not None
    box, below = legend.get_window_extent(), axes.get_window_extent()
    (head,) = (text for text in page.texts if text.get_text() == title)
    assert below.y1 - 1 < box.y0
    assert box.y1 < head.get_window_extent().y0
    assert -1 < box.x0 < box.x1 < figure.bbox.x1 + 1
    assert outside(figure) == []


def test_a_line_is_set_smaller_before_it_is_cut() -> None:
    long = "trained on virtual patients, whose features were drawn at random: not for any real patient"
    assert frame.fitted(long, 200, 6) == {"text": long, "fontsize": 6, "weight": "normal"}
    smaller = frame.fitted(long, 85, 6)
    assert smaller["text"] == long
    assert 5 <= smaller["fontsize"] < 6
    cut = frame.fitted(long, 40, 6, weight="bold")
    assert (cut["text"][-1], cut["fontsize"], cut["weight"]) == ("…", pytest.approx(5, abs=0.5), "bold")
    assert frame.fitted("", 40, 6)["text"] == ""


def test_ratios_of_a_narrow_range_have_ticks_to_be_read_by() -> None:
    rows = [forest.ForestRow("all", "300", Estimate(0.91, 0.85, 0.97)), forest.ForestRow("few", "8")]
    figure = drawn(
        frame.WIDE,
        forest.height(rows),
        lambda canvas: forest.draw_forest(canvas, rows, "Subgroups", "hazard ratio", 1.0, logarithmic=True),
    )
    low, high = figure.axes[0].get_xlim()
    assert sum(low <= tick <= high for tick in figure.axes[0].get_xticks()) >= 3
    assert "not estimated" in words(figure)
