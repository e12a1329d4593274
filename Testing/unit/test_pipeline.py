"""What makes the prediction step of a run out of date."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from LWCTRLogic import files
from LWCTRLogic.case import Case, CaseInfo
from LWCTRLogic.models import bundle_files
from LWCTRLogic.models import predict as predicting
from LWCTRLogic.pipeline import RunOptions, _Run
from LWCTRLogic.progress import Progress


@pytest.mark.parametrize(("adjusts", "again"), [(object(), True), (None, False)])
def test_another_centre_is_another_prediction_where_the_bundle_adjusts_for_it(
    case_folder: Path, monkeypatch: pytest.MonkeyPatch, adjusts: object, again: bool
) -> None:
    def predict_case(case: Case, bundle: Path | None, progress: Progress) -> Path:
        files.write_text(case.prediction_path, case.load_info().centre)
        return case.prediction_path

    monkeypatch.setattr(predicting, "predict_case", predict_case)
    bundle = SimpleNamespace(sha256="b", harmonisation=adjusts)
    monkeypatch.setattr(bundle_files, "load_bundle", lambda path: bundle)
    case = Case.create(case_folder, CaseInfo("p1", centre="north"))
    files.write_text(case.features_path, "features")

    def ran() -> list[str]:
        run = _Run(case, RunOptions(), Progress())
        run.predict()
        return run.ran

    assert (ran(), ran()) == (["predict"], [])
    case.save_info(replace(case.load_info(), centre="south"))
    assert ran() == (["predict"] if again else [])
