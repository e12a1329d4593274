import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from LWCTRLogic.models.prediction import Contribution, Explanation, Nomogram, NomogramAxis
from LWCTRLogic.report.document import Canvas, Picture
from LWCTRLogic.report.figures import force, gauge, nomogram, survival
from LWCTRLogic.report.figures.style import drawing_rules
from LWCTRLogic.report.svg import draw_picture, picture_svg
from Testing.report_cases import NOTICE, full_prediction


def picture(draw, width=120.0, height=40.0, name="one"):
    return Picture(name, draw, width, height, "A title", "What it shows")


def axes_of(draw, width, height):
    """Draw and return the first axes."""
    with drawing_rules():
        return draw_picture(picture(draw, width, height)).axes[0]


def words_of(axes):
    return [text.get_text() for text in axes.texts]


def test_the_parts_of_the_force_plot_reach_from_the_margin_back_to_the_base():
    explanation = full_prediction().explanations[0]
    raising, lowering = force.segments(explanation)
    total = force.margin(explanation)
    assert raising[0][2] == pytest.approx(total)
    assert lowering[0][1] == pytest.approx(total)
    left, right = raising[-1][1], lowering[-1][2]
    # what raises pushes from the left end, what lowers takes back from the right end
    raised = sum(end - start for _, start, end in raising)
    lowered = sum(end - start for _, start, end in lowering)
    assert explanation.base == pytest.approx(total - raised + lowered)
    assert (left, right) == pytest.approx((total - raised, total + lowered))


def test_equal_parts_are_ranked_by_name_and_zero_parts_take_no_room():
    parts = tuple(
        Contribution(name, name, "", 0.0, value) for name, value in (("b", 1.0), ("a", -1.0), ("c", 0.0))
    )
    explanation = Explanation("LWCTR", 0.0, parts)
    assert [part.feature for part in explanation.ranked()] == ["a", "b", "c"]
    raising, lowering = force.segments(explanation)
    assert (raising, lowering) == ([(2, -1.0, 0.0)], [(1, 0.0, 1.0)])


@pytest.mark.parametrize("width", [force.WIDTH, force.NARROW])
@pytest.mark.parametrize("values", [(), (0.0,), (2.0, 1.0), (-2.0, -1.0), (1e-9, -3.0), (0.5,) * 60])
def test_the_force_plot_draws_any_mix_of_parts(values, width):
    parts = tuple(Contribution(f"f{index}", "", "", 0.0, value) for index, value in enumerate(values))
    explanation = Explanation("LWCTR", 0.3, parts)
    axes = axes_of(
        lambda canvas: force.draw_force(canvas, explanation, NOTICE, width=width), width, force.HEIGHT
    )
    assert len(axes.patches) == sum(value != 0 for value in values)
    corners = [patch.get_path().vertices[:, 0] for patch in axes.patches]
    assert all(x.min() >= force.EDGE - 1e-6 and x.max() <= width - force.EDGE + 1e-6 for x in corners)


@pytest.mark.parametrize(
    ("score", "cutoff"), [(0.0, 0.52), (1.0, 0.52), (0.5, None), (0.3, 0.0), (0.9, 0.98)]
)
def test_the_gauge_keeps_its_marks_inside(score, cutoff):
    axes = axes_of(lambda canvas: gauge.draw_gauge(canvas, score, cutoff, NOTICE), gauge.WIDTH, gauge.HEIGHT)
    assert all(0 <= text.get_position()[0] <= gauge.WIDTH for text in axes.texts)
    assert f"{score:.2f}" in words_of(axes)
    assert any(word.startswith("cut-off") for word in words_of(axes)) == (cutoff is not None)
    assert NOTICE in words_of(axes)


def test_the_gauge_splits_at_the_cut_off():
    axes = axes_of(lambda canvas: gauge.draw_gauge(canvas, 0.71, 0.25, ""), gauge.WIDTH, gauge.HEIGHT)
    low, high = axes.patches
    assert low.get_width() / (low.get_width() + high.get_width()) == pytest.approx(0.25)


