#!/usr/bin/env python3
"""Trains the bundled network on Fashion-MNIST.

    OMP_NUM_THREADS=1 python3 train.py --checkpoints build/fashion_mnist

Takes about 25 minutes on one core. The last epoch's weights are the result:
the test images are looked at, but nothing is chosen by them. Run export.py on
the checkpoint afterwards to get the ONNX file.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import dataset
from network import MobileNetV2Small

MAX_SHIFT = 2


def to_input(images: torch.Tensor) -> torch.Tensor:
    """uint8 [N, 28, 28] -> normalized float [N, 1, 28, 28], channels last."""
    x = (images.float() - dataset.MEAN) / dataset.STD
    return x.unsqueeze(1).contiguous(memory_format=torch.channels_last)


def augment(windows: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
    """Shifts every image by up to MAX_SHIFT pixels and flips half of them.

    `windows` is [N, S, S, 28, 28], a view of all S x S shifts of all images.
    """
    shifts = torch.randint(2 * MAX_SHIFT + 1, (2, len(indices)))
    images = windows[indices, shifts[0], shifts[1]]
    flip = torch.rand(len(indices)) < 0.5
    images[flip] = images[flip].flip(2)
    return images


@torch.no_grad()
def top1(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Percentage of images whose largest logit is that of their label."""
    model.eval()
    correct = 0
    for x, y in zip(images.split(500), labels.split(500)):
        correct += int((model(to_input(x)).argmax(1) == y).sum())
    return 100.0 * correct / len(labels)


def make_optimizer(model: nn.Module, rate: float) -> torch.optim.Optimizer:
    """SGD with weight decay on matrices only, not on batch-norm or biases."""
    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decay, "weight_decay": 5e-4}, {"params": plain}]
    return torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=True)


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    train_x, train_y = map(
        torch.from_numpy, map(np.copy, dataset.load(args.data, "train"))
    )
    test_x, test_y = map(
        torch.from_numpy, map(np.copy, dataset.load(args.data, "t10k"))
    )
    padded = functional.pad(train_x, [MAX_SHIFT] * 4)
    windows = padded.unfold(1, 28, 1).unfold(2, 28, 1)

    model = MobileNetV2Small().to(memory_format=torch.channels_last)
    steps = len(train_x) // args.batch
    optimizer = make_optimizer(model, args.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=args.rate,
        total_steps=args.epochs * steps,
        pct_start=0.2,
        final_div_factor=1e3,
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    args.checkpoints.mkdir(parents=True, exist_ok=True)
    for epoch in range(args.epochs):
        start, total = time.monotonic(), 0.0
        model.train()
        order = torch.randperm(len(train_x))
        for step in range(steps):
            chosen = order[step * args.batch : (step + 1) * args.batch]
            loss = loss_of(model(to_input(augment(windows, chosen))), train_y[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss)
        accuracy = top1(model, test_x, test_y)
        torch.save(model.state_dict(), args.checkpoints / "last.pt")
        print(
            f"epoch {epoch + 1}/{args.epochs}  loss {total / steps:.4f}  "
            f"test top-1 {accuracy:.2f}%  {time.monotonic() - start:.0f} s",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=dataset.DEFAULT_FOLDER)
    parser.add_argument("--checkpoints", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=22)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.15)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
