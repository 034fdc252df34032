"""A small MobileNetV2 (Sandler et al., CVPR 2018) for 28x28 grey images."""

import torch
from torch import nn


def conv_bn(
    inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """A convolution without bias and the batch-norm behind it."""
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2,
                  groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]  # fmt: skip


class InvertedResidual(nn.Module):
    """1x1 expansion, 3x3 depthwise, linear 1x1 projection.

    The input is added to the result where the shapes agree.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int):
        super().__init__()
        hidden = inputs * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers += [*conv_bn(inputs, hidden, 1), nn.ReLU6(inplace=True)]
        layers += [
            *conv_bn(hidden, hidden, 3, stride, groups=hidden),
            nn.ReLU6(inplace=True),
            *conv_bn(hidden, outputs, 1),
        ]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.layers(x)
        return x + y if self.residual else y


class MobileNetV2Small(nn.Module):
    """The network of this example: [N, 1, 28, 28] -> logits [N, 10]."""

    #: (expansion, channels, repetitions, stride of the first) per stage.
    STAGES = ((1, 16, 1, 1), (4, 24, 2, 2), (4, 48, 3, 2), (4, 64, 1, 1))
    STEM = 16
    HEAD = 256

    def __init__(self, classes: int = 10):
        super().__init__()
        layers = [*conv_bn(1, self.STEM, 3), nn.ReLU6(inplace=True)]
        channels = self.STEM
        for expansion, outputs, repetitions, stride in self.STAGES:
            for index in range(repetitions):
                layers.append(
                    InvertedResidual(
                        channels, outputs, stride if index == 0 else 1, expansion
                    )
                )
                channels = outputs
        layers += [*conv_bn(channels, self.HEAD, 1), nn.ReLU6(inplace=True)]
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(self.HEAD, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(torch.flatten(self.pool(self.features(x)), 1))
