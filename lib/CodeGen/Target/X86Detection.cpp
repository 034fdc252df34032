//===- X86Detection.cpp - Features of an x86-64 processor -----------------===//
//
// CPUID and XGETBV, as "Intel 64 and IA-32 Architectures Software Developer's
// Manual", volume 2 (CPUID) and volume 1 (13.2, 14.3), describes them.
//
//===----------------------------------------------------------------------===//

#include "CPUDetection.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"

using namespace llvm;

namespace spiq {

namespace {
/// Registers with bits for features.
enum Word { Leaf1C, Leaf7B, Leaf7C, Leaf7D, Leaf7Sub1A, Extended1C, XCR0 };
constexpr unsigned numWords = XCR0 + 1;

/// Where the processor says whether it has a feature.
struct Feature {
  StringLiteral name;
  Word word;
  unsigned bit;
};

using Masks = std::array<uint32_t, numWords>;
} // namespace

/// Features, as LLVM calls them, with instructions that may be selected for a
/// model.
static constexpr Feature features[] = {
    {"sse3", Leaf1C, 0},
    {"pclmul", Leaf1C, 1},
    {"ssse3", Leaf1C, 9},
    {"fma", Leaf1C, 12},
    {"sse4.1", Leaf1C, 19},
    {"sse4.2", Leaf1C, 20},
    {"movbe", Leaf1C, 22},
    {"popcnt", Leaf1C, 23},
    {"avx", Leaf1C, 28},
    {"f16c", Leaf1C, 29},
    {"bmi", Leaf7B, 3},
    {"avx2", Leaf7B, 5},
    {"bmi2", Leaf7B, 8},
    {"avx512f", Leaf7B, 16},
    {"avx512dq", Leaf7B, 17},
    {"adx", Leaf7B, 19},
    {"avx512ifma", Leaf7B, 21},
    {"avx512cd", Leaf7B, 28},
    {"avx512bw", Leaf7B, 30},
    {"avx512vl", Leaf7B, 31},
    {"avx512vbmi", Leaf7C, 1},
    {"avx512vbmi2", Leaf7C, 6},
    {"gfni", Leaf7C, 8},
    {"vpclmulqdq", Leaf7C, 10},
    {"avx512vnni", Leaf7C, 11},
    {"avx512bitalg", Leaf7C, 12},
    {"avx512vpopcntdq", Leaf7C, 14},
    {"avx512vp2intersect", Leaf7D, 8},
    {"avx512fp16", Leaf7D, 23},
    {"avxvnni", Leaf7Sub1A, 4},
    {"avx512bf16", Leaf7Sub1A, 5},
    {"avxifma", Leaf7Sub1A, 23},
    {"lzcnt", Extended1C, 5},
    {"xop", Extended1C, 11},
    {"fma4", Extended1C, 16},
    {"tbm", Extended1C, 21},
};

/// The bits that must be set in each word for `target`.
static Masks getMasks(const Target &target) {
  Masks masks{};
  for (const Feature &feature : features)
    if (target.hasFeature(feature.name))
      masks[feature.word] |= 1u << feature.bit;
  // The operating system saves SSE and AVX registers; for AVX-512 also mask
  // registers and both parts of the others.
  if (target.hasFeature("avx"))
    masks[XCR0] |= 0x6;
  if (target.hasFeature("avx512f"))
    masks[XCR0] |= 0xe6;
  return masks;
}

namespace {
/// Emits the instructions that read the words.
class WordReader {
public:
  explicit WordReader(IRBuilder<> &builder)
      : b(builder), i32(builder.getInt32Ty()) {}

  std::array<Value *, numWords> read(Function *function);

private:
  /// EAX, EBX, ECX, EDX of CPUID.
  std::array<Value *, 4> cpuid(uint32_t leaf, uint32_t subleaf = 0);
  /// `words` if `leaf` is no larger than `last`, zeros otherwise: other leaves
  /// say nothing.
  std::array<Value *, 4> guarded(uint32_t leaf, uint32_t subleaf, Value *number,
                                 Value *last);

