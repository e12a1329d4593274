"""What a bundle says of itself to forms and people."""

from __future__ import annotations

import json

from LWCTRLogic.cli import main
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.models.bundle_files import load_bundle
from LWCTRLogic.models.description import describe_bundle


def test_the_coding_stands_beside_each_word_as_the_bundle_has_it():
    bundle = load_bundle()
    told = {one["name"]: one for one in describe_bundle(bundle)["clinical"]}
    clinical = bundle.classifier("Clinical")
    assert clinical is not None
    for feature in clinical.features:
        assert "Clinical" in told[feature.name]["models"]
        assert dict(map(tuple, told[feature.name]["choices"])) == dict(feature.coding)
    assert any("OS" in model for model in told["mrecist"]["models"])
    assert [word for word, _ in told["mrecist"]["choices"]] == list(VARIABLES["mrecist"].choices)


def test_a_program_gets_the_description_as_one_line(capsys):
    assert main(["models", "--progress", "json", "show"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["event"] == "bundle" and told["demonstration"] is True and told["notice"]


def test_people_read_the_notice_before_anything_is_asked(capsys):
    assert main(["models", "show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == load_bundle().notice
    assert any("(portal_vein_invasion): present =" in line for line in lines)


def test_a_bundle_that_is_not_there_is_refused(tmp_path, capsys):
    assert main(["models", "show", str(tmp_path / "none.zip")]) == 3
    assert "does not exist" in capsys.readouterr().err
