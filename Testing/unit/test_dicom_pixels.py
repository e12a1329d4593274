"""Stored values become HU whatever the transfer syntax, the sign, the padding or the slope."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import JPEGLSLossless, RLELossless

from LWCTRLogic.dicom import pixels
from LWCTRLogic.dicom.find import find_series
from LWCTRLogic.dicom.headers import Frame, read_frames
from LWCTRLogic.dicom.pixels import check_rescale, hounsfield
from LWCTRLogic.dicom.read import read_series
from LWCTRLogic.errors import DependencyError, InputError
from Testing.dicom_phantoms import rewrite, set_pixels, torso, write_series


def frames(paths: list[Path]) -> list[Frame]:
    return [frame for path in paths for frame in read_frames(path) or []]


def values(paths: list[Path]) -> np.ndarray:
    return np.stack(list(hounsfield(frames(paths))))


def test_a_slope_that_varies_from_slice_to_slice_is_applied_to_each(tmp_path: Path) -> None:
    paths = write_series(tmp_path, change=lambda ds, i: set_pixels(ds, torso()[i], slope=1 + i % 2))
    assert np.abs(values(paths) - torso()).max() <= 1.0  # a slope of 2 stores every second value
    image = read_series(find_series(tmp_path).series[0])
    assert image.GetPixelID() == sitk.sitkInt16


def test_a_broken_slope_keeps_its_fractions(tmp_path: Path) -> None:
    paths = write_series(
        tmp_path, change=lambda ds, i: set_pixels(ds, torso()[i], slope=0.5, intercept=-1000.25)
    )
    assert np.abs(values(paths) - torso()).max() <= 0.25
    assert read_series(find_series(tmp_path).series[0]).GetPixelID() == sitk.sitkFloat32


def test_unsigned_values_are_read(tmp_path: Path) -> None:
    def unsigned(ds: pydicom.Dataset, i: int) -> None:
        ds.PixelRepresentation = 0
        ds.PixelData = (torso()[i].astype(int) + 1024).clip(0).astype("<u2").tobytes()

    assert np.array_equal(values(write_series(tmp_path, change=unsigned)), torso().clip(-1024))


@pytest.mark.parametrize("declared", [-2000, 63536])  # 63536 is -2000 with the wrong sign
def test_padding_becomes_air(tmp_path: Path, declared: int) -> None:
    def padded(ds: pydicom.Dataset, i: int) -> None:
        stored = torso()[i].astype(int) + 1024
        stored[:5] = -2000
        ds.PixelData = stored.astype("<i2").tobytes()
        ds.add_new("PixelPaddingValue", "US" if declared > 0 else "SS", declared)

    read = values(write_series(tmp_path, change=padded))
    assert set(read[:, :5].ravel()) == {-1024.0}
    assert np.array_equal(read[:, 5:], torso()[:, 5:])


def test_a_padding_range_is_padding_and_a_declared_padding_of_water_is_not(tmp_path: Path) -> None:
    def ranged(ds: pydicom.Dataset, i: int) -> None:
        stored = torso()[i].astype(int) + 1024
        stored[0], stored[1] = -1500, -1800
        ds.PixelData = stored.astype("<i2").tobytes()
        ds.PixelPaddingValue, ds.PixelPaddingRangeLimit = -2000, -1400

    assert set(values(write_series(tmp_path / "r", change=ranged))[:, :2].ravel()) == {-1024.0}
    water = write_series(tmp_path / "w", change=lambda ds, i: setattr(ds, "PixelPaddingValue", 1024))
    assert np.array_equal(values(water), torso())


def test_monochrome1_changes_the_display_and_not_the_values(tmp_path: Path) -> None:
    paths = write_series(tmp_path, PhotometricInterpretation="MONOCHROME1")
    rewrite(paths[0], PhotometricInterpretation="MONOCHROME1")
    assert np.array_equal(values(paths), torso())


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_compressed_images_are_decoded(tmp_path: Path, syntax: str) -> None:
    pytest.importorskip("jpeg_ls")
    paths = write_series(tmp_path, torso()[:3])
    for path in paths:
        ds = pydicom.dcmread(path)
        ds.compress(syntax)
        ds.save_as(path)
    assert np.array_equal(values(paths), torso()[:3])


@pytest.mark.parametrize("compressor", ["JPEG2000", "JPEG"])
def test_what_pydicom_cannot_decode_is_decoded_by_gdcm(
    tmp_path: Path, compressor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_series(tmp_path, torso()[:1])[0]
    image = sitk.ReadImage(str(path))
    writer = sitk.ImageFileWriter()
    writer.SetFileName(str(path))
    writer.KeepOriginalImageUIDOn()
    writer.SetImageIO("GDCMImageIO")
    writer.UseCompressionOn()
    writer.SetCompressor(compressor)
    writer.Execute(sitk.Cast(image, sitk.sitkInt16))
    assert pydicom.dcmread(path).file_meta.TransferSyntaxUID.is_compressed
    monkeypatch.setattr(pixels, "_decodes", lambda syntax: False)
    assert np.array_equal(values([path])[0], torso()[0])


def test_a_compression_that_nothing_decodes_names_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_series(tmp_path, torso()[:1])[0]
    ds = pydicom.dcmread(path)
    ds.compress(RLELossless)
    ds.file_meta.TransferSyntaxUID = pydicom.uid.HTJ2KLossless
    ds.save_as(path)
    monkeypatch.setattr(pixels, "_decodes", lambda syntax: False)
    with pytest.raises(DependencyError, match="pip install pylibjpeg"):
        values([path])


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.9999])
def test_a_truncated_image_is_refused_by_its_number(tmp_path: Path, keep: float) -> None:
    paths = write_series(tmp_path)
    data = paths[4].read_bytes()
    paths[4].write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(InputError, match="image 5 is truncated or damaged"):
        values(paths)


def test_an_image_without_pixels_or_in_colour_is_refused(tmp_path: Path) -> None:
    first, second = write_series(tmp_path, torso()[:2])
    rewrite(first, PixelData=None)
    with pytest.raises(InputError, match="image 1 .* no pixels"):
        values([first])
    rewrite(second, SamplesPerPixel=3)
    with pytest.raises(InputError, match="image 2 is in colour"):
        values([second])


def test_a_series_without_rescale_is_refused(tmp_path: Path) -> None:
    paths = write_series(tmp_path)
    rewrite(paths[2], RescaleSlope=None)
    rewrite(paths[3], RescaleIntercept=None)
    with pytest.raises(InputError, match="2 of 16 images have no rescale slope and intercept"):
        check_rescale(frames(paths))


def test_another_unit_than_hu_is_refused_without_repeating_it(tmp_path: Path) -> None:
    paths = write_series(tmp_path, torso()[:1], RescaleType="MGML")
    rewrite(paths[0], RescaleType="<script>")
    with pytest.raises(InputError, match="another unit") as refusal:
        check_rescale(frames(paths))
    assert "script" not in str(refusal.value)


def test_a_file_that_vanishes_is_refused_without_its_path(tmp_path: Path) -> None:
    (path,) = write_series(tmp_path / "DOE_JANE", torso()[:1])
    found = frames([path])
    path.unlink()
    with pytest.raises(InputError, match="image 1") as refusal:
        list(hounsfield(found))
    assert "DOE" not in str(refusal.value)


def test_a_size_that_the_header_did_not_announce_is_refused(tmp_path: Path) -> None:
    (path,) = write_series(tmp_path, torso()[:1])
    found = frames([path])
    rewrite(path, Rows=24)
    with pytest.raises(InputError, match="image 1"):
        list(hounsfield(found))


def test_a_file_that_became_something_else_is_refused(tmp_path: Path) -> None:
    (path,) = write_series(tmp_path, torso()[:1])
    found = frames([path])
    path.write_bytes(b"hello")
    with pytest.raises(InputError, match="image 1"):
        list(hounsfield(found))


def test_an_unknown_compression_has_no_decoder() -> None:
    assert not pixels._decodes(pydicom.uid.UID("1.2.3"))
    assert pixels._decodes(RLELossless)