  IRBuilder<> &b;
  Type *i32;
};
} // namespace

std::array<Value *, 4> WordReader::cpuid(uint32_t leaf, uint32_t subleaf) {
  auto *result = StructType::get(b.getContext(), {i32, i32, i32, i32});
  InlineAsm *code = InlineAsm::get(
      FunctionType::get(result, {i32, i32}, /*isVarArg=*/false), "cpuid",
      "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}",
      /*hasSideEffects=*/false);
  Value *words = b.CreateCall(code, {b.getInt32(leaf), b.getInt32(subleaf)});
  return {b.CreateExtractValue(words, 0), b.CreateExtractValue(words, 1),
          b.CreateExtractValue(words, 2), b.CreateExtractValue(words, 3)};
}

std::array<Value *, 4> WordReader::guarded(uint32_t leaf, uint32_t subleaf,
                                           Value *number, Value *last) {
  std::array<Value *, 4> words = cpuid(leaf, subleaf);
  Value *exists = b.CreateICmpULE(number, last);
  for (Value *&word : words)
    word = b.CreateSelect(exists, word, b.getInt32(0));
  return words;
}

std::array<Value *, numWords> WordReader::read(Function *function) {
  Value *last = cpuid(0)[0];
  std::array<Value *, 4> leaf1 = cpuid(1);
  std::array<Value *, 4> leaf7 = guarded(7, 0, b.getInt32(7), last);
  std::array<Value *, 4> leaf7Sub1 = guarded(7, 1, b.getInt32(1), leaf7[0]);
  Value *lastExtended = cpuid(0x80000000)[0];
  std::array<Value *, 4> extended1 =
      guarded(0x80000001, 0, b.getInt32(0x80000001), lastExtended);

  // XGETBV exists where the operating system has switched it on (OSXSAVE).
  Value *hasXGETBV = b.CreateIsNotNull(b.CreateAnd(leaf1[2], 1u << 27));
  BasicBlock *before = b.GetInsertBlock();
  auto *ask = BasicBlock::Create(b.getContext(), "ask", function);
  auto *next = BasicBlock::Create(b.getContext(), "next", function);
  b.CreateCondBr(hasXGETBV, ask, next);
  b.SetInsertPoint(ask);
  InlineAsm *code =
      InlineAsm::get(FunctionType::get(StructType::get(i32, i32), {i32},
                                       /*isVarArg=*/false),
                     "xgetbv", "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}",
                     /*hasSideEffects=*/true);
  Value *enabled = b.CreateExtractValue(b.CreateCall(code, {b.getInt32(0)}), 0);
  b.CreateBr(next);
  b.SetInsertPoint(next);
  PHINode *xcr0 = b.CreatePHI(i32, 2);
  xcr0->addIncoming(b.getInt32(0), before);
  xcr0->addIncoming(enabled, ask);
  return {leaf1[2],     leaf7[1],     leaf7[2], leaf7[3],
          leaf7Sub1[0], extended1[2], xcr0};
}

SmallVector<StringRef> getX86Features(const Target &target) {
  SmallVector<StringRef> names;
  for (const Feature &feature : features)
    if (target.hasFeature(feature.name))
      names.push_back(feature.name);
  return names;
}

SmallVector<Value *> emitX86Checks(IRBuilder<> &b, ArrayRef<Target> targets) {
  std::array<Value *, numWords> words =
      WordReader(b).read(b.GetInsertBlock()->getParent());
  SmallVector<Value *> checks;
  for (const Target &target : targets) {
    Value *supported = b.getTrue();
    for (auto [word, mask] : zip_equal(words, getMasks(target)))
      if (mask != 0)
        supported =
            b.CreateAnd(supported, b.CreateICmpEQ(b.CreateAnd(word, mask),
                                                  b.getInt32(mask)));
    checks.push_back(supported);
  }
  return checks;
}

} // namespace spiq
