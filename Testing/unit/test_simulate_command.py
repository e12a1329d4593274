"""``lwctr simulate`` from the command line."""

import json

import pandas as pd
import pytest

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.cli import main
from LWCTRLogic.simulation import phantom_readings, phantom_shuffled, phantoms
from LWCTRLogic.simulation.readers import READINGS
from LWCTRLogic.training.feature_tables import read_features, read_readings


def test_a_cohort_is_written_with_the_centres_asked_for(tmp_path, capsys):
    options = ["--patients", "60", "--seed", "3", "--features", "signature"]
    code = main(["simulate", "-o", str(tmp_path), *options, "--centres", "centre 2:5", "centre 3"])
    assert code == 0
    assert "60 simulated patients" in capsys.readouterr().out
    assert set(pd.read_csv(tmp_path / "cohort.csv")["centre"]) == {"centre 2", "centre 3"}
    assert (tmp_path / "readings.parquet").is_file()


def test_programs_get_the_result_as_json(tmp_path, capsys):
    main(["simulate", "-o", str(tmp_path), "--patients", "5", "--features", "none", "--progress", "json"])
    last = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert last["patients"] == 5


def test_a_cohort_that_is_there_is_replaced_only_when_asked(tmp_path, capsys):
    mine = tmp_path / "cohort.csv"
    mine.write_text("case_id\nmine\n", encoding="utf-8")
    command = ["simulate", "-o", str(tmp_path), "--patients", "5", "--features", "none"]
    assert main(command) == 3
    assert "--overwrite" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "case_id\nmine\n"
    assert main([*command, "--overwrite"]) == 0
    assert len(pd.read_csv(mine)) == 5


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (["--centres", "north:many"], 2),
        (["--features", "few"], 2),
        (["--patients", "0"], 3),
        (["--images", "0"], 2),
        (["--shuffle-voxels", "1"], 2),
        (["--read-again", "-1"], 2),
        (["--read-again", "1"], 2),
        (["--images", "3", "--centres", "north:1"], 3),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_written(tmp_path, wrong, code):
    assert main(["simulate", "-o", str(tmp_path / "out"), *wrong]) == code
    assert not (tmp_path / "out").exists()


@pytest.fixture
def quick_phantoms(monkeypatch):
    """Phantoms whose features are made up, since those of real ones take seconds."""

    def row(seed: int) -> dict[str, dict[str, float]]:
        return {volume: {"original_firstorder_Mean": seed + 0.5} for volume in VOLUMES}

    def record(seed, centre, scans=None):
        return {
            "features": row(seed),
            "row": {"case_id": f"phantom-{seed}", "centre": centre},
            "truth": {"risk": 0.0},
        }

    def readings(seed, centre):
        found = [
            {
                "reader": one.reader,
                "reading": one.number,
                "started_from": one.started_from,
                "features": row(seed),
            }
            for one in READINGS
        ]
        return {"case_id": f"phantom-{seed}", "readings": found}

    def shuffled(seed, centre, shuffle):
        return {"case_id": f"phantom-{seed}", "features": row(seed + shuffle)}

    monkeypatch.setattr(phantoms, "make_record", record)
    monkeypatch.setattr(phantom_readings, "make_patient_readings", readings)
    monkeypatch.setattr(phantom_shuffled, "_shuffled", shuffled)


def test_phantoms_get_readings_of_the_first_centre_and_a_shuffled_control(tmp_path, quick_phantoms):
    options = ["--images", "6", "--centres", "centre 2:4", "centre 1:2", "--read-again", "3"]
    assert main(["simulate", "-o", str(tmp_path), *options, "--shuffle-voxels", "100"]) == 0
    readings, _ = read_readings(tmp_path / "readings.parquet")
    assert len(readings.patients) == 3
    assert set(readings.patients) < {f"phantom-{seed}" for seed in range(1000, 1004)}
    table, origin = read_features(tmp_path / "features_shuffled.parquet")
    assert list(table.index) == [f"phantom-{seed}" for seed in range(1000, 1006)]
    assert origin["shuffled_voxels"] == 100
    assert table.loc["phantom-1001", "pre_A:original_firstorder_Mean"] == 1101.5


def test_phantoms_without_readings_or_control_have_neither_file(tmp_path, quick_phantoms):
    assert main(["simulate", "-o", str(tmp_path), "--images", "4", "--read-again", "0"]) == 0
    assert {path.name for path in tmp_path.glob("*.*")} == {"cohort.csv", "features.parquet", "truth.parquet"}
