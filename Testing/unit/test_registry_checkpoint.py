"""Checkpoints: weights only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from LWCTRLogic.errors import DependencyError, InputError
from LWCTRLogic.models.checkpoint import check_weights
from Testing.unit import tiny_nnunet

torch = pytest.importorskip("torch")


@pytest.fixture
def checkpoint(tmp_path):
    return tiny_nnunet.write_model(tmp_path / "m") / "fold_all" / "checkpoint_final.pth"


def test_good_weights_tell_their_configuration(checkpoint):
    assert check_weights(checkpoint) == "3d_fullres"


def test_an_object_is_refused(checkpoint):
    torch.save({"network_weights": {}, "trainer_name": "x", "init_args": {}, "path": Path("x")}, checkpoint)
    with pytest.raises(InputError, match="could run code"):
        check_weights(checkpoint)


def test_trusted_weights_are_not_opened(tmp_path):
    assert check_weights(tmp_path / "not there.pth", trust=True) == ""


@pytest.mark.parametrize("keep", [0, 10, 1000])
def test_a_truncated_file_is_damaged(checkpoint, keep):
    checkpoint.write_bytes(checkpoint.read_bytes()[:keep])
    with pytest.raises(InputError):
        check_weights(checkpoint)


def test_another_kind_of_checkpoint_is_refused_by_what_it_lacks(checkpoint):
    torch.save({"state_dict": {}}, checkpoint)
    with pytest.raises(InputError, match="lacks network_weights, trainer_name, init_args"):
        check_weights(checkpoint)


def test_without_torch_it_says_what_to_install(checkpoint, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(DependencyError, match=r"lwctr\[segment\]"):
        check_weights(checkpoint)
