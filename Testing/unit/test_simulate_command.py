"""``lwctr simulate`` from the command line."""

import json

import pandas as pd
import pytest

from LWCTRLogic.cli import main


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


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(["--centres", "north:many"], 2), (["--features", "few"], 2), (["--patients", "0"], 3)],
)
def test_a_wrong_option_is_refused_before_anything_is_written(tmp_path, wrong, code):
    assert main(["simulate", "-o", str(tmp_path / "out"), *wrong]) == code
    assert not (tmp_path / "out").exists()
