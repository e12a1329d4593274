"""Fit the demonstration bundle: phantom patients, real extraction, the published signature, another centre's patients.

    python tools/train_demo_bundle.py --cache build/demo-bundle

writes ``LWCTRLogic/bundled/lwctr-demo.zip`` and its card, ``docs/reference/demo-bundle-card.md``. Features are kept in
the cache, one file a patient, so a stopped run goes on where it was; use a new cache folder when the phantom has
changed. About five CPU seconds a patient on a quiet machine, as many again for the control of shuffled voxels, fifteen
for the repeat readings of one, and some minutes for the fits. ``--free-only`` leaves the bundle as it is and makes the
card's section on free selection anew.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic import files
from LWCTRLogic.models.bundle import RAD_SCORE, Bundle, Measure
from LWCTRLogic.models.bundle_files import bundled_bundle_path, save_bundle
from LWCTRLogic.models.fit_bundle import score_measures
from LWCTRLogic.progress import Progress, TerminalProgress
from LWCTRLogic.simulation.phantom_readings import choose_patients, make_readings, write_phantom_readings
from LWCTRLogic.simulation.phantom_shuffled import make_shuffled, write_shuffled
from LWCTRLogic.simulation.phantoms import make_records, write_records
from LWCTRLogic.stats.discrimination import concordance
from LWCTRLogic.stats.icc import intraclass_correlation
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.card import first_line, model_card
from LWCTRLogic.training.chain import ChainSettings
from LWCTRLogic.training.cohort_reading import READINGS, read_cohort_files
from LWCTRLogic.training.feature_tables import read_readings
from LWCTRLogic.training.locked import Locked, apply_bundle, read_for
from LWCTRLogic.training.plan import Plan
from LWCTRLogic.training.shuffled import read_shuffled
from LWCTRLogic.training.training import BundleWords, Training, make_bundle, train

ROOT = Path(__file__).resolve().parents[1]
CARD = ROOT / "docs" / "reference" / "demo-bundle-card.md"
NOTICE = "demonstration model, simulated patients, not for clinical use"
HOME, AWAY = "centre 1", "centre 2"
HOME_SEED, AWAY_SEED = 30000, 40000
DRAWS = 1000
SHUFFLE = 1
WORDS = BundleWords(
    name="lwctr-demo",
    version="0.3.0",
    title="LWCTR demonstration model",
    intended_use="To show and test the software. For no decision about any person.",
    demonstration=True,
    notice=NOTICE,
)
LIMITS = (
    "It knows nothing of real patients: neither its weights nor its cut-off mean anything for them.",
    "It is not the published model, whose coefficients were never published; it uses the features of the published "
    "signature with weights of its own.",
    "How much the images tell of survival was chosen when the phantom was made, so its performance says nothing of "
    "what radiomics can do.",
    "Real scans lie outside its training range in many features, and the prediction says so.",
)


def main() -> int:
    """Run the tool."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=315)
    parser.add_argument("--external", type=int, default=80, help="patients of the other centre")
    parser.add_argument("--readings", type=int, default=50, help="patients with repeat readings")
    parser.add_argument("--cache", type=Path, required=True, help="folder for the features of each patient")
    parser.add_argument("--seed", type=int, default=1, help="seed of folds and intervals")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=bundled_bundle_path())
    parser.add_argument("--card", type=Path, default=CARD)
    parser.add_argument("--free-only", action="store_true", help="only the card's section on free selection")
    args = parser.parse_args()
    progress = TerminalProgress()
    home = cohort_folder(args.cache, HOME, range(HOME_SEED, HOME_SEED + args.patients), progress)
    away = cohort_folder(args.cache, AWAY, range(AWAY_SEED, AWAY_SEED + args.external), progress)
    agreement = readings_of(home, args, progress)
    chosen = fit(home, "free", args, progress)
    section = free_section(chosen, away, agreement, args.seed)
    if args.free_only:
        files.write_text(args.card, with_section(args.card.read_text(encoding="utf-8"), section))
        print(f"{args.card}; {args.out} as it was")
        return 0
    seeds = range(HOME_SEED, HOME_SEED + args.patients)
    write_shuffled(make_shuffled(seeds, HOME, args.cache, progress, SHUFFLE), home, SHUFFLE)
    published = fit(home, "published", args, progress)
    progress.close()
    bundle = demonstration_bundle(published)
    digest = save_bundle(bundle, args.out)
    files.write_text(
        args.card, card(published, bundle, digest, external_part(bundle, away, args.seed), section, args)
    )
    print(f"{args.out} ({args.out.stat().st_size / 1e3:.0f} kB, SHA-256 {digest})")
    return 0


