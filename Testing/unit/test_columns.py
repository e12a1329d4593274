"""The feature table as text: every digit, nothing for what is undefined."""

import io
import math

import pandas as pd

from LWCTRLogic.radiomics.columns import feature_names, features_csv
from LWCTRLogic.radiomics.settings import ExtractionSettings

ROWS = {
    "pre_A": {"a": 0.1 + 0.2, "b": 1e-320, "c": -3.0},
    "post_A": {"a": 12345678901234567.0, "b": 5e-5, "c": 2 / 3},
}


def test_the_text_is_that_of_pandas_and_gives_the_same_doubles_back():
    frame = pd.DataFrame(list(ROWS.values()), index=pd.Index(list(ROWS), name="volume"))
    assert features_csv(ROWS) == frame.to_csv(lineterminator="\n")
    back = pd.read_csv(io.StringIO(features_csv(ROWS)), index_col="volume", float_precision="round_trip")
    assert back.to_dict("index") == ROWS


def test_an_undefined_value_is_an_empty_cell():
    assert features_csv({"delta_A": {"a": math.nan, "b": 1.5}}) == "volume,a,b\ndelta_A,,1.5\n"


def test_the_default_settings_name_1316_features_once_each():
    names = feature_names(ExtractionSettings())
    assert len(names) == len(set(names)) == 1316
