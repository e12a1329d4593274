"""Train the bundled liver model on anatomies made in code.

    python tools/train_liver_model.py --minutes 60 --out build/liver-model

Two cores: add ``--processes 2``. With a CUDA device the same command uses it, and ``--features``,
``--batch-size``, ``--anatomies`` and ``--minutes`` make a far bigger run. The result is
``liver-phantom-nnunet.zip`` in the folder.
"""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

import torch
from liver_model.bank import make_bank
from liver_model.export import write_model_zip
from liver_model.plans import Design
from liver_model.rendered import RenderedScans
from liver_model.samples import SampleStream
from liver_model.scans import make_scans
from liver_model.trainer import PhantomTrainer

FIRST_SEED = 100_000
FIRST_SCAN_SEED = 300_000
"""Anatomies and scans to train on have seeds from these on; held-out phantoms have smaller ones."""


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    plain = Design()
    parser.add_argument("--out", type=Path, required=True, help="folder of the bank, the log and the model")
    parser.add_argument("--minutes", type=float, default=60.0, help="training time")
    parser.add_argument(
        "--bank", type=Path, help="folder of anatomies to share between runs (default: in --out)"
    )
    parser.add_argument("--anatomies", type=int, default=250, help="how many different anatomies")
    parser.add_argument("--scans", type=int, default=200, help="how many scans of the phantom's own renderer")
    parser.add_argument("--scan-bank", type=Path, help="folder of those scans (default: in --out)")
    parser.add_argument("--share", type=float, default=0.6, help="share of the patches from those scans")
    parser.add_argument("--voxel", type=float, default=plain.voxel, help="voxel size in mm")
    parser.add_argument("--patch", type=int, nargs=3, default=plain.patch, help="patch size, z y x")
    parser.add_argument("--features", type=int, nargs="+", default=plain.features, help="channels by stage")
    parser.add_argument("--batch-size", type=int, default=plain.batch_size)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--start-from", type=Path, help="state.pt of an earlier run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--processes", type=int, default=1, help="processes that train the same weights")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes that make anatomies"
    )
    return parser.parse_args()


def main() -> None:
    """Make the bank, train in one or more processes, export."""
    args = parse()
    os.environ["nnUNet_results"] = str(args.out / "nnunet")  # noqa: SIM112 - its own spelling
    seeds = range(FIRST_SEED, FIRST_SEED + args.anatomies)
    bank = make_bank(seeds, args.bank or args.out / "bank", args.workers)
    first = FIRST_SCAN_SEED
    scans = make_scans(range(first, first + args.scans), args.scan_bank or args.out / "scans", args.workers)
    trainer = make_trainer(args)
    weights = trainer.share()
    context = torch.multiprocessing.get_context("spawn")
    helpers = [
        context.Process(target=help_train, args=(args, bank, scans, weights, rank), daemon=True)
        for rank in range(1, args.processes)
    ]
    for helper in helpers:
        helper.start()
    train(args, bank, scans, trainer, 0)
    for helper in helpers:
        helper.join(60)


def make_trainer(args: argparse.Namespace) -> PhantomTrainer:
    """Return the trainer with its network built, or read from an earlier run."""
    if args.processes > 1:
        torch.set_num_threads(1)
    device = torch.device(args.device)
    torch.manual_seed(args.seed)
    trainer = PhantomTrainer.from_design(make_design(args), args.anatomies, device)
    trainer.initial_lr = args.learning_rate
    trainer.initialize()
    if args.start_from:
        trainer.network.load_state_dict(torch.load(args.start_from, map_location=device, weights_only=True))
    return trainer


def make_design(args: argparse.Namespace) -> Design:
    """Return the network's design."""
    return Design(args.voxel, tuple(args.patch), tuple(args.features), args.batch_size)


def help_train(
    args: argparse.Namespace, bank: list[Path], scans: list[Path], weights: list[torch.Tensor], rank: int
) -> None:
    """Train the shared weights in a further process."""
    trainer = make_trainer(args)
    trainer.join(weights)
    train(args, bank, scans, trainer, rank)


def train(
    args: argparse.Namespace, bank: list[Path], scans: list[Path], trainer: PhantomTrainer, rank: int
) -> None:
    """Train until the time is over; process 0 writes the checkpoints."""
    design, device = make_design(args), torch.device(args.device)
    stream = SampleStream(
        bank,
        design.patch,
        design.voxel,
        design.batch_size,
        design.strides,
        args.seed + 1000 * rank,
        device,
        RenderedScans(scans, device) if scans else None,
        args.share,
    )
    on_checkpoint = partial(save, trainer, design, args.out) if rank == 0 else lambda: None
    trainer.train_for(args.minutes, stream, args.out / f"training-log-{rank}.csv", on_checkpoint)


def save(trainer: PhantomTrainer, design: Design, folder: Path) -> None:
    """Write the averaged weights: as a state to go on from, and as the model zip."""
    state = trainer.averaged_state()
    torch.save(state, folder / "state.pt")
    write_model_zip(state, design, trainer.dataset_json["numTraining"], folder / "liver-phantom-nnunet.zip")


if __name__ == "__main__":
    main()
