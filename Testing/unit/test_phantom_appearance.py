"""What a hidden state looks like: worse before treatment by the baseline, afterwards by the whole risk."""

import numpy as np
import pytest

from LWCTRLogic.phantom.appearance import appearance
from LWCTRLogic.phantom.course import Change, Latent
from LWCTRLogic.phantom.scanner import OTHER, THIRD, USUAL, Scanner

NO_CHANGE = Change(1.0, 1.0, 0)
PRE_A, PRE_V, POST_A, POST_V = range(4)


def look(number: int, baseline: float, resistance: float, scanner: Scanner = USUAL):
    return appearance(7, number, Latent(baseline, resistance), NO_CHANGE, scanner)[0]


@pytest.mark.parametrize("number", [PRE_A, PRE_V, POST_A, POST_V])
def test_a_worse_state_has_more_mottle_infiltrates_and_fine_texture(number):
    good, bad = look(number, -1.0, -1.0), look(number, 1.0, 1.0)
    assert bad.mottle > 1.5 * good.mottle
    assert bad.foci > 1.5 * good.foci
    assert bad.fine > good.fine
    assert bad.tumour_texture > good.tumour_texture


def test_resistance_shows_only_after_treatment():
    assert look(PRE_V, 0.3, -2.0) == look(PRE_V, 0.3, 2.0)
    assert look(POST_V, 0.3, 2.0).mottle > look(POST_V, 0.3, -2.0).mottle


def test_infiltrates_are_bright_in_the_arterial_and_dark_in_the_venous_phase():
    assert look(POST_A, 0.0, 0.0).foci_hu > 0 > look(POST_V, 0.0, 0.0).foci_hu


def test_a_persons_habit_blurs_what_the_images_tell():
    mottle = [appearance(seed, POST_V, Latent(0, 0), NO_CHANGE, USUAL)[0].mottle for seed in range(200)]
    # habit has a deviation of 0.25 in the state, 0.48 log units of mottle to one of the state
    assert np.std(np.log(mottle)) == pytest.approx(0.12, abs=0.02)


@pytest.mark.parametrize("scanner", [USUAL, OTHER, THIRD])
def test_a_scanner_sets_noise_kernel_and_timing(scanner):
    looks, enhancements = zip(
        *(appearance(seed, PRE_A, Latent(0, 0), NO_CHANGE, scanner) for seed in range(200)), strict=True
    )
    noise = [item.noise for item in looks]
    assert scanner.noise[0] <= min(noise) < max(noise) <= scanner.noise[1]
    assert {(item.grain, item.blur) for item in looks} == {(scanner.grain, scanner.blur)}
    assert np.mean([item.blood for item in enhancements]) == pytest.approx(scanner.blood, abs=0.03)
    assert np.mean([item.lag for item in enhancements]) == pytest.approx(scanner.arterial_lag, abs=0.02)
