//===- KernelGenerators.h - Random layers for native kernels ----*- C++ -*-===//
//
// Declares the generators of layers whose sizes exercise register tiles: full
// and partial vectors, blocks and pixels.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_KERNELGENERATORS_H
#define SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_KERNELGENERATORS_H

#include "Generators.h"

namespace spiq::test {

/// A convolution without groups, perhaps with a residual.
void generateKernelConv2D(CaseBuilder &builder, Form form);
/// A convolution with one filter per channel.
void generateKernelDepthwise(CaseBuilder &builder, Form form);
/// A convolution with groups of several channels.
void generateKernelGrouped(CaseBuilder &builder, Form form);
/// A transposed convolution, perhaps with groups.
void generateKernelTransposed(CaseBuilder &builder, Form form);
void generateKernelFullyConnected(CaseBuilder &builder, Form form);

} // namespace spiq::test

#endif // SPIQ_TEST_CONVERSION_SPIQTOCPU_RANDOM_KERNELGENERATORS_H
