"""``lwctr evaluate --scores``: a table that somebody else made, in; a report, out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from LWCTRLogic.cli import main
from Testing.unit.scored_cohorts import scored_cohort


@pytest.fixture
def table(tmp_path: Path) -> Path:
    cohort = scored_cohort(120)
    outcomes, path = cohort.outcomes, tmp_path / "scores.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["case_id", "os_months", "os_event", "landmark_months", "mrecist", "age", "centre", "rad", "risk"]
        )
        for index, case_id in enumerate(outcomes.case_ids):
            assert outcomes.landmark is not None
            rad = cohort.scores[0].values[index]
            writer.writerow(
                [case_id, f"{outcomes.os_months[index]:.3f}", int(outcomes.os_event[index]),
                 f"{outcomes.landmark[index]:.3f}", cohort.mrecist[index], 50, cohort.groups["centre"][index],
                 f"{rad:.6f}", f"{1 - rad:.6f}"]
            )  # fmt: skip
    return path


def evaluate(table: Path, out: Path, *more: str) -> int:
    plan = ["--draws", "20", "--numbers-only", "--progress", "none"]
    return main(["evaluate", "--scores", str(table), "-o", str(out), *plan, *more])


def test_a_table_of_scores_becomes_numbers_and_tables(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(table, tmp_path / "out", "--score", "rad=0.5") == 0
    assert "metrics.json" in capsys.readouterr().out
    content = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert content["scores"][0] == {
        "name": "rad", "cutoff": 0.5, "is_probability": True, "origin": "given in the table",
    }  # fmt: skip


def test_a_risk_is_turned_round_so_that_it_gives_the_same_figures(table: Path, tmp_path: Path) -> None:
    assert evaluate(table, tmp_path / "a", "--score", "rad=0.4") == 0
    assert evaluate(table, tmp_path / "b", "--score", "risk=0.6", "--risk", "risk") == 0
    first, second = (
        json.loads((tmp_path / name / "metrics.json").read_text(encoding="utf-8"))["metrics"] for name in "ab"
    )
    for one, other in zip(first, second, strict=True):
        assert one["value"] == pytest.approx(other["value"], abs=1e-6)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--score", "rat"], "no column 'rat' (is it 'rad'?)"),
        (["--score", "age"], "score 'age' runs from 50 to 50"),
        (["--score", "rad", "--risk", "risk"], "risk is named but is no score"),
        (["--score", "rad", "--os-months", "months"], "no column 'months'"),
        (
            ["--score", "rad", "--landmark-months", "landmark"],
            "no column 'landmark' (is it 'landmark_months'?)",
        ),
        (["--score", "rad", "--mrecist", "mrecst"], "no column 'mrecst' (is it 'mrecist'?)"),
        (["--score", "rad=47"], "the cut-off of score 'rad' is 47"),
        (["--score", "rad", "--score", "rad"], "rad is named as a score more than once"),
        (["--score", "mrecist"], "120 rows (2, 3, 4, 5, 6, 7 …), such as row 2: mrecist is"),
        (["--score", "rad", "--mrecist", "centre"], "mRECIST is 'A', 'B'"),
    ],
)
def test_a_wrong_option_is_refused_in_words(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert evaluate(table, tmp_path / "out", *options) == 3
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_cut_off_that_is_no_number_is_a_usage_error(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(table, tmp_path / "out", "--score", "rad=high") == 2
    assert "the cut-off is 'high'" in capsys.readouterr().err


def test_a_wrong_clinical_value_is_refused_with_its_row(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = table.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace(",50,", ",500,")
    table.write_text("\n".join(lines), encoding="utf-8")
    assert evaluate(table, tmp_path / "out", "--score", "rad") == 3
    assert "row 3: Age (age) is '500'" in capsys.readouterr().err


def test_scores_and_labels_alone_are_told_what_they_lack(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with table.open(encoding="utf-8") as stream:
        rows = [[row["case_id"], row["rad"], row["os_event"]] for row in csv.DictReader(stream)]
    labels = tmp_path / "labels.csv"
    lines = [["case_id", "rad", "alive12"], *rows]
    labels.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
    assert evaluate(labels, tmp_path / "out", "--score", "rad") == 3
    told = capsys.readouterr().err
    assert "no column 'os_months', 'os_event'" in told
    assert "--os-months COLUMN and --os-event COLUMN" in told
    assert "A label, alive or not, is not enough" in told


def test_decimal_commas_and_infinite_scores_are_refused_in_words(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = table.read_text(encoding="utf-8")
    comma, endless = tmp_path / "comma.csv", tmp_path / "endless.csv"
    comma.write_text(text.replace(",", ";").replace(".", ","), encoding="utf-8")
    assert evaluate(comma, tmp_path / "out", "--score", "rad") == 3
    assert "with a decimal point" in capsys.readouterr().err
    first = text.splitlines()[1].split(",")
    endless.write_text(
        text.replace(",".join(first), ",".join([*first[:-2], "inf", first[-1]])), encoding="utf-8"
    )
    assert evaluate(endless, tmp_path / "out", "--score", "rad") == 3
    assert "row 2: rad is 'inf'" in capsys.readouterr().err


def test_a_misspelt_usual_column_is_refused_and_not_left_out(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text(
        table.read_text(encoding="utf-8").replace("landmark_months", "landmark_month", 1), encoding="utf-8"
    )
    assert evaluate(table, tmp_path / "out", "--score", "rad") == 3
    assert "column 'landmark_month' looks like 'landmark_months'" in capsys.readouterr().err


def test_columns_that_nothing_uses_are_told(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()]
    more = [[*row, "shoe_size" if index == 0 else "42", "notice"] for index, row in enumerate(rows)]
    table.write_text("\n".join(map(",".join, more)), encoding="utf-8")
    # the centre is a usual subgroup, and the notice of a scored table nobody's data
    plan = ["--score", "rad", "--group", "shoe_size", "--progress", "auto"]
    assert evaluate(table, tmp_path / "one", *plan[:2], *plan[4:]) == 0
    expected = (
        "columns that nothing uses: risk, shoe_size (scores are named by --score, subgroups by --group)"
    )
    assert expected in capsys.readouterr().err
    content = json.loads((tmp_path / "one" / "metrics.json").read_text(encoding="utf-8"))
    assert content["notes"] == [expected]
    assert evaluate(table, tmp_path / "two", *plan, "--risk", "risk", "--score", "risk") == 0
    assert "nothing uses" not in capsys.readouterr().err


def test_a_score_that_is_a_risk_is_said_to_point_the_wrong_way(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(table, tmp_path / "out", "--score", "risk") == 0
    assert "risk points the wrong way" in capsys.readouterr().out


def test_tables_of_a_former_evaluation_do_not_stay(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert evaluate(table, out, "--score", "rad=0.5") == 0
    former = {path.name for path in (out / "tables").iterdir()}
    (out / "tables" / "mine.csv").write_bytes(b"kept")
    assert evaluate(table, out, "--score", "rad", "--not-probability", "rad") == 0
    left = {path.name for path in (out / "tables").iterdir()}
    assert "response-calibration-right-slope-1-intercept-and-in-the.csv" in former - left
    assert "mine.csv" in left


def test_the_same_patients_are_no_other_cohort(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(table, tmp_path / "out", "--score", "rad=0.5", "--against", str(table)) == 3
    assert "120 patients stand in both tables, such as p0000" in capsys.readouterr().err


def test_the_same_score_is_compared_between_different_patients(table: Path, tmp_path: Path) -> None:
    other = tmp_path / "others.csv"
    other.write_text(table.read_text(encoding="utf-8").replace("\np0", "\nq0"), encoding="utf-8")
    assert evaluate(table, tmp_path / "out", "--score", "rad=0.5", "--against", str(other)) == 0
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    found = [one for one in metrics if one["method"].startswith("DeLong, different patients")]
    here, there, difference = (one["value"] for one in found)
    assert difference == pytest.approx(0, abs=1e-12)
    assert here == there > 0.5


@pytest.mark.parametrize("option", ["--against", "--survival"])
def test_another_table_needs_a_table_of_scores(tmp_path: Path, option: str) -> None:
    command = ["evaluate", "--training", str(tmp_path), option, "x.csv", "-o", str(tmp_path / "out")]
    assert main(command) == 2


def test_options_of_a_table_are_refused_for_a_training(tmp_path: Path) -> None:
    assert main(["evaluate", "--training", str(tmp_path), "--score", "rad", "-o", str(tmp_path / "out")]) == 2


def test_survival_that_a_model_predicts_is_calibrated_at_its_months(table: Path, tmp_path: Path) -> None:
    cohort = scored_cohort(120)
    model, lines = cohort.survival[0], ["case_id,endpoint,model,month,survival"]
    for case_id, row in zip(cohort.outcomes.case_ids, model.survival, strict=True):
        lines += [
            f"{case_id},OS,nomogram,{month:g},{one}" for month, one in zip((12, 24), row[:2], strict=True)
        ]
    (tmp_path / "survival.csv").write_text("\n".join(lines), encoding="utf-8")
    options = ("--score", "rad=0.5", "--survival", str(tmp_path / "survival.csv"))
    assert evaluate(table, tmp_path / "out", *options) == 0
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    slopes = [one for one in metrics if one["name"] == "calibration slope" and one["score"] == "nomogram"]
    assert [one["at"] for one in slopes] == [12, 24]
    assert all(one["low"] < 1 < one["high"] for one in slopes)  # the truth is calibrated


def test_a_column_of_causes_can_have_any_name(table: Path, tmp_path: Path) -> None:
    lines = table.read_text(encoding="utf-8").splitlines()
    lines = [lines[0] + ",died_of", *(line + ",cancer" for line in lines[1:])]
    table.write_text("\n".join(lines), encoding="utf-8")
    assert evaluate(table, tmp_path / "out", "--score", "rad=0.5", "--cause-of-death", "died_of") == 0
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    assert any(one["topic"] == "competing risks" for one in metrics)
