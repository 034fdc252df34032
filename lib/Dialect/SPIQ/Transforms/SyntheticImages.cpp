//===- SyntheticImages.cpp - Images made without data ---------------------===//
//
// Dead leaves, noise and rectangles. Only exactly rounded arithmetic is used,
// so that scales do not depend on the machine that compiles.
//
//===----------------------------------------------------------------------===//

#include "SyntheticImages.h"

#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace spiq;

namespace {

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
class Random {
public:
  explicit Random(uint64_t seed) : state(seed * 0x9e3779b97f4a7c15) {}

  /// Uniform in [0, 1).
  double next() {
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }

  double next(double low, double high) { return low + (high - low) * next(); }

private:
  uint64_t state;
};

/// Image with the means to paint on it.
class Canvas {
public:
  Canvas(ImageShape shape, uint64_t seed)
      : shape(shape), random(seed),
        pixels(shape.height * shape.width * shape.colours) {}

  void paintDeadLeaves();
  void paintNoise();
  void paintRectangles();
  std::vector<float> take() { return std::move(pixels); }

private:
  std::vector<float> getColour() {
    std::vector<float> colour(shape.colours);
    for (float &c : colour)
      c = random.next();
    return colour;
  }
  float *getPixel(int64_t y, int64_t x) {
    return &pixels[(y * shape.width + x) * shape.colours];
  }
  /// Fills the pixels of a box for which `contains(y, x)` holds.
  template <typename Predicate>
  void fill(double top, double left, double bottom, double right,
            Predicate contains);

  ImageShape shape;
  Random random;
  std::vector<float> pixels;
};

} // namespace

template <typename Predicate>
void Canvas::fill(double top, double left, double bottom, double right,
                  Predicate contains) {
  std::vector<float> colour = getColour();
  int64_t firstX = std::max<int64_t>(0, std::floor(left));
  int64_t lastX = std::min<int64_t>(shape.width - 1, std::ceil(right));
  int64_t lastY = std::min<int64_t>(shape.height - 1, std::ceil(bottom));
  for (int64_t y = std::max<int64_t>(0, std::floor(top)); y <= lastY; ++y)
    for (int64_t x = firstX; x <= lastX; ++x)
      if (contains(y, x))
        llvm::copy(colour, getPixel(y, x));
}

void Canvas::paintDeadLeaves() {
  double size = std::min(shape.height, shape.width);
  double smallest = std::max(1.0, size / 64.0), largest = size / 2.0;
  fill(0, 0, shape.height, shape.width, [](int64_t, int64_t) { return true; });
  // Enough discs to cover the image several times.
  constexpr int numLeaves = 1500;
  double ratio = smallest * smallest / (largest * largest);
  for (int leaf = 0; leaf < numLeaves; ++leaf) {
    // The inverse distribution function of a density that falls like r^-3.
    double radius = smallest / std::sqrt(1.0 - random.next() * (1.0 - ratio));
    double centerY = random.next(0.0, shape.height);
    double centerX = random.next(0.0, shape.width);
    fill(centerY - radius, centerX - radius, centerY + radius, centerX + radius,
         [&](int64_t y, int64_t x) {
           double dy = y - centerY, dx = x - centerX;
           return dy * dy + dx * dx <= radius * radius;
         });
  }
}

