"""Every feature of every case equals PyRadiomics' within 1e-9 relative (1e-12 absolute near zero)."""

from __future__ import annotations

import pytest

from Testing.contract.cases import CASES, Case
from Testing.contract.ours import our_features
from Testing.contract.oracle import disagreements, oracle_features


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_feature_equals_that_of_pyradiomics(case: Case) -> None:
    image, mask = case.make()
    expected = oracle_features(image, mask, case.parameters())
    assert expected
    assert disagreements(our_features(image, mask, case.parameters()), expected) == []
