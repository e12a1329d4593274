"""Every feature of every case equals PyRadiomics' within 1e-9 relative (1e-12 absolute near zero)."""

from __future__ import annotations

import pytest

from Testing.contract.cases import CASES, Case
from Testing.contract.oracle import disagreements, oracle_features
from Testing.contract.ours import our_features


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_feature_equals_that_of_pyradiomics(case: Case) -> None:
    image, mask = case.make()
    expected = oracle_features(image, mask, case.parameters())
    ours = our_features(image, mask, case.parameters())
    assert disagreements(ours, expected) == []
    assert list(ours) == list(expected)
    assert len(ours) > 0