void Canvas::paintNoise() {
  // Octaves of interpolated noise: halving the period halves the amplitude.
  int64_t size = std::max(shape.height, shape.width);
  llvm::fill(pixels, 0.5f);
  double amplitude = 0.5;
  for (int64_t period = size; period >= 1; period /= 2, amplitude /= 2.0) {
    int64_t rows = shape.height / period + 2,
            columns = shape.width / period + 2;
    std::vector<float> grid(rows * columns * shape.colours);
    for (float &g : grid)
      g = random.next(-amplitude, amplitude);
    for (int64_t y = 0; y < shape.height; ++y)
      for (int64_t x = 0; x < shape.width; ++x)
        for (int64_t c = 0; c < shape.colours; ++c) {
          auto at = [&](int64_t row, int64_t column) {
            return grid[(row * columns + column) * shape.colours + c];
          };
          int64_t row = y / period, column = x / period;
          float v = static_cast<float>(y % period) / period;
          float u = static_cast<float>(x % period) / period;
          float above =
              at(row, column) + (at(row, column + 1) - at(row, column)) * u;
          float below = at(row + 1, column) +
                        (at(row + 1, column + 1) - at(row + 1, column)) * u;
          getPixel(y, x)[c] += above + (below - above) * v;
        }
  }
  for (float &p : pixels)
    p = std::clamp(p, 0.0f, 1.0f);
}

void Canvas::paintRectangles() {
  fill(0, 0, shape.height, shape.width, [](int64_t, int64_t) { return true; });
  constexpr int numRectangles = 30;
  for (int i = 0; i < numRectangles; ++i) {
    double top = random.next(-0.2, 1.0) * shape.height;
    double left = random.next(-0.2, 1.0) * shape.width;
    fill(top, left, top + random.next(0.05, 0.5) * shape.height,
         left + random.next(0.05, 0.5) * shape.width,
         [](int64_t, int64_t) { return true; });
  }
}

std::vector<float> spiq::createSyntheticImage(ImageShape shape,
                                              uint64_t index) {
  Canvas canvas(shape, index + 1);
  switch (index % 5) {
  case 1:
    canvas.paintNoise();
    break;
  case 3:
    canvas.paintRectangles();
    break;
  default:
    canvas.paintDeadLeaves();
  }
  return canvas.take();
}

/// The images of one colour in a tensor, whatever its layout.
static ImageShape getShapeOfGrey(llvm::ArrayRef<int64_t> shape) {
  ImageShape image{1, 1, 1};
  for (int64_t size : shape.drop_front())
    if (size != 1) {
      image.height *= image.width;
      image.width = size;
    }
  return image;
}

uint64_t spiq::fillWithImages(llvm::MutableArrayRef<float> values,
                              const ChannelMap &map,
                              const ChannelStatistics &channels, uint64_t index,
                              bool areBytes) {
  llvm::ArrayRef<int64_t> shape = map.getShape();
  std::optional<int64_t> axis = map.getAxis();
  llvm::SmallVector<int64_t> labels(map.getAllLabels());
  ImageShape image = getShapeOfGrey(shape);
  int64_t inner = image.height * image.width;
  // Where channels lie across several dimensions, they are taken to be alike.
  if (axis && !llvm::all_equal(labels)) {
    labels = *map.getLabels(*axis);
    inner = 1;
    for (int64_t size : shape.drop_front(*axis + 1))
      inner *= size;
    image = {1, inner, shape[*axis]};
    if (shape.size() == 4 && *axis == 1)
      image = {shape[2], shape[3], shape[1]};
    else if (shape.size() == 4 && *axis == 3)
      image = {shape[1], shape[2], shape[3]};
  }
  // Pixels have a mean of about 0.5 and a deviation of about 0.25.
  constexpr double pixelMean = 0.5, pixelStddev = 0.25;
  size_t size = image.height * image.width * image.colours;
  for (size_t begin = 0; begin < values.size(); begin += size) {
    std::vector<float> pixels = createSyntheticImage(image, index++);
    float *target = &values[begin];
    for (int64_t p = 0; p < image.height * image.width; ++p)
      for (int64_t c = 0; c < image.colours; ++c) {
        const ChannelMoments &x = channels[labels[c]];
        double z = (pixels[p * image.colours + c] - pixelMean) / pixelStddev;
        double value = std::clamp(x.mean + z * x.stddev, x.min, x.max);
        if (areBytes) {
          double step = (x.max - x.min) / 255.0;
          value = x.min + step * std::round((value - x.min) / step);
        }
        target[(p / inner * image.colours + c) * inner + p % inner] = value;
      }
  }
  return index;
}
