//===- ThreadPoolTest.cpp - Loops run by pools of threads -----------------===//
//
// Every piece of a loop runs exactly once, before the loop returns.
//
//===----------------------------------------------------------------------===//

#include "spiq/Runtime/ThreadPool.h"

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {
/// One loop: how often each piece ran, and a value from the loop before it that
/// every piece reads.
struct Loop {
  std::vector<int> runs;
  const std::vector<int> *before;
  bool correct;
};
} // namespace

static void runPiece(void *argument, uint64_t piece) {
  auto *loop = static_cast<Loop *>(argument);
  ++loop->runs[piece];
  if (!loop->before)
    return;
  for (int runs : *loop->before)
    if (runs != 1)
      loop->correct = false;
}

/// Runs loops of many sizes on `threads` threads, one after the other.
static bool check(uint64_t threads) {
  spiq_thread_pool *pool = spiq_thread_pool_create(threads);
  if (!pool)
    return false;
  const spiq_parallel_for *parallelFor = spiq_thread_pool_parallel_for(pool);
  bool correct = parallelFor->threads == threads;
  std::vector<Loop> loops(300);
  for (size_t i = 0; i < loops.size(); ++i) {
    loops[i] = {std::vector<int>(i % 23), i ? &loops[i - 1].runs : nullptr,
                true};
    // Now and then, long enough for the threads to fall asleep.
    if (i % 100 == 50)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    parallelFor->run(parallelFor->context, i % 23, runPiece, &loops[i]);
    correct = correct && loops[i].correct;
  }
  for (int runs : loops.back().runs)
    correct = correct && runs == 1;
  spiq_thread_pool_destroy(pool);
  return correct;
}

int main() {
  bool correct = !spiq_thread_pool_create(0) && !spiq_thread_pool_create(257);
  for (uint64_t threads : {1, 2, 3, 8})
    correct = correct && check(threads);
  spiq_thread_pool_destroy(nullptr);
  std::puts(correct ? "ok" : "wrong");
  return correct ? 0 : 1;
}
