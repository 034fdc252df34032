//===- races.cpp - Concurrent runs of wide.mlir ---------------------------===//
//
// Runs the model by pools of threads and compares the results with those of one
// thread; or, with an argument, breaks its contract: two runs share a
// workspace.
//
//===----------------------------------------------------------------------===//

#include "spiq/Runtime/ThreadPool.h"
#include "wide.h"

#include <cstdio>
#include <thread>
#include <vector>

alignas(64) static unsigned char workspace[WIDE_WORKSPACE_SIZE];
alignas(64) static unsigned char other[WIDE_WORKSPACE_SIZE];
static std::vector<float> image(28 * 28 * 32);
using Result = std::vector<float>;

static Result run(const spiq_parallel_for *threads, void *memory) {
  Result result(image.size());
  const void *inputs[] = {image.data()};
  void *outputs[] = {result.data()};
  int32_t status = threads ? wide_run_parallel(inputs, outputs, memory, threads)
                           : wide_run(inputs, outputs, memory);
  return status == SPIQ_OK ? result : Result();
}

int main(int argc, char **) {
  for (size_t i = 0; i < image.size(); ++i)
    image[i] = static_cast<float>(i * 7919 % 256) / 128.0f - 1.0f;
  Result expected = run(nullptr, workspace);
  bool same = !expected.empty();
  bool shared = argc > 1;
  std::thread concurrent([&] { run(nullptr, shared ? workspace : other); });
  Result result = run(nullptr, workspace);
  concurrent.join();
  same = same && (shared || result == expected);
  for (uint64_t threads : {2, 3, 4}) {
    spiq_thread_pool *pool = spiq_thread_pool_create(threads);
    for (int i = 0; i < 5; ++i)
      same = same &&
             run(spiq_thread_pool_parallel_for(pool), workspace) == expected;
    spiq_thread_pool_destroy(pool);
  }
  std::puts(same ? "same results" : "different results");
  return same ? 0 : 1;
}
