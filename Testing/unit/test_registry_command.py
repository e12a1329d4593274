"""``lwctr models`` from the outside."""

from __future__ import annotations

import argparse
import io
import json

import pytest

from LWCTRLogic.commands import models as command
from LWCTRLogic.errors import InputError
from LWCTRLogic.progress import JsonProgress, Progress
from Testing.unit import tiny_nnunet

pytest.importorskip("torch")


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Run the command with an empty models folder."""
    monkeypatch.setenv("LWCTR_MODELS", str(tmp_path / "models"))

    def run(*arguments, progress=None):
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        return command.run(parser.parse_args([str(one) for one in arguments]), progress or Progress())

    return run


def test_install_list_verify_remove(call, tmp_path, capsys):
    folder = tiny_nnunet.write_model(tmp_path / "tiny")
    assert call("install", folder, "--name", "mine") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("mine: nnunet, from tiny, licence: CC0-1.0, liver = liver\n  SHA-256 ")
    assert call("list") == 0
    assert f"kept in {tmp_path / 'models'}" in capsys.readouterr().out
    assert call("verify", "mine") == 0
    assert capsys.readouterr().out == "mine: unchanged\n"
    assert call("remove", "mine") == 0
    assert capsys.readouterr().out == "mine: removed\n"
    with pytest.raises(InputError, match="no model is called"):
        call("verify", "mine")


def test_programs_get_json_lines(call, tmp_path):
    folder = tiny_nnunet.write_model(tmp_path / "tiny")
    stream = io.StringIO()
    call("install", folder, progress=JsonProgress(stream))
    event = json.loads(stream.getvalue().splitlines()[-1])
    assert (event["event"], event["name"], event["labels"]) == ("model", "tiny", ["liver"])


def test_several_labels_together_are_the_liver(call, tmp_path, capsys):
    folder = tiny_nnunet.write_model(tmp_path / "t", {"background": 0, "left": 1, "right": 2})
    call("install", folder, "--label", "left", "--label", "right")
    assert "liver = left + right" in capsys.readouterr().out
