//===- ThreadPool.cpp - Threads for compiled models ---------------------===//
//
// Layers of a network follow each other within microseconds, so threads that
// wait for work spin for a while before they sleep. Each thread has a range of
// pieces of its own, so that it finds the rows it computed in the layer before
// in its cache, and helps others when it is done.
//
//===----------------------------------------------------------------------===//

#include "spiq/Runtime/ThreadPool.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

/// Tells the processor that this is a loop that waits.
static inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits until `condition` holds or `limit` checks have failed. Gives up the
/// processor now and then, in case that there are more threads than cores.
template <typename Condition>
static bool spin(Condition condition, unsigned limit) {
  for (unsigned i = 1; i <= limit; ++i) {
    if (condition())
      return true;
    if (i % 1024 == 0)
      std::this_thread::yield();
    else
      pause();
  }
  return false;
}

namespace {

/// A range of pieces from which threads take one after the other. The bounds
/// are one atomic word, so that a taken piece is known to be of a loop that has
/// not ended.
class alignas(64) Range {
public:
  void set(uint64_t begin, uint64_t end) {
    state.store(end << 32 | begin, std::memory_order_release);
  }

  bool take(uint64_t &piece) {
    if (!hasPiece(state.load(std::memory_order_relaxed)))
      return false;
    uint64_t taken = state.fetch_add(1, std::memory_order_acq_rel);
    piece = taken & mask;
    return hasPiece(taken);
  }

private:
  static constexpr uint64_t mask = (uint64_t(1) << 32) - 1;
  static bool hasPiece(uint64_t state) { return (state & mask) < state >> 32; }

  std::atomic<uint64_t> state{0};
};

class ThreadPool {
public:
  explicit ThreadPool(uint64_t threads)
      : ranges(new Range[threads]), numRanges(threads) {
    parallelFor = {run, this, threads};
  }

  ~ThreadPool() {
    stop.store(true);
    wake();
    for (pthread_t worker : workers)
      pthread_join(worker, nullptr);
  }

  /// Starts the threads besides the caller's; false if the system refuses.
  bool start() {
    for (uint64_t index = 1; index < numRanges; ++index) {
      // Not std::thread, which reports errors with exceptions.
      pthread_t worker;
      auto *start = new Start{this, index};
      if (pthread_create(&worker, nullptr, enter, start) != 0) {
        delete start;
        return false;
      }
      workers.push_back(worker);
    }
    return true;
  }

  spiq_parallel_for parallelFor;

private:
  /// What a new thread gets to know.
  struct Start {
    ThreadPool *pool;
    uint64_t own;
  };

  static void *enter(void *argument) {
    std::unique_ptr<Start> start(static_cast<Start *>(argument));
    start->pool->work(start->own);
    return nullptr;
  }

  static void run(void *context, uint64_t count,
                  void (*body)(void *argument, uint64_t piece),
                  void *argument) {
    static_cast<ThreadPool *>(context)->runLoop(count, body, argument);
  }

  void runLoop(uint64_t count, void (*newBody)(void *, uint64_t),
               void *newArgument) {
    if (count < 2) {
      if (count == 1)
        newBody(newArgument, 0);
      return;
    }
    body = newBody;
    argument = newArgument;
    unfinished.store(count, std::memory_order_relaxed);
    for (uint64_t i = 0; i < numRanges; ++i)
      ranges[i].set(i * count / numRanges, (i + 1) * count / numRanges);
    wake();
    runPieces(0);
    while (!spin(
        [&] { return unfinished.load(std::memory_order_acquire) == 0; }, 1024))
      ;
  }

  /// Runs pieces until all are taken, those of range `own` first.
  void runPieces(uint64_t own) {
    for (uint64_t i = 0; i < numRanges; ++i) {
      Range &range = ranges[(own + i) % numRanges];
      for (uint64_t piece; range.take(piece);) {
        body(argument, piece);
        unfinished.fetch_sub(1, std::memory_order_release);
      }
    }
  }

  /// Announces a loop, or the end, to threads that spin or sleep.
  void wake() {
    announced.fetch_add(1);
    if (sleeping.load() == 0)
      return;
    // A thread that holds the lock has not seen the announcement.
    {
      std::lock_guard<std::mutex> guard(mutex);
    }
    condition.notify_all();
  }

  void work(uint64_t own) {
    uint64_t seen = 0;
    auto isAnnounced = [&] { return announced.load() != seen; };
    while (true) {
      // About 100 microseconds: longer than a layer that is not parallel.
      if (!spin(isAnnounced, 4096)) {
        std::unique_lock<std::mutex> lock(mutex);
        sleeping.fetch_add(1);
        condition.wait(lock, isAnnounced);
        sleeping.fetch_sub(1);
      }
      seen = announced.load();
      if (stop.load())
        return;
      runPieces(own);
    }
  }

  std::unique_ptr<Range[]> ranges;
  uint64_t numRanges;
  void (*body)(void *, uint64_t) = nullptr;
  void *argument = nullptr;
  alignas(64) std::atomic<uint64_t> unfinished{0};
  alignas(64) std::atomic<uint64_t> announced{0};
  std::atomic<uint64_t> sleeping{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::condition_variable condition;
  std::vector<pthread_t> workers;
};

} // namespace

struct spiq_thread_pool : ThreadPool {
  using ThreadPool::ThreadPool;
};

extern "C" {

spiq_thread_pool *spiq_thread_pool_create(uint64_t threads) {
  if (threads < 1 || threads > 256)
    return nullptr;
  auto pool = std::make_unique<spiq_thread_pool>(threads);
  return pool->start() ? pool.release() : nullptr;
}

const spiq_parallel_for *
spiq_thread_pool_parallel_for(const spiq_thread_pool *pool) {
  return &pool->parallelFor;
}

void spiq_thread_pool_destroy(spiq_thread_pool *pool) { delete pool; }

} // extern "C"