@pytest.mark.parametrize(("cutoff", "shown"), [(0.59, False), (0.6, False), (0.5, True), (None, True)])
def test_the_gauge_leaves_out_the_number_that_the_cut_offs_line_would_cross(cutoff, shown):
    axes = axes_of(lambda canvas: gauge.draw_gauge(canvas, 0.71, cutoff, ""), gauge.WIDTH, gauge.HEIGHT)
    assert ("0.6" in words_of(axes)) == shown


def test_the_survival_plot_says_where_its_time_begins_and_marks_the_estimates():
    curves = [curve for curve in full_prediction().survival if curve.endpoint == "OS"]
    axes = axes_of(
        lambda canvas: survival.draw_survival(canvas, curves, NOTICE), survival.WIDTH, survival.HEIGHT
    )
    assert axes.get_xlabel() == "Months from the follow-up scan (landmark)"
    assert words_of(axes) == [f"{100 * np.exp(-0.027 * month):.0f} %" for month in (12, 24, 36)]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [curve.label for curve in curves]


def test_a_survival_curve_without_interval_and_estimates_is_drawn():
    curve = replace(full_prediction().survival[0], lower=(), upper=(), at={})
    axes = axes_of(lambda canvas: survival.draw_survival(canvas, [curve]), survival.WIDTH, survival.HEIGHT)
    assert not axes.collections
    assert not words_of(axes)


def test_the_nomogram_puts_the_patient_where_the_points_are():
    drawn = full_prediction().nomograms[0]
    axes = axes_of(lambda canvas: nomogram.draw_nomogram(canvas, drawn, NOTICE), nomogram.WIDTH, 90)
    diamonds = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D"]
    left, span = nomogram.PAGE.left, nomogram.PAGE.right - nomogram.PAGE.left
    expected = [29 / 100, 14 / 100, *[43 / 146] * 4]  # the score, mRECIST, the total and three outcomes
    assert diamonds == pytest.approx([left + span * share for share in expected])
    assert "0.71: 29 points" in words_of(axes)
    assert "75 %" in words_of(axes)


def test_a_nomogram_for_everybody_has_no_patient_in_it():
    drawn = full_prediction().nomograms[0]
    axes = axes_of(lambda canvas: nomogram.draw_nomogram(canvas, drawn, patient=False), nomogram.WIDTH, 90)
    assert not [line for line in axes.lines if line.get_marker() == "D"]
    assert not [text for text in words_of(axes) if text.endswith((": 29 points", ": 14 points"))]
    assert "Total points" in words_of(axes)


@pytest.mark.parametrize("words", [("CR", "PR"), ("CR", "PR", "SD"), ("no invasion known",)])
def test_in_a_narrow_window_no_two_texts_of_the_nomogram_overlap_and_all_are_inside(words):
    score, _ = full_prediction().nomograms[0].axes
    answer = NomogramAxis("mRECIST", (*tuple((word, 0.0) for word in words), ("PD", 30.0)), words[0], 0.0)
    drawn, sheet = replace(full_prediction().nomograms[0], axes=(score, answer)), nomogram.COLUMN
    tall = nomogram.height(drawn, sheet)
    axes = axes_of(
        lambda canvas: nomogram.draw_nomogram(canvas, drawn, NOTICE, sheet=sheet), sheet.width, tall
    )
    with drawing_rules():
        boxes = [text.get_window_extent() for text in axes.texts]
        page = axes.get_window_extent()
    assert len(boxes) > 20
    assert all(page.x0 <= one.x0 and one.x1 <= page.x1 for one in boxes)
    assert all(page.y0 <= one.y0 and one.y1 <= page.y1 for one in boxes)
    pairs = [(one, other) for index, one in enumerate(boxes) for other in boxes[:index]]
    assert not [pair for pair in pairs if pair[0].overlaps(pair[1])]


