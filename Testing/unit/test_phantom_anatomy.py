"""The phantom's anatomies: volumes, the mask's convention, seeds, spacing and fields of view."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import label as label_pieces
from scipy.spatial import ConvexHull

from LWCTRLogic.phantom.anatomy import (
    Anatomy,
    View,
    make_anatomy,
    random_view,
    whole_view,
)
from LWCTRLogic.phantom.disease import Disease, Lesion, draw_disease, draw_tumours
from LWCTRLogic.phantom.labels import LABELS, LIVER_LABELS, Label
from LWCTRLogic.phantom.traits import draw_traits

COARSE = (6.0, 6.0, 6.0)


def whole_anatomy(seed: int, spacing=COARSE, disease=None) -> Anatomy:
    traits = draw_traits(np.random.default_rng([seed, 1]))
    return make_anatomy(seed, spacing, whole_view(traits, -170, 140, 5), disease=disease)


@pytest.fixture(scope="module")
def anatomies() -> list[Anatomy]:
    return [whole_anatomy(seed) for seed in range(10)]


def test_liver_volumes_lie_where_human_livers_do(anatomies):
    volumes = [anatomy.volume_ml(anatomy.liver_mask()) for anatomy in anatomies]
    assert min(volumes) > 500
    assert max(volumes) < 3200
    assert 1100 < np.mean(volumes) < 1900
    assert np.std(volumes) > 150


def test_other_organs_have_human_sizes(anatomies):
    for names, low, high in (
        (("spleen",), 20, 1200),
        (("kidney_cortex", "kidney_medulla"), 90, 700),
        (("lung", "lung_vessel"), 200, 9000),
        (("aorta",), 15, 300),
    ):
        volumes = [anatomy.volume_ml(anatomy.mask(*names)) for anatomy in anatomies]
        assert low < np.median(volumes) < high, names


def test_the_liver_lies_on_the_right_under_the_lung(anatomies):
    for anatomy in anatomies:
        z, _, x = (np.mean(axis) for axis in np.nonzero(anatomy.liver_mask()))
        assert anatomy.origin[0] + x * anatomy.spacing[0] < -10
        lung_z = np.mean(np.nonzero(anatomy.mask("lung"))[0])
        spleen_x = np.mean(np.nonzero(anatomy.mask("spleen"))[2])
        assert z < lung_z
        assert x < spleen_x


def test_the_liver_is_nearly_one_piece(anatomies):
    for anatomy in anatomies:
        pieces, _ = label_pieces(anatomy.liver_mask(), structure=np.ones((3, 3, 3)))
        sizes = np.bincount(pieces.ravel())[1:]
        assert sizes.max() / sizes.sum() > 0.97


def test_the_liver_is_no_ellipsoid(anatomies):
    """A solid ellipsoid fills π/6 of its oriented box and nearly all of its convex hull; a liver does not."""
    for anatomy in anatomies:
        points = np.argwhere(anatomy.liver_mask())
        hull = ConvexHull(points).volume
        assert len(points) / hull < 0.9


def test_tumour_burden_spans_none_to_over_forty_percent():
    burdens = [0.0]
    for load in (0.05, 0.25, 0.95):
        disease = Disease(tuple(draw_tumours(np.random.default_rng(3), load)))
        anatomy = whole_anatomy(3, disease=disease)
        burdens.append(float(anatomy.tumour_mask().sum() / anatomy.liver_mask().sum()))
    assert burdens == sorted(burdens)
    assert burdens[1] < 0.12
    assert burdens[3] > 0.4
    assert any(not draw_disease(np.random.default_rng([seed, 2])).lesions for seed in range(20))


def test_the_mask_holds_tumours_and_vessels_but_no_neighbour():
    lesions = (
        Lesion(1, 28.0, necrosis=0.5, lipiodol=0.5, capsule=True),
        Lesion(2, 22.0, exophytic=True),
        Lesion(3, 14.0, "ablation"),
        Lesion(4, 9.0, "cyst"),
    )
    anatomy = whole_anatomy(5, (4.0, 4.0, 4.0), Disease(lesions, "main"))
    mask = anatomy.liver_mask()
    for name in (
        "liver",
        "tumour",
        "necrosis",
        "lipiodol",
        "portal_thrombus",
        "portal_vein_inside",
        "hepatic_vein",
    ):
        where = anatomy.mask(name)
        assert where.any(), name
        assert mask[where].all(), name
    for name in (
        "gallbladder",
        "vena_cava",
        "portal_vein",
        "ascites",
        "ablation_outside",
        "portal_thrombus_outside",
    ):
        assert not mask[anatomy.mask(name)].any(), name


def test_an_exophytic_tumour_grows_past_the_liver_and_stays_in_the_mask():
    before = whole_anatomy(5, disease=Disease())
    lesions = tuple(Lesion(key, 24.0, exophytic=True) for key in (2, 3, 4))
    after = whole_anatomy(5, disease=Disease(lesions))
    grown = after.liver_mask() & ~before.liver_mask()
    assert after.volume_ml(grown) > 3
    assert after.tumour_mask()[grown].all()


def test_the_same_seed_gives_the_same_bytes():
    first, second = whole_anatomy(11), whole_anatomy(11)
    assert first.labels.tobytes() == second.labels.tobytes()
    assert first.labels.tobytes() != whole_anatomy(12).labels.tobytes()


def test_spacing_is_honoured_and_does_not_change_the_person():
    coarse = whole_anatomy(6, (6.0, 6.0, 6.0))
    fine = whole_anatomy(6, (3.5, 3.5, 5.0))
    assert fine.spacing == (3.5, 3.5, 5.0)
    extents = [np.array(a.labels.shape[::-1]) * a.spacing for a in (coarse, fine)]
    assert np.abs(extents[0] - extents[1]).max() <= 12
    volumes = [a.volume_ml(a.liver_mask()) for a in (coarse, fine)]
    assert volumes[1] == pytest.approx(volumes[0], rel=0.04)


def test_a_view_is_the_box_of_voxel_centres():
    anatomy = make_anatomy(4, (5.0, 4.0, 10.0), View((-100.0, -80.0, -50.0), (100.0, 80.0, 50.0)))
    assert anatomy.labels.shape == (11, 41, 41)
    assert anatomy.origin == (-100.0, -80.0, -50.0)


def test_drawn_views_hold_the_liver_or_cut_it_now_and_then():
    heights = []
    for seed in range(60):
        traits = draw_traits(np.random.default_rng([seed, 1]))
        view = random_view(np.random.default_rng([seed, 3]), traits)
        heights.append((view.lower[2], view.upper[2]))
        assert view.lower[0] < -80 < 80 < view.upper[0]
    lower, upper = np.array(heights).T
    assert (lower < -160).any()
    assert (lower > -60).any()
    assert (upper > 135).any()
    assert (upper < 75).any()


def test_every_liver_label_is_in_the_table_once():
    assert len(set(LABELS.values())) == len(LABELS) == len(Label)
    assert set(LIVER_LABELS) < set(LABELS.values())
    assert LABELS["gallbladder"] not in LIVER_LABELS


def test_lipiodol_stays_where_it_was_when_a_tumour_grows():
    traits = draw_traits(np.random.default_rng([2, 1]))
    small = Lesion(8, 18.0, lipiodol=0.5, ragged=0.0, centre=(-60.0, 0.0, 20.0))
    grown = replace(small, radius=26.0, filled_radius=18.0)
    masks = []
    for lesion in (small, grown):
        anatomy = make_anatomy(2, (3.0, 3.0, 3.0), whole_view(traits), traits, Disease((lesion,)))
        masks.append((anatomy.mask("lipiodol"), anatomy.tumour_mask()))
    (before, tumour_before), (after, tumour_after) = masks
    assert tumour_after.sum() > 2 * tumour_before.sum()
    assert before.sum() > 50
    assert abs(int(after.sum()) - int(before.sum())) < 0.1 * before.sum()
    assert (after & before).sum() > 0.9 * before.sum()
