//===- Peak.cpp - What this machine can multiply ----------------*- C++ -*-===//
//
// Loops of multiplications in registers, for each instruction set.
//
//===----------------------------------------------------------------------===//

#include "Peak.h"

#include <algorithm>
#include <chrono>

// A loop over `rounds` rounds that adds products to ten registers: enough to
// hide the latency of the additions. Assembly, so that every instruction set
// can be measured by a program that is compiled for none of them, and no
// compiler improves the loop. ZERO and BODY are repeated for r = 0, ..., 9; the
// factors and temporary values are registers 10 to 15.
#if defined(__x86_64__)
#define SPIQ_LOOP(ZERO, BODY, END)                                             \
  __asm__ volatile(".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n" ZERO                   \
                   "\n.endr\n1:\n.irp r,0,1,2,3,4,5,6,7,8,9\n" BODY            \
                   "\n.endr\nsub $1, %0\njnz 1b\n" END                         \
                   : "+r"(rounds)                                              \
                   :                                                           \
                   : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",     \
                     "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",         \
                     "xmm12", "xmm13", "xmm14", "xmm15")
#elif defined(__aarch64__)
#define SPIQ_LOOP(ZERO, BODY, END)                                             \
  __asm__ volatile(".irp r,0,1,2,3,4,5,6,7,16,17,10,11\n" ZERO                 \
                   "\n.endr\n1:\n.irp r,0,1,2,3,4,5,6,7,16,17\n" BODY          \
                   "\n.endr\nsubs %0, %0, #1\nb.ne 1b\n" END                   \
                   : "+r"(rounds)                                              \
                   :                                                           \
                   : "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7",     \
                     "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17")
#endif

namespace spiq::run {

namespace {
/// Products that one instruction, or a group of them, accumulates.
struct Loop {
  void (*run)(uint64_t rounds);
  uint64_t products;
};

struct InstructionSetLoops {
  const char *isa;
  Loop integer, real;
};
} // namespace

static constexpr uint64_t sumsPerRound = 10;

#if defined(__x86_64__)

static void dotAVX512VNNI(uint64_t rounds) {
  SPIQ_LOOP("vpxor %%xmm\\r, %%xmm\\r, %%xmm\\r",
            "vpdpbusd %%zmm10, %%zmm11, %%zmm\\r", "vzeroupper");
}

static void dotAVXVNNI(uint64_t rounds) {
  SPIQ_LOOP("vpxor %%xmm\\r, %%xmm\\r, %%xmm\\r",
            "%{vex%} vpdpbusd %%ymm10, %%ymm11, %%ymm\\r", "vzeroupper");
}

static void dotAVX512BW(uint64_t rounds) {
  SPIQ_LOOP("vpxor %%xmm\\r, %%xmm\\r, %%xmm\\r",
            "vpmaddwd %%zmm10, %%zmm11, %%zmm12\n"
            "vpaddd %%zmm12, %%zmm\\r, %%zmm\\r",
            "vzeroupper");
}

static void dotAVX2(uint64_t rounds) {
  SPIQ_LOOP("vpxor %%xmm\\r, %%xmm\\r, %%xmm\\r",
            "vpmaddwd %%ymm10, %%ymm11, %%ymm12\n"
            "vpaddd %%ymm12, %%ymm\\r, %%ymm\\r",
            "vzeroupper");
}

static void dotSSE41(uint64_t rounds) {
  SPIQ_LOOP("pxor %%xmm\\r, %%xmm\\r",
            "movdqa %%xmm10, %%xmm12\npmaddwd %%xmm11, %%xmm12\n"
            "paddd %%xmm12, %%xmm\\r",
            "");
}

static void realAVX512(uint64_t rounds) {
  SPIQ_LOOP("vpxor %%xmm\\r, %%xmm\\r, %%xmm\\r",
            "vmulps %%zmm10, %%zmm11, %%zmm12\n"
            "vaddps %%zmm12, %%zmm\\r, %%zmm\\r",
            "vzeroupper");
}

static void realAVX2(uint64_t rounds) {
  SPIQ_LOOP("vpxor %%xmm\\r, %%xmm\\r, %%xmm\\r",
            "vmulps %%ymm10, %%ymm11, %%ymm12\n"
            "vaddps %%ymm12, %%ymm\\r, %%ymm\\r",
            "vzeroupper");
}

static void realSSE(uint64_t rounds) {
  SPIQ_LOOP("pxor %%xmm\\r, %%xmm\\r",
            "movaps %%xmm10, %%xmm12\nmulps %%xmm11, %%xmm12\n"
            "addps %%xmm12, %%xmm\\r",
            "");
}

static constexpr InstructionSetLoops table[] = {
    {"avx512-vnni", {dotAVX512VNNI, 64}, {realAVX512, 16}},
    {"avx512-bw", {dotAVX512BW, 32}, {realAVX512, 16}},
    {"avx-vnni", {dotAVXVNNI, 32}, {realAVX2, 8}},
    {"avx2", {dotAVX2, 16}, {realAVX2, 8}},
    {"sse4.1", {dotSSE41, 8}, {realSSE, 4}},
    {"generic", {nullptr, 0}, {realSSE, 4}}};

#elif defined(__aarch64__)

// Assemblers refuse instructions of extensions that they were not told of.

static void dotI8MM(uint64_t rounds) {
  SPIQ_LOOP("movi v\\r\\().4s, #0",
            ".inst 0x4e8b9d40 + \\r // usdot vR.4s, v10.16b, v11.16b", "");
}

static void dotProd(uint64_t rounds) {
  SPIQ_LOOP("movi v\\r\\().4s, #0",
            ".inst 0x4e8b9540 + \\r // sdot vR.4s, v10.16b, v11.16b", "");
}

static void dotNEON(uint64_t rounds) {
  SPIQ_LOOP("movi v\\r\\().4s, #0",
            "smull v12.8h, v10.8b, v11.8b\nsmull2 v13.8h, v10.16b, v11.16b\n"
            "addp v12.8h, v12.8h, v13.8h\nsadalp v\\r\\().4s, v12.8h",
            "");
}

static void realNEON(uint64_t rounds) {
  SPIQ_LOOP("movi v\\r\\().4s, #0",
            "fmul v12.4s, v10.4s, v11.4s\n"
            "fadd v\\r\\().4s, v\\r\\().4s, v12.4s",
            "");
}

static constexpr InstructionSetLoops table[] = {
    {"i8mm", {dotI8MM, 16}, {realNEON, 4}},
    {"dotprod", {dotProd, 16}, {realNEON, 4}},
    {"neon", {dotNEON, 16}, {realNEON, 4}}};

#else

static constexpr InstructionSetLoops table[] = {
    {"", {nullptr, 0}, {nullptr, 0}}};

#endif

/// Nanoseconds that all threads need for `rounds` rounds each.
static double measure(const Loop &loop, uint64_t rounds, uint64_t threads,
                      const spiq_parallel_for *parallelFor) {
  struct Work {
    const Loop &loop;
    uint64_t rounds;
  } work{loop, rounds};
  auto body = [](void *argument, uint64_t) {
    const auto &work = *static_cast<const Work *>(argument);
    work.loop.run(work.rounds);
  };
  auto begin = std::chrono::steady_clock::now();
  if (parallelFor)
    parallelFor->run(parallelFor->context, threads, body, &work);
  else
    body(&work, 0);
  return std::chrono::duration<double, std::nano>(
             std::chrono::steady_clock::now() - begin)
      .count();
}

/// Billions of products per second.
static double measureRate(const Loop &loop,
                          const spiq_parallel_for *parallelFor) {
  if (!loop.run)
    return 0;
  uint64_t threads = parallelFor ? parallelFor->threads : 1;
  // Half a millisecond, several times: interruptions hit some of them.
  uint64_t rounds = 1000;
  while (measure(loop, rounds, threads, parallelFor) < 5e5)
    rounds *= 2;
  double best = measure(loop, rounds, threads, parallelFor);
  for (int i = 0; i < 9; ++i)
    best = std::min(best, measure(loop, rounds, threads, parallelFor));
  uint64_t products = sumsPerRound * loop.products * rounds * threads;
  return static_cast<double>(products) / best;
}

Peak measurePeak(const std::string &isa, const spiq_parallel_for *parallelFor) {
  for (const InstructionSetLoops &loops : table)
    if (loops.isa == isa)
      return {measureRate(loops.integer, parallelFor),
              measureRate(loops.real, parallelFor)};
  return {};
}

} // namespace spiq::run
