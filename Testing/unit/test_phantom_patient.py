"""Simulated patients: HU by phase, motion, response, course, and what is written."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.clinical import check_clinical
from LWCTRLogic.phantom.course import Change, Latent, draw_outcome, survival
from LWCTRLogic.phantom.patient import VOLUMES, PhantomPatient, make_patient, make_story, write_patient

COARSE = {"spacing": (4.0, 4.0, 4.0), "crop_mm": 20.0}


@pytest.fixture(scope="module")
def responder() -> PhantomPatient:
    return make_patient(7, baseline=-0.5, resistance=-1.8, **COARSE)


@pytest.fixture(scope="module")
def non_responder() -> PhantomPatient:
    return make_patient(7, baseline=1.2, resistance=1.8, **COARSE)


def array(image: sitk.Image) -> np.ndarray:
    return sitk.GetArrayFromImage(image)


def millilitres(mask: sitk.Image) -> float:
    return float(array(mask).sum() * np.prod(mask.GetSpacing()) / 1000)


def parenchyma_hu(patient: PhantomPatient, name: str) -> float:
    inside = (array(patient.liver[name]) > 0) & (array(patient.tumour[name]) == 0)
    return float(np.median(array(patient.volumes[name])[inside]))


def tumour_contrast(patient: PhantomPatient, name: str) -> float:
    return float(np.percentile(soft_tumour(patient, name), 75)) - parenchyma_hu(patient, name)


def soft_tumour(patient: PhantomPatient, name: str) -> np.ndarray:
    """Return the HU of the tumours without lipiodol."""
    values = array(patient.volumes[name])[array(patient.tumour[name]) > 0]
    return values[values < 220]


def test_a_patient_has_four_volumes_in_hu_with_masks_on_their_grids(responder):
    assert tuple(responder.volumes) == VOLUMES
    for name, volume in responder.volumes.items():
        assert volume.GetPixelID() == sitk.sitkInt16
        assert volume.GetSpacing() == (4.0, 4.0, 4.0)
        assert array(volume).min() >= -1024
        for mask in (responder.liver[name], responder.tumour[name]):
            assert mask.GetPixelID() == sitk.sitkUInt8
            assert mask.GetSize() == volume.GetSize()
            assert mask.GetOrigin() == volume.GetOrigin()
            assert mask.GetDirection() == volume.GetDirection()
        assert (array(responder.tumour[name]) <= array(responder.liver[name])).all()


def test_the_liver_enhances_from_the_arterial_to_the_venous_phase(responder):
    assert 40 < parenchyma_hu(responder, "pre_A") < 95
    assert 80 < parenchyma_hu(responder, "pre_V") < 145
    assert parenchyma_hu(responder, "pre_V") - parenchyma_hu(responder, "pre_A") > 20


def test_a_viable_tumour_is_bright_in_the_arterial_and_dark_in_the_venous_phase(non_responder):
    assert tumour_contrast(non_responder, "pre_A") > 20
    venous = float(np.median(soft_tumour(non_responder, "pre_V")))
    assert venous < parenchyma_hu(non_responder, "pre_V") - 8


def test_a_responders_tumours_shrink_and_lose_arterial_enhancement(responder):
    assert millilitres(responder.tumour["post_A"]) < 0.6 * millilitres(responder.tumour["pre_A"])
    assert tumour_contrast(responder, "post_A") < tumour_contrast(responder, "pre_A") - 10
    assert responder.mrecist in ("CR", "PR")


def test_a_non_responders_tumours_grow(non_responder):
    assert millilitres(non_responder.tumour["post_A"]) > 1.1 * millilitres(non_responder.tumour["pre_A"])
    assert non_responder.mrecist == "PD"


def test_breathing_moves_the_liver_between_phases_but_keeps_its_volume(responder):
    masks = [array(responder.liver[name]) > 0 for name in ("pre_A", "pre_V")]
    overlap = 2 * (masks[0] & masks[1]).sum() / (masks[0].sum() + masks[1].sum())
    assert 0.80 < overlap < 0.999
    assert masks[0].sum() == pytest.approx(masks[1].sum(), rel=0.06)


def test_a_small_body_is_small(responder):
    small = make_patient(7, body_scale=0.5, baseline=-0.5, resistance=-1.8, **COARSE)
    ratio = millilitres(small.liver["pre_V"]) / millilitres(responder.liver["pre_V"])
    assert ratio == pytest.approx(0.125, rel=0.15)


def test_the_same_seed_gives_the_same_bytes_on_disk(tmp_path):
    for folder in ("one", "two"):
        patient = make_patient(5, spacing=(8.0, 8.0, 8.0), crop_mm=5.0)
        write_patient(patient, tmp_path / folder / "é phantom")
    first = {path.name: path.read_bytes() for path in (tmp_path / "one" / "é phantom").iterdir()}
    second = {path.name: path.read_bytes() for path in (tmp_path / "two" / "é phantom").iterdir()}
    assert first == second
    assert {f"{name}.nii.gz" for name in VOLUMES} | {"patient.json"} < set(first)
    assert len(first) == 13


def test_what_is_written_reads_back_without_dates_or_names(tmp_path):
    patient = make_patient(5, spacing=(8.0, 8.0, 8.0), crop_mm=5.0)
    write_patient(patient, tmp_path)
    record = json.loads((tmp_path / "patient.json").read_text(encoding="utf-8"))
    assert record["simulated"] is True
    assert -20 <= record["day_from_first_dose"]["pre"] <= -3
    assert 45 <= record["day_from_first_dose"]["post"] <= 65
    assert check_clinical(record["clinical"]) == record["clinical"]
    image = sitk.ReadImage(str(tmp_path / "pre_V.nii.gz"))
    assert np.array_equal(array(image), array(patient.volumes["pre_V"]))
    assert "date" not in json.dumps(record)


def test_a_cohorts_course_follows_the_latent_risk():
    stories = [make_story(seed) for seed in range(400)]
    risk = np.array([story.latent.risk for story in stories])
    months = np.array([story.outcome.os_months for story in stories])
    event = np.array([story.outcome.os_event for story in stories])
    assert np.corrcoef(risk, np.log(months))[0, 1] < -0.55
    assert 9 < np.median(months) < 15
    assert 0.6 < event.mean() < 0.95
    assert all(story.outcome.pfs_months <= story.outcome.os_months for story in stories)
    progressed = np.array([story.outcome.mrecist == "PD" for story in stories])
    assert 0.08 < progressed.mean() < 0.3
    assert months[progressed].mean() < months[~progressed].mean()


def test_clinical_values_agree_with_the_disease_and_with_each_other():
    stories = [make_story(seed) for seed in range(200)]
    agree = 0
    for story in stories:
        assert check_clinical(dict(story.clinical)) == story.clinical
        invaded = story.clinical["portal_vein_invasion"] == "present"
        agree += invaded == (story.before.thrombus != "none")
        if invaded or story.clinical["extrahepatic_spread"] == "present":
            assert story.clinical["bclc"] == "C"
        if story.outcome.mrecist == "PD":
            assert story.outcome.pfs_months < 2.2
    assert agree > 180


def test_a_non_responder_gets_new_lesions_and_old_ones_keep_their_keys():
    story = make_story(9, resistance=2.5)
    before = [lesion.key for lesion in story.before.lesions]
    after = [lesion.key for lesion in story.after.lesions]
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_the_livers_of_two_risks_differ_in_grain_to_the_eye(responder, non_responder):
    def grain(patient: PhantomPatient) -> float:
        inside = (array(patient.liver["post_V"]) > 0) & (array(patient.tumour["post_V"]) == 0)
        values = array(patient.volumes["post_V"])[inside].astype(float)
        return float(np.subtract(*np.percentile(values, [75, 25])))

    assert grain(non_responder) > 1.2 * grain(responder)


def test_the_true_survival_is_the_share_of_like_patients_who_live():
    latent = Latent(0.4, 0.2)
    change = Change(1.0, 0.6, 0)
    rng = np.random.default_rng(3)
    outcomes = [draw_outcome(rng, latent, change) for _ in range(4000)]
    early = np.array([outcome.os_months <= 11.9 for outcome in outcomes])
    assert 1 - early.mean() == pytest.approx(survival(latent, 11.9), abs=4 * np.sqrt(0.25 / 4000))
    assert survival(latent, 2.0) == 1.0


def test_no_more_lipiodol_lies_in_a_growing_tumour():
    story = next(
        story
        for story in (make_story(seed, resistance=2.0) for seed in range(100))
        if any(lesion.lipiodol > 0 for lesion in story.before.lesions)
    )
    for before, after in zip(story.before.lesions, story.after.lesions, strict=False):
        assert after.lipiodol == before.lipiodol
        if before.kind == "tumour":
            assert after.filled_radius == min(before.radius, after.radius)
