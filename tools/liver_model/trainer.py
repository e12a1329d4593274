"""nnU-Net's trainer, fed by generated patches and stopped by the clock."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

from .plans import CONFIGURATION, Design, make_dataset, make_plans
from .samples import SampleStream

WARM_UP = 0.02
"""Share of the time over which the learning rate rises."""
EMA_DECAY = 0.998
MOVING = 0.02
"""Weight of the newest step in the logged moving averages."""


class PhantomTrainer(nnUNetTrainer):
    """Plain nnU-Net network and loss; organs beside the liver as regions; length set in minutes."""

    def __init__(
        self,
        plans: dict[str, Any],
        configuration: str,
        fold: str,
        dataset_json: dict[str, Any],
        device: torch.device,
    ) -> None:
        super().__init__(plans, configuration, fold, dataset_json, device)
        self.initial_lr = 1e-3
        self.weight_decay = 1e-2
        self.average: list[torch.Tensor] = []
        self.recent: dict[str, float] = {}

    @classmethod
    def from_design(cls, design: Design, cases: int, device: torch.device) -> PhantomTrainer:
        """Return a trainer of this design; ``nnUNet_results`` must be set to a folder."""
        plans = {**make_plans(design), "continue_training": False}
        return cls(plans, CONFIGURATION, "all", make_dataset(cases, with_organs=True), device)

    def share(self) -> list[torch.Tensor]:
        """Move the weights to shared memory and return them, for other processes to train."""
        return [parameter.data.share_memory_() for parameter in self.network.parameters()]

    def join(self, weights: list[torch.Tensor]) -> None:
        """Train these shared weights together with the process that they come from, without locks.

        Each process has its own optimizer and steps whenever it is ready (Hogwild), so that none waits for
        another on a busy machine.
        """
        for parameter, weight in zip(self.network.parameters(), weights, strict=True):
            parameter.data = weight

    def initialize(self) -> None:
        """Build network, loss and optimizer; there is no preprocessed data set to look for."""
        self.num_input_channels = 1
        self.network = self.build_network_architecture(
            self.plans_manager,
            self.configuration_manager,
            1,
            self.label_manager.num_segmentation_heads,
            self.enable_deep_supervision,
        ).to(self.device, memory_format=torch.channels_last_3d)
        # AdamW gets further than SGD in the few thousand steps that two cores allow
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), self.initial_lr, weight_decay=self.weight_decay
        )
        self.loss = self._build_loss()
        self.was_initialized = True

    def train_step(self, batch: dict[str, Any]) -> dict[str, float]:
        """Take one step in bfloat16; the liver counts twice, as a region and alone."""
        data = batch["data"].to(memory_format=torch.channels_last_3d)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            outputs = [output.float() for output in self.network(data)]
        with torch.autocast(self.device.type, enabled=False):
            liver = self.loss(
                [output[:, :1] for output in outputs], [goal[:, :1] for goal in batch["target"]]
            )
            loss = liver + self.loss(outputs, batch["target"])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 12)
        self.optimizer.step()
        return {"loss": float(loss.detach()), "dice": _dice(outputs[0], batch["target"][0])}

    def train_for(
        self, minutes: float, stream: SampleStream, log: Path, on_checkpoint: Callable[[], None]
    ) -> None:
        """Train until the time is over; the learning rate falls to zero with the clock.

        Parameters
        ----------
        minutes : float
            Wall-clock time.
        stream : SampleStream
            Where the batches come from.
        log : Path
            CSV with a line about every half a minute.
        on_checkpoint : callable
            Called about every five minutes and at the end.
        """
        if not self.was_initialized:
            self.initialize()
        self.network.train()
        start, step, next_log, next_save = time.monotonic(), 0, 30.0, 300.0
        with log.open("w", newline="", encoding="utf-8") as stream_out:
            writer = csv.writer(stream_out)
            writer.writerow(["minutes", "step", "learning_rate", "loss", "liver_dice"])
            while (spent := time.monotonic() - start) < 60 * minutes:
                rate = self._set_rate(spent / (60 * minutes))
                self._follow(self.train_step(next(stream)), step)
                step += 1
                if spent >= next_log:
                    next_log = spent + 30
                    row = [f"{spent / 60:.2f}", step, f"{rate:.2e}"]
                    writer.writerow([*row, f"{self.recent['loss']:.4f}", f"{self.recent['dice']:.4f}"])
                    stream_out.flush()
                if spent >= next_save:
                    next_save = spent + 300
                    on_checkpoint()
        on_checkpoint()

    def _set_rate(self, progress: float) -> float:
        rate = self.initial_lr * min(1.0, progress / WARM_UP) * (1 - progress) ** 0.9
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        return rate

    def _follow(self, result: dict[str, float], step: int) -> None:
        """Update the average of the weights and of what is logged."""
        weights = [parameter.detach() for parameter in self.network.parameters()]
        if not self.average:
            self.average = [weight.clone() for weight in weights]
            self.recent = dict(result)
        decay = min(EMA_DECAY, (1 + step) / (10 + step))
        torch._foreach_lerp_(self.average, weights, 1 - decay)
        for name, value in result.items():
            self.recent[name] += MOVING * (value - self.recent[name])

    def averaged_state(self) -> dict[str, torch.Tensor]:
        """Return the network's state with the running average of the weights."""
        names = [name for name, _ in self.network.named_parameters()]
        averages = dict(zip(names, self.average, strict=True))
        state: dict[str, torch.Tensor] = self.network.state_dict()
        # a weight may appear under several names: nnU-Net's decoder holds the encoder too
        same = {parameter.data_ptr(): averages[name] for name, parameter in self.network.named_parameters()}
        return {name: same[tensor.data_ptr()] for name, tensor in state.items()}


def _dice(output: torch.Tensor, goal: torch.Tensor) -> float:
    found, wanted = output[:, 0] > 0, goal[:, 0] > 0.5
    total = int(found.sum() + wanted.sum())
    return 2 * int((found & wanted).sum()) / total if total else 1.0
