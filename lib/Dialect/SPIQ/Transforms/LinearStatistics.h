//===- LinearStatistics.h - Distributions behind layers ---------*- C++ -*-===//
//
// What weights tell about the distribution of a layer's results.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LINEARSTATISTICS_H
#define SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LINEARSTATISTICS_H

#include "spiq/Dialect/SPIQ/IR/SPIQ.h"
#include "spiq/Dialect/SPIQ/Transforms/ChannelStatistics.h"

namespace spiq {

/// The statistics of all output channels of `op`, whose input channels are
/// `input`: sums of independent channels, weighted by constants.
/// `pixelCorrelation` is that of the pixels that one kernel reads. Where one
/// value per channel stands for an image, behind a global average or a
/// flattening, tails are slightly correlated: features of one class are large
/// together. Empty if the weights or the bias are not constant.
ChannelStatistics computeLinearStatistics(LinearOpInterface op,
                                          const ChannelStatistics &input,
                                          double pixelCorrelation);

/// Widens the tails of `results`, the output channels of `op`, whose deviations
/// are known, where a single input channel dominates: the sum reaches as far as
/// that channel does.
///
///   tail_o = stddev_o clamp((m_o / 4)^0.35, 1, 2.5),
///   m_o = max_c |w_oc| (reach_c - mean_c) / stddev_o
///
/// for the input channels `c`, the end of their range in the direction of the
/// tail, and the sum of their weights, or the root of the sum of squares if
/// that is larger. Leaves tails alone if the weights are not constant.
void widenTailsByInputs(LinearOpInterface op, const ChannelStatistics &input,
                        ChannelStatistics &results);

} // namespace spiq

#endif // SPIQ_LIB_DIALECT_SPIQ_TRANSFORMS_LINEARSTATISTICS_H
