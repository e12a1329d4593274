"""shap's kernel explainer, where it is installed, finds the exact attributions of a linear model."""

from __future__ import annotations

import builtins
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.evaluation.attribution import Attribution, attribution_of
from LWCTRLogic.evaluation.kernel import kernel_check
from LWCTRLogic.models.bundle import Classifier, Feature, Range

ORACLES = Path(sys.prefix) / "oracles"
CHECK = """
import json
from dataclasses import asdict
from LWCTRLogic.evaluation.kernel import kernel_check
from Testing.unit.test_evaluation_kernel import make_attribution
print(json.dumps(asdict(kernel_check(make_attribution()))))
"""


@pytest.fixture
def attribution() -> Attribution:
    return make_attribution()


def make_attribution() -> Attribution:
    draw = np.random.default_rng(1)
    names = [f"pre_A:f{number}" for number in range(12)]
    table = pd.DataFrame(draw.normal(3, 2, size=(8, 12)), columns=names)
    spread = Range(-9.0, -1.0, 3.0, 7.0, 15.0)
    features = tuple(
        Feature(name, 3.0, 2.0, float(weight), 2.5, spread, {})
        for name, weight in zip(names, draw.normal(size=12), strict=True)
    )
    return attribution_of(Classifier("LWCTR", features, 0.3, 1.0, 0.0, 0.5), table, table)


def test_attributions_add_up_to_the_margin_of_the_model(attribution: Attribution) -> None:
    model = attribution.classifier
    weights = np.array([item.weight / item.sd for item in model.features])
    margins = model.intercept + (attribution.values - 3.0) @ weights
    np.testing.assert_allclose(attribution.margins, margins, atol=1e-12)


def test_a_patient_of_whom_a_feature_is_unknown_is_left_out(attribution: Attribution) -> None:
    values = attribution.values.copy()
    values[0, 0] = np.nan
    table = pd.DataFrame(values, columns=[item.name for item in attribution.classifier.features])
    found = attribution_of(attribution.classifier, table, table)
    assert found.known.tolist() == [False] + [True] * 7
    assert np.isfinite(found.size()).all()


@pytest.mark.skipif(
    not (ORACLES / "shap").is_dir(), reason="shap is not in .venv/oracles; make test puts it there"
)
def test_the_kernel_explainer_agrees_with_the_exact_attributions() -> None:
    # In a process of its own: shap needs a package "slicer" that is not Slicer's.
    path = os.pathsep.join([str(ORACLES), str(Path(__file__).resolve().parents[2])])
    child = subprocess.run(
        [sys.executable, "-c", CHECK], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr
    found = json.loads(child.stdout)
    assert found["patients"] == 5 and found["largest"] < 1e-8


def test_without_the_package_there_is_no_check(
    attribution: Attribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name == "shap":
            raise ImportError("no shap")
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert kernel_check(attribution) is None
