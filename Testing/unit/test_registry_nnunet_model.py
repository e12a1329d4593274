"""What an nnU-Net folder says of itself."""

from __future__ import annotations

import json

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.models.nnunet_model import find_models, liver_labels
from Testing.unit import tiny_nnunet


def model_with(tmp_path, labels):
    tiny_nnunet.write_json_files(tmp_path / "m", labels)
    return find_models(tmp_path)[0]


@pytest.mark.parametrize(
    ("labels", "chosen"),
    [
        ({"background": 0, "liver": 1}, ("liver",)),
        ({"background": 0, "Liver": 1, "tumor": 2}, ("Liver", "tumor")),
        ({"background": 0, "liver": 1, "cancer": 2}, ("liver", "cancer")),
        ({"background": 0, "spleen": 1, "liver": 2, "kidney_tumor": 3}, ("liver",)),
        ({"background": 0, "spleen": 1, "liver": 2, "liver_tumour": 3}, ("liver", "liver_tumour")),
        ({"background": 0, "whole liver": [1, 2], "tumour": 2}, ("whole liver",)),
        ({"background": 0, "gallbladder": 1, "liver": 2, "liver_vessel": 3}, ("liver", "liver_vessel")),
    ],
)
def test_the_whole_liver_is_chosen_by_name(tmp_path, labels, chosen):
    assert liver_labels(model_with(tmp_path, labels)) == chosen


def test_a_chosen_label_must_exist(tmp_path):
    model = model_with(tmp_path, None)
    assert liver_labels(model, ["liver"]) == ("liver",)
    with pytest.raises(InputError, match="no label hepar; expected one of liver"):
        liver_labels(model, ["hepar"])


def test_channels_follow_label_values(tmp_path):
    model = model_with(tmp_path, {"background": 0, "spleen": 2, "liver": 1, "tumor": 3})
    assert model.heads(("liver", "tumor")) == (1, 3)


def test_channels_of_regions_include_the_regions_within(tmp_path):
    model = model_with(tmp_path, {"background": 0, "spleen": 3, "liver": [1, 2], "tumour": 2})
    assert model.has_regions
    assert model.heads(("liver",)) == (1, 2)


def test_the_orientation_comes_from_the_reader_or_the_models_word(tmp_path):
    folder = tiny_nnunet.write_json_files(tmp_path / "m")
    assert find_models(folder)[0].orientation == "LPS"
    plans = {**tiny_nnunet.plans(), "image_reader_writer": "NibabelIOWithReorient"}
    (folder / "plans.json").write_text(json.dumps(plans))
    assert find_models(folder)[0].orientation == "RAS"
    (folder / "dataset.json").write_text(json.dumps({**tiny_nnunet.dataset(), "orientation": "LPI"}))
    assert find_models(folder)[0].orientation == "LPI"


def test_of_several_configurations_full_resolution_is_preferred(tmp_path):
    for configuration in ("2d", "3d_fullres", "3d_lowres"):
        folder = tiny_nnunet.write_json_files(tmp_path / f"nnUNetTrainer__nnUNetPlans__{configuration}")
        all_three = {
            name: tiny_nnunet.plans(name)["configurations"][name]
            for name in ("2d", "3d_fullres", "3d_lowres")
        }
        (folder / "plans.json").write_text(json.dumps({**tiny_nnunet.plans(), "configurations": all_three}))
    found = [model.configuration for model in find_models(tmp_path)]
    assert found == ["3d_fullres", "3d_lowres", "2d"]


def test_numbered_folds_are_an_ensemble(tmp_path):
    folder = tiny_nnunet.write_json_files(tmp_path / "m")
    for fold in ("0", "1"):
        (folder / f"fold_{fold}").mkdir()
        (folder / f"fold_{fold}" / "checkpoint_final.pth").write_bytes(b"")
    (folder / "fold_2").mkdir()  # its training did not finish
    assert find_models(tmp_path)[0].folds == ("0", "1")


def test_the_best_checkpoint_is_taken_where_there_is_no_final_one(tmp_path):
    folder = tiny_nnunet.write_json_files(tmp_path / "m")
    (folder / "fold_all" / "checkpoint_final.pth").rename(folder / "fold_all" / "checkpoint_best.pth")
    assert find_models(tmp_path)[0].checkpoint == "checkpoint_best.pth"


def test_what_is_no_model_is_refused_by_what_it_lacks(tmp_path):
    with pytest.raises(InputError, match=r"holds no plans\.json"):
        find_models(tmp_path)
    folder = tiny_nnunet.write_json_files(tmp_path / "m")
    (folder / "fold_all" / "checkpoint_final.pth").unlink()
    with pytest.raises(InputError, match="1 fold folders and none with weights"):
        find_models(tmp_path)
    (folder / "dataset.json").write_text("{}")
    with pytest.raises(InputError, match="no labels"):
        find_models(tmp_path)
    (folder / "plans.json").write_text("[]")
    with pytest.raises(InputError, match="holds no JSON object"):
        find_models(tmp_path)


def test_a_model_of_version_1_is_named(tmp_path):
    (tmp_path / "plans.pkl").write_bytes(b"")
    with pytest.raises(InputError, match="version 1"):
        find_models(tmp_path)


def test_a_model_of_several_sequences_is_refused(tmp_path):
    folder = tiny_nnunet.write_json_files(tmp_path / "m")
    dataset = {**tiny_nnunet.dataset(), "channel_names": {"0": "T1", "1": "T2"}}
    (folder / "dataset.json").write_text(json.dumps(dataset))
    with pytest.raises(InputError, match="2 input channels"):
        find_models(tmp_path)


def test_a_cascade_is_refused(tmp_path):
    folder = tiny_nnunet.write_json_files(tmp_path / "T__P__3d_cascade_fullres")
    plans = tiny_nnunet.plans()
    plans["configurations"]["3d_cascade_fullres"] = {
        "inherits_from": "3d_fullres",
        "previous_stage": "3d_lowres",
    }
    (folder / "plans.json").write_text(json.dumps(plans))
    with pytest.raises(InputError, match="cascade"):
        find_models(tmp_path)


def test_settings_are_inherited(tmp_path):
    folder = tiny_nnunet.write_json_files(tmp_path / "T__P__mine")
    plans = tiny_nnunet.plans()
    plans["configurations"]["mine"] = {"inherits_from": "3d_fullres", "patch_size": [32, 32, 32]}
    (folder / "plans.json").write_text(json.dumps(plans))
    model = find_models(tmp_path)[0]
    assert model.configuration == "mine"
    assert model.settings["patch_size"] == [32, 32, 32]
    assert model.settings["spacing"] == tiny_nnunet.SPACING
