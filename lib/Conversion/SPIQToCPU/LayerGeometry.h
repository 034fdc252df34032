//===- LayerGeometry.h - Shapes and schedules of layers ---------*- C++ -*-===//
//
// What kernels and their schedules have to know about the shape of a layer.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CONVERSION_SPIQTOCPU_LAYERGEOMETRY_H
#define SPIQ_LIB_CONVERSION_SPIQTOCPU_LAYERGEOMETRY_H

#include "Schedule.h"
#include "spiq/Dialect/SPIQ/IR/SPIQ.h"

#include <optional>

namespace spiq {

/// The shape of a convolution or, as one of images of one pixel, of a fully
/// connected layer.
ConvolutionShape getConvolutionShape(Conv2DOp op);
ConvolutionShape getConvolutionShape(FullyConnectedOp op);

/// The window of a layer that `spiq_cpu.depthwise_conv_2d` computes, with a
/// tile of one pixel; none for any other layer.
std::optional<cpu::DepthwiseTile> getDepthwiseWindow(Conv2DOp op);

/// The schedule that `layer` carries or, without one, the best of the cost
/// model.
ConvolutionSchedule chooseSchedule(mlir::Operation *layer,
                                   const ConvolutionShape &shape,
                                   const MachineModel &machine);

/// The same for a depthwise layer; none if no schedule fits.
std::optional<DepthwiseSchedule>
chooseDepthwiseSchedule(Conv2DOp layer, const cpu::DepthwiseTile &window,
                        const MachineModel &machine);

} // namespace spiq

#endif // SPIQ_LIB_CONVERSION_SPIQTOCPU_LAYERGEOMETRY_H