def cohort_folder(cache: Path, centre: str, seeds: range, progress: Progress) -> Path:
    """Make the patients of a centre, or read them from the cache, and write their cohort; return its folder."""
    folder = cache / centre.replace(" ", "-")
    write_records(make_records(seeds, centre, cache, progress), folder)
    return folder


def readings_of(folder: Path, args: argparse.Namespace, progress: Progress) -> str:
    """Write the repeat readings of some patients into the cohort's folder, and say how well they agree."""
    chosen = choose_patients(range(HOME_SEED, HOME_SEED + args.patients), args.readings)
    found = make_readings(chosen, HOME, args.cache, progress)
    write_phantom_readings(found, folder / READINGS)
    readings, _ = read_readings(folder / READINGS)
    agreement = intraclass_correlation(np.moveaxis(readings.values, 2, 0))
    volumes = readings.values[:, :, [name.endswith(":original_shape_VoxelVolume") for name in readings.names]]
    again, other = (float(np.abs(volumes[:, k] / volumes[:, 0] - 1).mean()) for k in (1, 2))
    dice = np.array(
        [[value for one in patient["readings"] for value in one["dice"].values()] for patient in found]
    )
    return (
        f"{len(found)} patients were read three times ([how](../how-to/virtual-cohorts.md)). Liver volumes of one "
        f"reader's two readings differ by {again:.1%} in the mean, those of two readers by {other:.1%}; Dice with "
        f"the true mask is {dice.mean():.3f}. ICC(2,1) is at least 0.75 in {(agreement.value >= 0.75).mean():.0%} "
        f"of the {len(agreement.value):,} features, and its lower limit in {(agreement.low >= 0.75).mean():.0%}. "
        "In every fold only features whose lower limit among the training patients is that high may be chosen."
    )


def fit(folder: Path, selection: str, args: argparse.Namespace, progress: Progress) -> Training:
    """Train on a cohort with the published signature or with free selection; the latter with one repeat.

    Only free selection uses the repeat readings; only the published signature has the control of shuffled voxels.
    """
    quick = selection == "free"
    plan = Plan(
        chain=ChainSettings(selection="free" if quick else "published"),
        folds=10,
        repeats=1 if quick else 5,
        bootstraps=0 if quick else 40,
        permutations=0 if quick else 19,
        learning_shares=() if quick else (0.25, 0.5, 0.75),
        seed=args.seed,
        jobs=args.jobs,
    )
    cohort = read_cohort_files(folder, with_readings=quick)
    ids = list(map(str, cohort.cohort.ids))
    voxels = None if quick else read_shuffled(folder, ids, cohort.cohort.origin)
    return train(cohort, plan, progress, voxels)


def demonstration_bundle(training: Training) -> Bundle:
    """Return the bundle with what it must say of itself.

    Raises
    ------
    SystemExit
        When no model could be fitted.
    """
    bundle = make_bundle(training, WORDS)
    if bundle is None:
        raise SystemExit("no model chose a feature")
    trained_on = (
        f"{bundle.trained_on}; all are simulated patients: four CT volumes each at 1.5 × 1.5 × 3 mm, true liver masks, "
        "features by real extraction at 2 mm, outcomes simulated from the same hidden risks"
    )
    return replace(bundle, trained_on=trained_on, limits=(*training.verdicts().values(), *LIMITS))


# ---- the other centre ------------------------------------------------------------------------------------
def external_part(bundle: Bundle, folder: Path, seed: int) -> str:
    """Return what a locked bundle does on the other centre's patients, as Markdown."""
    locked = apply_bundle(bundle, read_for(bundle, folder))
    return f"{external_table(bundle, locked, seed)}\n\n{external_survival(bundle, locked)}"


def external_table(bundle: Bundle, locked: Locked, seed: int) -> str:
    """Return one row a classifier."""
    rows = [
        "| model | features | AUC | Brier score | calibration slope | sensitivity | specificity |",
        "|---|---|---|---|---|---|---|",
    ]
    alive, weight = locked.cohort.response()
    for model in bundle.classifiers:
        scores = locked.scores[model.name]
        measures = score_measures(locked.cohort, scores, seed, DRAWS)
        cells = [cell(measures, name) for name in ("AUC", "Brier score", "calibration slope")]
        called = scores >= model.cutoff
        cells += [f"{share(~called, ~alive, weight):.2f}", f"{share(called, alive, weight):.2f}"]
        rows.append(f"| {model.name} | {len(model.features)} | {' | '.join(cells)} |")
    return "\n".join(rows)


