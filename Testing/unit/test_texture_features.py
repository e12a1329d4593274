"""Texture features of matrices small enough to work out by hand."""

import math

import numpy as np
import pytest

from LWCTRLogic.radiomics.glcm import glcm_features
from LWCTRLogic.radiomics.gldm import gldm_features
from LWCTRLogic.radiomics.glrlm import glrlm_features
from LWCTRLogic.radiomics.glszm import glszm_features
from LWCTRLogic.radiomics.matrix_features import SizeMatrix, from_dense
from LWCTRLogic.radiomics.names import FEATURES
from LWCTRLogic.radiomics.ngtdm import ngtdm_features

LEVELS = np.array([1.0, 2.0])


@pytest.fixture
def glcm():
    """One direction: (1, 1) twice, (1, 2) and (2, 1) once each."""
    return glcm_features(np.array([[[2.0, 1.0], [1.0, 0.0]]]), LEVELS)


@pytest.fixture
def matrix():
    """Level 1: two of size 1 and one of size 3; level 2: one of size 2."""
    return from_dense(np.array([[2.0, 0, 1], [0, 1, 0]]), LEVELS, np.arange(1.0, 4))


def test_glcm_features_are_those_worked_out_by_hand(glcm):
    assert glcm["Autocorrelation"] == pytest.approx(0.5 * 1 + 0.5 * 2)
    assert glcm["JointAverage"] == pytest.approx(1.25)
    assert glcm["Contrast"] == pytest.approx(0.5)
    assert glcm["SumSquares"] == pytest.approx(0.75 * 0.25**2 + 0.25 * 0.75**2)
    assert glcm["Correlation"] == pytest.approx((1.5 - 1.25**2) / 0.1875)
    assert glcm["JointEnergy"] == pytest.approx(0.5**2 + 2 * 0.25**2)
    assert glcm["JointEntropy"] == pytest.approx(1.5)
    assert glcm["MaximumProbability"] == pytest.approx(0.5)
    assert glcm["SumAverage"] == pytest.approx(2.5)
    assert glcm["SumEntropy"] == pytest.approx(1.0)
    assert glcm["DifferenceAverage"] == pytest.approx(0.5)
    assert glcm["DifferenceVariance"] == pytest.approx(0.25)
    assert glcm["Id"] == pytest.approx(0.5 + 0.25)
    assert glcm["Idn"] == pytest.approx(0.5 + 0.5 / 1.5)
    assert glcm["Idmn"] == pytest.approx(0.5 + 0.5 / 1.25)
    assert glcm["InverseVariance"] == pytest.approx(0.5)
    assert glcm["ClusterShade"] == pytest.approx(0.5 * (-0.5) ** 3 + 0.5 * 0.5**3, abs=1e-15)


def test_glcm_information_measures_follow_from_the_entropies(glcm):
    hx = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25))
    hxy1 = -(0.5 * math.log2(0.5625) + 0.5 * math.log2(0.1875))
    assert glcm["Imc1"] == pytest.approx((1.5 - hxy1) / hx)
    assert glcm["Imc2"] == pytest.approx(math.sqrt(1 - math.exp(-2 * (2 * hx - 1.5))))
    assert glcm["MCC"] == pytest.approx(1 / 3)  # the symmetric 2 × 2 matrix has |correlation| 1/3


def test_a_single_level_has_the_agreed_values():
    flat = glcm_features(np.array([[[8.0]]]), np.array([3.0]))
    assert flat["Correlation"] == 1
    assert flat["MCC"] == 1
    assert flat["Imc1"] == flat["Imc2"] == flat["InverseVariance"] == 0


def test_glcm_takes_the_mean_over_directions():
    first, second = np.array([[2.0, 1.0], [1.0, 0.0]]), np.array([[0.0, 3.0], [3.0, 2.0]])
    both = glcm_features(np.stack([first, second]), LEVELS)
    apart = [glcm_features(one[None], LEVELS)["Contrast"] for one in (first, second)]
    assert both["Contrast"] == pytest.approx(sum(apart) / 2)


def test_size_features_are_those_worked_out_by_hand(matrix):
    zones = glszm_features(matrix)
    assert zones["SmallAreaEmphasis"] == pytest.approx((2 + 1 / 9 + 1 / 4) / 4)
    assert zones["LargeAreaEmphasis"] == pytest.approx((2 + 9 + 4) / 4)
    assert zones["GrayLevelNonUniformity"] == pytest.approx((9 + 1) / 4)
    assert zones["GrayLevelNonUniformityNormalized"] == pytest.approx(10 / 16)
    assert zones["SizeZoneNonUniformity"] == pytest.approx((4 + 1 + 1) / 4)
    assert zones["ZonePercentage"] == pytest.approx(4 / 7)
    assert zones["ZoneEntropy"] == pytest.approx(1.5)
    assert zones["GrayLevelVariance"] == pytest.approx(0.1875)
    assert zones["ZoneVariance"] == pytest.approx((2 * 1 + 9 + 4) / 4 - 1.75**2)
    assert zones["LowGrayLevelZoneEmphasis"] == pytest.approx((3 + 0.25) / 4)
    assert zones["SmallAreaHighGrayLevelEmphasis"] == pytest.approx((2 + 1 / 9 + 4 / 4) / 4)
    assert zones["LargeAreaLowGrayLevelEmphasis"] == pytest.approx((2 + 9 + 4 / 4) / 4)


def test_the_three_families_name_the_same_numbers(matrix):
    zones, dependence, runs = glszm_features(matrix), gldm_features(matrix), glrlm_features([matrix])
    assert runs["RunPercentage"] == zones["ZonePercentage"]
    assert runs["LongRunHighGrayLevelEmphasis"] == zones["LargeAreaHighGrayLevelEmphasis"]
    assert dependence["SmallDependenceLowGrayLevelEmphasis"] == zones["SmallAreaLowGrayLevelEmphasis"]
    assert dependence["DependenceVariance"] == zones["ZoneVariance"]


def test_run_features_are_the_mean_over_directions(matrix):
    single = SizeMatrix(np.array([1.0]), np.array([1.0]), np.array([5.0]))
    runs = glrlm_features([matrix, single])
    assert runs["RunPercentage"] == pytest.approx((4 / 7 + 1) / 2)


def test_ngtdm_features_are_those_worked_out_by_hand():
    # Three ones with a summed difference of 1 and one two with 1: p = 3/4, 1/4.
    values = ngtdm_features(np.array([3.0, 1.0]), np.array([1.0, 1.0]), LEVELS)
    assert values["Coarseness"] == pytest.approx(1 / (0.75 + 0.25))
    assert values["Contrast"] == pytest.approx(2 * 0.75 * 0.25 / 2 * 2 / 4)
    assert values["Busyness"] == pytest.approx(1 / (2 * abs(0.75 - 0.5)))
    assert values["Complexity"] == pytest.approx(2 * (0.75 + 0.25) / 4)
    assert values["Strength"] == pytest.approx(2 * 1 / 2)


def test_ngtdm_of_a_flat_region_has_the_agreed_values():
    values = ngtdm_features(np.array([8.0]), np.array([0.0]), np.array([1.0]))
    assert values == {"Busyness": 0, "Coarseness": 1e6, "Complexity": 0, "Contrast": 0, "Strength": 0}


def test_every_named_texture_feature_is_computed(glcm, matrix):
    assert set(glcm) == set(FEATURES["glcm"])
    assert set(glszm_features(matrix)) == set(FEATURES["glszm"])
    assert set(gldm_features(matrix)) == set(FEATURES["gldm"])
    assert set(glrlm_features([matrix])) == set(FEATURES["glrlm"])
