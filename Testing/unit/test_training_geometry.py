import numpy as np
import pytest
import torch

from LWCTRLogic.phantom.labels import Label
from tools.liver_model.geometry import close_gaps, random_view
from tools.liver_model.randomness import Dice

CPU = torch.device("cpu")


def ball_in_fat(size: int = 24, radius: float = 7.0) -> torch.Tensor:
    z, y, x = np.indices((size, size, size)) - (size - 1) / 2
    labels = np.full((size, size, size), Label.VISCERAL_FAT, np.uint8)
    labels[z**2 + y**2 + x**2 < radius**2] = Label.LIVER
    return torch.from_numpy(labels)


def test_a_view_holds_the_labels_of_the_anatomy_and_air():
    view = random_view(ball_in_fat(), (16, 16, 16), 1.0, Dice(1, CPU))
    assert view.shape == (16, 16, 16)
    assert set(view.unique().tolist()) <= {Label.AIR, Label.VISCERAL_FAT, Label.LIVER}


def test_the_same_seed_gives_the_same_view_and_another_seed_another():
    views = [random_view(ball_in_fat(), (16, 16, 16), 1.0, Dice(seed, CPU)) for seed in (1, 1, 2)]
    assert torch.equal(views[0], views[1])
    assert not torch.equal(views[0], views[2])


def test_twice_as_coarse_a_grid_holds_about_an_eighth_of_the_voxels():
    anatomy = ball_in_fat(40, 10.0)
    counts = []
    for scale, patch in ((1.0, (80, 80, 80)), (2.0, (40, 40, 40))):
        views = [random_view(anatomy, patch, scale, Dice(seed, CPU)) for seed in range(6)]
        counts.append(sum(int((view == Label.LIVER).sum()) for view in views))
    assert counts[0] / counts[1] == pytest.approx(8, rel=0.15)


def test_organs_grow_into_fat_only_and_by_the_given_voxels():
    labels = ball_in_fat().long()
    labels[2, 12, 12] = Label.SPLEEN
    grown = close_gaps(labels, 2)
    changed = grown != labels
    assert int((grown == Label.SPLEEN).sum()) == 5 * 5 * 5  # z 0…4, two voxels each way
    assert set(labels[changed].tolist()) == {int(Label.VISCERAL_FAT)}
    assert torch.equal(grown == Label.LIVER, labels == Label.LIVER)


def test_most_views_are_at_the_height_of_the_liver_when_its_slices_are_known():
    anatomy = torch.full((200, 20, 20), int(Label.VISCERAL_FAT), dtype=torch.uint8)
    anatomy[90:110] = Label.LIVER
    shares = []
    for rows in ((), range(90, 110)):
        views = [random_view(anatomy, (16, 16, 16), 1.0, Dice(seed, CPU), rows) for seed in range(60)]
        shares.append(np.mean([bool((view == Label.LIVER).any()) for view in views]))
    assert shares[0] < 0.4
    assert shares[1] > 0.5
