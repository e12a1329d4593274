"""Race the native radiomics engine against PyRadiomics on the same synthetic abdomen (``make bench``).

Every measurement runs in a child process of its own, so that peak memory and CPU seconds are its alone. CPU
seconds are user + system time of the extraction, all threads together; importing, reading the two files and
the one-off compilation are outside and, for ours, compilation is told apart. PyRadiomics runs on one thread,
which is all that it can use; the threads of SimpleITK are fixed to the number under test.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

CASES: dict[str, float | None] = {"native": None, "1mm": 1, "2mm": 2, "5mm": 5}
OUTPUT = ROOT / "build" / "bench" / "radiomics.json"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default=",".join(CASES), help="comma-separated: native, 1mm, 2mm, 5mm")
    parser.add_argument("--threads", default="1,2", help="thread counts for ours (default: 1,2)")
    parser.add_argument("--quick", action="store_true", help="a small volume: a check that the bench works")
    parser.add_argument("--no-oracle", action="store_true", help="measure ours only")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--child", nargs=2, metavar=("WHO", "CASE"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        who, case = options.child
        if who == "make":
            _make(case, options.folder)
        else:
            _child(who, CASES[case], int(options.threads), options.folder)
        return 0
    rows = _measure(options)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print(f"written: {options.output}")
    return 0


def _measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a child too: on Linux the peak memory of a process starts from that of its parent.
        _spawn("make", "quick" if options.quick else "full", 1, folder)
        print(_HEADER)
        for case in options.cases.split(","):
            oracle = None if options.no_oracle else _run("oracle", case, 1, folder)
            for threads in (int(text) for text in options.threads.split(",")):
                ours = _run("ours", case, threads, folder)
                rows.append(_row(case, threads, ours, oracle))
                print(_line(rows[-1]), flush=True)
    return rows


def _run(who: str, case: str, threads: int, folder: Path) -> dict[str, Any]:
    _spawn(who, case, threads, folder)
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result


def _spawn(who: str, case: str, threads: int, folder: Path) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    child = ["--child", who, case, "--threads", str(threads), "--folder", str(folder)]
    subprocess.run([sys.executable, __file__, *child], check=True, env=environment)


def _make(size: str, folder: Path) -> None:
    import SimpleITK as sitk

    from Testing.benchmarks.abdomen import make_abdomen

    image, mask = make_abdomen(quick=size == "quick")
    sitk.WriteImage(image, str(folder / "image.mha"))
    sitk.WriteImage(mask, str(folder / "mask.mha"))


def _child(who: str, spacing: float | None, threads: int, folder: Path) -> None:
    import SimpleITK as sitk

    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    image = sitk.ReadImage(str(folder / "image.mha"))
    mask = sitk.ReadImage(str(folder / "mask.mha"))
    extract, compile_s = (_ours if who == "ours" else _oracle)(spacing, threads)
    wall, cpu = time.perf_counter(), time.process_time()
    features = extract(image, mask)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    result = {
        "features": features,
        "cpu_s": cpu,
        "wall_s": wall,
        "peak_mb": _peak_megabytes(),
        "compile_s": compile_s,
        "voxels": features["original_shape_VoxelVolume"] / _voxel_volume(image, spacing),
    }
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def _parameters(spacing: float | None) -> dict[str, Any]:
    return {
        "setting": {"binWidth": 25, **({"resampledPixelSpacing": [spacing] * 3} if spacing else {})},
        "imageType": {"Original": {}, "LoG": {"sigma": [1, 2, 3, 4, 5]}, "Wavelet": {}},
    }


def _oracle(spacing: float | None, threads: int) -> tuple[Any, float]:
    from Testing.contract.oracle import oracle_features

    return lambda image, mask: oracle_features(image, mask, _parameters(spacing)), 0.0


def _ours(spacing: float | None, threads: int) -> tuple[Any, float]:
    """Return the extraction and the seconds that compiling (or loading the compiled code) took."""
    import SimpleITK as sitk

    from LWCTRLogic.radiomics.extract import extract
    from LWCTRLogic.radiomics.pyradiomics_yaml import settings_from_parameters

    settings = settings_from_parameters(_parameters(spacing))
    small, inside = sitk.Image([40] * 3, sitk.sitkInt16), sitk.Image([40] * 3, sitk.sitkUInt8)
    small = sitk.AdditiveGaussianNoise(small, standardDeviation=90, seed=1)
    inside[10:30, 10:30, 10:30] = 1
    start = time.perf_counter()
    extract(small, inside, settings, threads=threads)
    compile_s = time.perf_counter() - start
    return lambda image, mask: extract(image, mask, settings, threads=threads), compile_s


def _voxel_volume(image: Any, spacing: float | None) -> float:
    import numpy as np

    return float(np.prod(image.GetSpacing())) if spacing is None else spacing**3


def _peak_megabytes() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _row(case: str, threads: int, ours: dict[str, Any], oracle: dict[str, Any] | None) -> dict[str, Any]:
    from Testing.contract.oracle import difference

    row: dict[str, Any] = {"name": case, "voxels": round(ours["voxels"]), "threads": threads}
    for key in ("cpu_s", "wall_s", "peak_mb", "compile_s"):
        row[key] = round(ours[key], 3)
    if oracle is not None:
        worst = {
            name: difference(ours["features"][name], value) for name, value in oracle["features"].items()
        }
        row["oracle_cpu_s"] = round(oracle["cpu_s"], 3)
        row["oracle_wall_s"] = round(oracle["wall_s"], 3)
        row["oracle_peak_mb"] = round(oracle["peak_mb"], 3)
        row["ratio"] = round(oracle["cpu_s"] / ours["cpu_s"], 3)
        row["max_rel_diff"] = max(worst.values())
        row["worst_feature"] = max(worst, key=lambda name: worst[name])
        row["features"] = len(worst)
    return row


_HEADER = (
    f"{'case':8}{'voxels':>10}{'threads':>8}{'CPU s':>8}{'wall s':>8}{'MB':>7}{'compile':>8}"
    f"{'oracle: CPU s':>15}{'MB':>7}{'ratio':>7}{'worst difference':>18}"
)


def _line(row: dict[str, Any]) -> str:
    text = (
        f"{row['name']:8}{row['voxels']:>10,}{row['threads']:>8}{row['cpu_s']:>8.2f}{row['wall_s']:>8.2f}"
        f"{row['peak_mb']:>7.0f}{row['compile_s']:>8.2f}"
    )
    if "ratio" in row:
        text += f"{row['oracle_cpu_s']:>15.2f}{row['oracle_peak_mb']:>7.0f}{row['ratio']:>6.1f}×"
        text += f"{row['max_rel_diff']:>18.1e}"
    return text


if __name__ == "__main__":
    raise SystemExit(main())
