"""pydicom says nothing while headers are read: its warnings would repeat values of the file."""

from __future__ import annotations

import logging
import warnings

import pydicom
import pytest

from LWCTRLogic.dicom.quiet import quiet_pydicom


def test_neither_a_warning_nor_a_log_line_leaves_the_block(caplog: pytest.LogCaptureFixture) -> None:
    with quiet_pydicom():
        pydicom.uid.UID("Zaphod^Beeblebrox")
        warnings.warn("Zaphod", stacklevel=1)
    assert "Zaphod" not in caplog.text
    with pytest.warns(UserWarning, match="Zaphod"):
        pydicom.uid.UID("Zaphod^Beeblebrox", validation_mode=pydicom.config.WARN)


def test_the_logger_is_given_back_even_after_an_error() -> None:
    with pytest.raises(KeyError), quiet_pydicom():
        raise KeyError
    assert not logging.getLogger("pydicom").disabled