def share(called: NDArray[np.bool_], of: NDArray[np.bool_], weight: Floats) -> float:
    """Return the weighted share of the patients ``of`` who were ``called``."""
    return float(weight[called & of].sum() / weight[of].sum())


def external_survival(bundle: Bundle, locked: Locked) -> str:
    """Return the C-index of each locked Cox model of survival, counted from the follow-up scan."""
    cohort, lines = locked.cohort, []
    months = cohort.os_months - cohort.landmark
    for model in bundle.cox:
        if model.endpoint == "OS":
            risk = np.zeros(len(cohort))
            for term in model.terms:
                graded = np.array([term.coding.get(word, 0.0) for word in cohort.mrecist])
                risk += term.coefficient * (locked.scores["LWCTR"] if term.name == RAD_SCORE else graded)
            lines.append(f"{model.name} {concordance(months, cohort.os_event, risk):.3f}")
    return "C-index of survival from the follow-up scan: " + "; ".join(lines) + "."


def cell(measures: tuple[Measure, ...], name: str) -> str:
    """Return ``estimate (low–high)``, or a dash where it is not defined."""
    found = next((item for item in measures if item.name == name), None)
    return "–" if found is None else f"{found.estimate:.2f} ({found.low:.2f}–{found.high:.2f})"


# ---- the card --------------------------------------------------------------------------------------------
_FREE, _AFTER = "## Free selection, for comparison\n", "## The training\n"


def free_section(chosen: Training, away: Path, agreement: str, seed: int) -> str:
    """Return the card's section on free selection."""
    bundle = make_bundle(chosen, replace(WORDS, name="lwctr-demo-free"))
    outside = "" if bundle is None else external_part(bundle, away, seed)
    inside = model_card(chosen, bundle, "")
    performance = inside[inside.index("## Performance") : inside.index("What is estimated")]
    return f"""{_FREE}
Not in the bundle: 10 folds, one repeat, selection inside every fold; no controls.
Paper: computed as in the article; it flatters. Features: strict / paper.

{agreement}

{without_controls(performance)}

On the other centre's patients, locked:

{outside}

"""


def with_section(text: str, section: str) -> str:
    """Return a card with another section on free selection.

    Raises
    ------
    SystemExit
        When the card has no such section.
    """
    start, end = text.find(_FREE), text.find(_AFTER)
    if not 0 <= start < end:
        raise SystemExit("the card has no section on free selection: make it whole once")
    return text[:start] + section + text[end:]


def card(
    published: Training, bundle: Bundle, digest: str, external: str, section: str, args: argparse.Namespace
) -> str:
    """Return the bundle's card as Markdown."""
    arguments = f"--patients {args.patients} --external {args.external} --seed {args.seed}"
    inside = model_card(published, bundle, digest).replace("\n# ", "\n## ").replace("\n## ", "\n### ")
    return f"""# Card of the demonstration bundle

**{NOTICE[0].upper()}{NOTICE[1:]}. {first_line(published)}** Written by
`tools/train_demo_bundle.py`, together with the bundle:

    python tools/train_demo_bundle.py {arguments} --cache FOLDER

## On another centre's patients, without refitting

{len(published.cohort)} patients of {HOME} (seeds from {HOME_SEED}) trained it; {args.external} of {AWAY} (seeds from
{AWAY_SEED}) judge it. That centre's scanner has a sharper kernel with more noise, a later arterial and an earlier
venous phase. Intervals: 95 %, bootstrap over patients, models taken as given. Sensitivity is the share called
non-responders of those who died within 12 months, at each model's own cut-off.

{external}

## How it was made

1. Phantom patients with two examinations of two phases each; two hidden risks drive both images and course
   ([what carries the signal](../explanation/phantoms.md)). Their effects on the images were set so that a few
   hundred patients can show a Rad-score AUC of 0.80 to 0.88: the figures here are a choice, not a finding.
2. All 1,316 features of each volume inside the true liver mask, with the settings that the bundle carries: B-spline
   resampling to 2 mm, bins of 25 HU, Laplacian of Gaussian 1–5 mm, wavelet coif1.
3. The features of the published signature as they are; for comparison, features chosen freely from all 5,264.
4. `lwctr train`'s chain with its default values: linear SVM, calibrated out of fold, weights for censoring, Youden's
   cut-off and Cox models on cross-fitted scores, months from the follow-up scan.

{section}## The training
{inside}"""


def without_controls(performance: str) -> str:
    """Return the table of a training that had neither optimism nor controls, without their two columns."""
    rows = [line for line in performance.splitlines() if line.startswith("|")]
    return "\n".join("|".join(row.split("|")[:5]) + "|" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
