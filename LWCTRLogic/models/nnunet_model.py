"""What an nnU-Net model folder holds, read from its JSON files without torch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.errors import InputError

CHECKPOINTS = ("checkpoint_final.pth", "checkpoint_best.pth")
CONFIGURATIONS = ("3d_fullres", "3d_lowres", "2d")
_LIVER = re.compile(r"\b(whole[ _-]?)?(liver|hepar|foie|leber)\b", re.IGNORECASE)
_TUMOUR = re.compile(r"tumou?r|cancer|lesion|hcc|metastas", re.IGNORECASE)


@dataclass(frozen=True)
class NnunetModel:
    """One trained configuration of nnU-Net.

    Attributes
    ----------
    folder : Path
        Holds ``plans.json``, ``dataset.json`` and ``fold_*``.
    plans, dataset : dict
        Content of the two JSON files.
    configuration : str
        Key of ``plans["configurations"]``.
    folds : tuple of str
        ``("all",)`` or ``("0", "1", …)``.
    checkpoint : str
        File name of the weights in each fold.
    """

    folder: Path
    plans: Mapping[str, Any]
    dataset: Mapping[str, Any]
    configuration: str
    folds: tuple[str, ...]
    checkpoint: str

    @property
    def checkpoints(self) -> tuple[Path, ...]:
        """Paths of the weights, one a fold."""
        return tuple(self.folder / f"fold_{fold}" / self.checkpoint for fold in self.folds)

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of the configuration, with what it inherits from others."""
        return _inherited(self.plans["configurations"], self.configuration)

    @property
    def labels(self) -> dict[str, Any]:
        """Label names and their values (a list for a region)."""
        return dict(self.dataset["labels"])

    @property
    def has_regions(self) -> bool:
        """Whether the network gives one sigmoid a region instead of one softmax over labels."""
        return any(isinstance(value, list) and len(value) > 1 for value in self.labels.values())

    @property
    def orientation(self) -> str:
        """Axis code of the arrays that the model was trained on.

        nnU-Net's ``NibabelIOWithReorient`` turns every image to RAS; its other readers take axes as stored,
        which for CT converted from DICOM is LPS. A model may say otherwise by ``"orientation"`` in
        ``dataset.json``.
        """
        if "orientation" in self.dataset:
            return check_orientation(str(self.dataset["orientation"]))
        return "RAS" if self.plans.get("image_reader_writer") == "NibabelIOWithReorient" else "LPS"

    def heads(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return the network's output channels for the given label names.

        Of a model of regions also the channels of regions that lie within the named ones.
        """
        if not self.has_regions:
            return tuple(int(_plain(self.labels[name])) for name in names)
        regions = [
            _values(value) for name, value in self.labels.items() if name != "ignore" and _plain(value) != 0
        ]  # in the order in which nnU-Net lays out its channels
        wanted = set().union(*(_values(self.labels[name]) for name in names))
        return tuple(channel for channel, values in enumerate(regions) if values <= wanted)


def _plain(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _values(value: Any) -> set[int]:
    return set(value) if isinstance(value, list) else {int(value)}


def _inherited(configurations: Mapping[str, Any], name: str) -> dict[str, Any]:
    own = dict(configurations[name])
    parent = own.pop("inherits_from", None)
    return {**_inherited(configurations, parent), **own} if parent else own


def check_orientation(code: str) -> str:
    """Return an axis code such as ``LPS``.

    Raises
    ------
    InputError
        When it does not name each axis of the body once.
    """
    pairs = ("LR", "AP", "IS")
    if len(code) != 3 or any(sum(letter in code for letter in pair) != 1 for pair in pairs):
        raise InputError(f"orientation is {code!r}", "a letter of L R, A P and I S each, such as LPS or RAS")
    return code


def find_models(root: Path) -> list[NnunetModel]:
    """Find every usable nnU-Net configuration in ``root`` and its subfolders, the preferred one first.

    Raises
    ------
    InputError
        When there is none; the message says what is missing.
    """
    folders = sorted(path.parent for path in root.rglob("plans.json"))
    if not folders:
        if any(root.rglob("plans.pkl")):
            raise InputError(f"{root.name} is a model of nnU-Net version 1", "a model of nnU-Net version 2")
        raise InputError(
            f"{root.name} holds no plans.json", "an nnU-Net model: plans.json, dataset.json, fold_*"
        )
    models = [_read(folder) for folder in folders]
    return sorted(models, key=lambda model: (_rank(model.configuration), str(model.folder)))


def _rank(configuration: str) -> int:
    return CONFIGURATIONS.index(configuration) if configuration in CONFIGURATIONS else len(CONFIGURATIONS)


def _read(folder: Path) -> NnunetModel:
    plans, dataset = files.read_json(folder / "plans.json"), files.read_json(folder / "dataset.json")
    _check_json(folder, plans, dataset)
    folds = sorted(path.name.removeprefix("fold_") for path in folder.glob("fold_*") if path.is_dir())
    for checkpoint in CHECKPOINTS:
        having = tuple(fold for fold in folds if (folder / f"fold_{fold}" / checkpoint).is_file())
        if having:
            # fold_all was trained on everything; the numbered folds are an ensemble of their own
            chosen = ("all",) if having == ("all",) else tuple(fold for fold in having if fold != "all")
            return NnunetModel(folder, plans, dataset, _configuration(folder, plans), chosen, checkpoint)
    raise InputError(
        f"{folder.name} has {len(folds)} fold folders and none with weights",
        "fold_all or fold_0 … with " + " or ".join(CHECKPOINTS),
    )


def _check_json(folder: Path, plans: Any, dataset: Any) -> None:
    if not isinstance(plans, dict) or not isinstance(plans.get("configurations"), dict):
        raise InputError(f"plans.json in {folder.name} has no configurations", "the plans.json of nnU-Net 2")
    if not isinstance(dataset, dict) or not isinstance(dataset.get("labels"), dict):
        raise InputError(f"dataset.json in {folder.name} has no labels", "the dataset.json of nnU-Net 2")
    channels: dict[str, str] = dataset.get("channel_names") or dataset.get("modality") or {"0": "CT"}
    if len(channels) != 1:
        raise InputError(
            f"the model in {folder.name} wants {len(channels)} input channels", "one, the CT volume"
        )


def _configuration(folder: Path, plans: Mapping[str, Any]) -> str:
    """Return the configuration: nnU-Net names a folder ``TRAINER__PLANS__CONFIGURATION``."""
    configurations = plans["configurations"]
    named = folder.name.rsplit("__", 1)[-1]
    names = [named, *CONFIGURATIONS, *configurations]
    name = next((name for name in names if name in configurations), "")
    if not name:
        raise InputError(f"plans.json in {folder.name} names no configuration", "at least one")
    settings = _inherited(configurations, name)
    if settings.get("previous_stage"):
        raise InputError(
            f"the model in {folder.name} is the second stage of a cascade",
            "a model that runs by itself",
            "Install its 3d_fullres or 3d_lowres configuration",
        )
    return name


def liver_labels(model: NnunetModel, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """Choose the labels that together are the whole liver, tumours included.

    Tumour labels are added to ``liver`` when they name the liver, or when the model knows no organ but the
    liver, so that a model of liver and tumour gives the whole liver.

    Parameters
    ----------
    model : NnunetModel
        The model.
    wanted : sequence of str
        Labels chosen by the user; empty to choose by name.

    Raises
    ------
    InputError
        When a wanted label does not exist, or none is called liver.
    """
    names = [name for name in model.labels if name not in ("background", "ignore")]
    if wanted:
        missing = [name for name in wanted if name not in names]
        if missing:
            raise InputError(f"the model has no label {', '.join(missing)}", "one of " + ", ".join(names))
        return tuple(wanted)
    spaced = {name: name.replace("_", " ") for name in names}
    tumours = [name for name in names if _TUMOUR.search(name)]
    liver = [name for name in names if _LIVER.search(spaced[name]) and name not in tumours]
    if not liver:
        raise InputError(
            f"the model's labels are {', '.join(names)}",
            "one called liver",
            "If one of them is the whole liver, name it with --label",
        )
    if model.has_regions:
        return (liver[0],)  # a region holds its parts
    alone = set(names) == {*liver, *tumours}
    return (*liver, *(name for name in tumours if alone or _LIVER.search(spaced[name])))
