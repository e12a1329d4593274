"""From label map to HU: brightness by phase, blur, noise and texture."""

import numpy as np
import pytest

from LWCTRLogic.phantom.anatomy import Anatomy, make_anatomy, whole_view
from LWCTRLogic.phantom.contrast import Enhancement, hu_table
from LWCTRLogic.phantom.disease import Disease, Lesion
from LWCTRLogic.phantom.labels import Label
from LWCTRLogic.phantom.render import Look, Texture, make_texture, render
from LWCTRLogic.phantom.traits import draw_traits


@pytest.fixture(scope="module")
def anatomy() -> Anatomy:
    traits = draw_traits(np.random.default_rng([2, 1]))
    disease = Disease((Lesion(8, 26.0),))
    return make_anatomy(2, (4.0, 4.0, 4.0), whole_view(traits), traits, disease)


@pytest.fixture(scope="module")
def texture(anatomy) -> Texture:
    return make_texture(1, anatomy)


@pytest.fixture(scope="module")
def volumes(anatomy, texture) -> dict[str, np.ndarray]:
    return {
        phase: render(anatomy, Enhancement(phase), Look(1, noise_key=ord(phase)), texture) for phase in "AV"
    }


@pytest.mark.parametrize(
    ("tissue", "arterial", "venous"),
    [
        ("aorta", (230, 400), (120, 190)),
        ("liver", (60, 80), (100, 120)),
        ("portal_vein", (60, 130), (120, 180)),
        ("kidney_cortex", (130, 220), (140, 220)),
        ("spleen", (95, 150), (100, 140)),
        ("tumour", (85, 140), (70, 100)),
        ("muscle", (35, 75), (40, 80)),
        ("lung", (-900, -780), (-900, -780)),
    ],
)
def test_each_tissue_has_the_hu_of_its_phase(anatomy, volumes, tissue, arterial, venous):
    where = anatomy.mask(tissue)
    assert where.any()
    for phase, (low, high) in (("A", arterial), ("V", venous)):
        assert low < np.median(volumes[phase][where]) < high, (tissue, phase)


def test_cortex_and_medulla_part_in_the_arterial_phase_only():
    arterial, venous = hu_table(Enhancement("A")), hu_table(Enhancement("V"))
    assert arterial[Label.KIDNEY_CORTEX] - arterial[Label.KIDNEY_MEDULLA] > 80
    assert venous[Label.KIDNEY_CORTEX] - venous[Label.KIDNEY_MEDULLA] < 40


def test_every_label_has_its_own_hu():
    table = hu_table(Enhancement("V"))
    assert table[Label.AIR] == -1000
    assert all(table[label] != 0 for label in Label)


def test_wash_in_and_wash_out_are_what_was_asked_for():
    arterial = hu_table(Enhancement("A", wash_in=50.0))
    venous = hu_table(Enhancement("V", wash_out=30.0))
    assert arterial[Label.TUMOUR] - arterial[Label.LIVER] == pytest.approx(50)
    assert venous[Label.LIVER] - venous[Label.TUMOUR] == pytest.approx(30)


def test_noise_has_its_deviation_and_its_grain(anatomy, texture):
    flat = Look(1, liver_texture=0.0, tumour_texture=0.0, noise=0.0)
    still = render(anatomy, Enhancement("V"), flat, texture).astype(float)
    noisy = render(
        anatomy, Enhancement("V"), Look(1, 0.0, 0.0, noise=20.0, grain=4.0, noise_key=5), texture
    ).astype(float)
    noise = (noisy - still)[still > -900]
    assert noise.std() == pytest.approx(20, rel=0.05)
    difference = noisy - still
    inside = (still > -900)[:, :, :-1]
    beside = np.corrcoef(difference[:, :, :-1][inside], difference[:, :, 1:][inside])[0, 1]
    assert beside > 0.3


def test_more_texture_asked_for_is_more_texture_in_the_liver(anatomy, texture):
    where = anatomy.mask("liver")
    calm, rough = (
        render(anatomy, Enhancement("V"), Look(1, liver_texture=level, noise=2.0), texture)[where]
        for level in (2.0, 12.0)
    )
    assert rough.std() > calm.std() + 1


def test_mottle_is_finer_than_the_other_texture(anatomy, texture):
    where = anatomy.mask("liver")

    def beside(look: Look) -> float:
        plain = Look(1, liver_texture=0.0, noise=0.0)
        extra = render(anatomy, Enhancement("V"), look, texture).astype(float)
        extra -= render(anatomy, Enhancement("V"), plain, texture)
        both = where[:, :, :-1] & where[:, :, 1:]
        return float(np.corrcoef(extra[:, :, :-1][both], extra[:, :, 1:][both])[0, 1])

    fine = beside(Look(1, liver_texture=0.0, mottle=20.0, noise=0.0))
    broad = beside(Look(1, liver_texture=12.0, fine=0.0, noise=0.0))
    assert fine < 0.35 < 0.8 < broad


def test_infiltrates_take_the_share_and_the_contrast_asked_for(anatomy, texture):
    where = anatomy.mask("liver")
    plain = Look(1, liver_texture=0.0, noise=0.0, blur=0.0)
    dotted = Look(1, liver_texture=0.0, noise=0.0, blur=0.0, foci=0.1, foci_hu=-30.0)
    change = render(anatomy, Enhancement("V"), dotted, texture).astype(float) - render(
        anatomy, Enhancement("V"), plain, texture
    )
    assert -30.5 < change[where].min() < -28
    assert change[where].max() <= 0.5
    assert np.mean(change[where] < -8) == pytest.approx(0.1, abs=0.04)


def test_a_texture_given_is_the_texture_made(anatomy):
    look = Look(3, mottle=10.0, foci=0.05, foci_hu=20.0)
    given = render(anatomy, Enhancement("A"), look, make_texture(3, anatomy))
    assert np.array_equal(given, render(anatomy, Enhancement("A"), look))


def test_a_late_arterial_scan_is_on_its_way_to_the_venous_one():
    arterial, venous = hu_table(Enhancement("A")), hu_table(Enhancement("V"))
    late = hu_table(Enhancement("A", lag=0.25))
    for label in (Label.AORTA, Label.LIVER, Label.PORTAL_VEIN, Label.SPLEEN, Label.TUMOUR):
        assert late[label] == pytest.approx(0.75 * arterial[label] + 0.25 * venous[label], abs=0.01)
    assert hu_table(Enhancement("V", lag=1.0)) == pytest.approx(arterial, abs=0.01)