def test_labels_at_one_place_of_the_nomogram_are_joined():
    drawn = full_prediction().nomograms[0]
    axes = axes_of(lambda canvas: nomogram.draw_nomogram(canvas, drawn), nomogram.WIDTH, 90)
    assert "CR / PR" in words_of(axes)


@pytest.mark.parametrize("total_range", [(0.0, 0.0), (0.0, 3.0), (-50.0, 900.0)])
def test_odd_nomograms_are_drawn(total_range):
    axis = NomogramAxis(
        "A very long name of an axis that has no room to stand in one line", (("a", 5.0),), "a", 5.0
    )
    empty = NomogramAxis("Empty", (), "", 0.0)
    drawn = Nomogram("OS", (axis, empty), 5.0, total_range, (("Alive", (), 0.5),))
    axes = axes_of(lambda canvas: nomogram.draw_nomogram(canvas, drawn), nomogram.WIDTH, 90)
    assert "50 %" in words_of(axes)


def test_the_svg_has_title_description_and_own_ids():
    explanation = full_prediction().explanations[0]
    drawing = picture(lambda canvas: force.draw_force(canvas, explanation, NOTICE), name="mine")
    root = ET.fromstring(picture_svg(drawing))
    assert root.get("role") == "img"
    assert root.findtext("title") == "A title"
    assert root.findtext("desc") == "What it shows"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("mine-") for name in ids)
    text = picture_svg(drawing)
    referred = {part.split(")")[0] for part in text.split("url(#")[1:]}
    assert referred
    assert referred <= set(ids)


def test_a_label_can_be_neither_markup_nor_formula_nor_reference():
    hostile = '<script>alert(1)</script> $x^2$ id="p" url(#q) ]]> &amp; --> 肝'

    def draw(canvas):
        axes = canvas.add_axes((0, 0, 1, 1))
        axes.text(0.5, 0.5, hostile)

    root = ET.fromstring(picture_svg(picture(draw)))
    assert hostile in [element.text for element in root.iter("text")]
    assert not list(root.iter("script"))


def test_a_users_own_matplotlib_settings_change_nothing(monkeypatch):
    import matplotlib as mpl

    explanation = full_prediction().explanations[0]
    drawing = picture(lambda canvas: force.draw_force(canvas, explanation, NOTICE))
    before = picture_svg(drawing)
    for name, value in {"lines.linewidth": 9.0, "axes.facecolor": "red", "svg.fonttype": "path"}.items():
        monkeypatch.setitem(mpl.rcParams, name, value)
    assert picture_svg(drawing) == before
    assert mpl.rcParams["lines.linewidth"] == 9.0


def test_axes_on_a_canvas_lie_within_its_rectangle():
    from matplotlib.figure import Figure

    axes = Canvas(Figure(), 0.5, 0.2, 0.4, 0.5).add_axes((0.5, 0.1, 0.5, 0.8))
    assert tuple(axes.get_position().bounds) == pytest.approx((0.7, 0.25, 0.2, 0.4))


def test_labels_of_the_nomogram_that_find_no_room_are_left_out_but_keep_their_ticks():
    ticks = tuple((f"{index:03d}", 0.5 * index) for index in range(40))  # half a point: under one mm
    drawn = Nomogram("OS", (NomogramAxis("Crowded", ticks, "000", 0.0),), 0.0, (0.0, 100.0), ())
    axes = axes_of(lambda canvas: nomogram.draw_nomogram(canvas, drawn), nomogram.WIDTH, 60)
    shown = [word for word in words_of(axes) if len(word) == 3 and word.isdigit() and word != "100"]
    assert 5 < len(shown) < 20
    verticals = {line.get_xdata()[0] for line in axes.lines if line.get_xdata()[0] == line.get_xdata()[-1]}
    assert len(verticals) >= 40
