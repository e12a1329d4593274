"""Every feature of every case equals PyRadiomics' within 1e-9 relative (1e-12 absolute near zero)."""

from __future__ import annotations

import pytest

from Testing.contract.cases import CASES, SMALLER_BOX, Case
from Testing.contract.oracle import disagreements, oracle_features
from Testing.contract.ours import our_features

WAITING = pytest.mark.xfail(
    strict=True, reason="PyRadiomics cuts the drawn mask to the resegmented box before it computes shape"
)


def _marked(case: Case) -> object:
    return pytest.param(case, marks=WAITING if case.name == SMALLER_BOX else (), id=case.name)


@pytest.mark.parametrize("case", [_marked(case) for case in CASES])
def test_every_feature_equals_that_of_pyradiomics(case: Case) -> None:
    image, mask = case.make()
    expected = oracle_features(image, mask, case.parameters())
    ours = our_features(image, mask, case.parameters())
    assert disagreements(ours, expected) == []
    assert list(ours) == list(expected)
    assert len(ours) > 0
