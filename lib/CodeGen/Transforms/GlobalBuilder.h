//===- GlobalBuilder.h - Constants of LLVM dialect --------------*- C++ -*-===//
//
// Builds the constant data that the C interface of a model points to.
//
//===----------------------------------------------------------------------===//

#ifndef SPIQ_LIB_CODEGEN_TRANSFORMS_GLOBALBUILDER_H
#define SPIQ_LIB_CODEGEN_TRANSFORMS_GLOBALBUILDER_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace spiq {

/// Builds private constant globals.
class GlobalBuilder {
public:
  /// A field of a structure: a number, or the address of a global or function;
  /// null for no operation.
  struct Field {
    Field(mlir::LLVM::GlobalOp global) : symbol(global) {}
    Field(mlir::LLVM::LLVMFuncOp function) : symbol(function) {}
    Field(unsigned bits, int64_t value) : bits(bits), value(value) {}

    mlir::Operation *symbol = nullptr;
    /// Zero for addresses.
    unsigned bits = 0;
    int64_t value = 0;
  };
  using Fields = llvm::SmallVector<Field>;

  explicit GlobalBuilder(mlir::ImplicitLocOpBuilder &builder)
      : builder(builder),
        pointerType(mlir::LLVM::LLVMPointerType::get(builder.getContext())) {}

  mlir::LLVM::GlobalOp createString(const llvm::Twine &name,
                                    llvm::StringRef text);

  /// Creates an array of numbers; returns null if there are none.
  template <typename T>
  mlir::LLVM::GlobalOp createArray(const llvm::Twine &name,
                                   llvm::ArrayRef<T> values) {
    if (values.empty())
      return nullptr;
    mlir::Type element;
    if constexpr (std::is_same_v<T, float>)
      element = builder.getF32Type();
    else
      element = builder.getIntegerType(sizeof(T) * 8);
    auto shaped = mlir::RankedTensorType::get(
        {static_cast<int64_t>(values.size())}, element);
    return create(name, mlir::LLVM::LLVMArrayType::get(element, values.size()),
                  mlir::DenseElementsAttr::get(shaped, values));
  }

  /// Creates a structure.
  mlir::LLVM::GlobalOp createStruct(const llvm::Twine &name,
                                    const Fields &fields);
  /// Creates an array of structures of one type; returns null if there are
  /// none.
  mlir::LLVM::GlobalOp createStructs(const llvm::Twine &name,
                                     llvm::ArrayRef<Fields> structs);

  mlir::Value integer(unsigned bits, int64_t value);
  /// Address of a global or function, or a null pointer.
  mlir::Value addressOf(mlir::Operation *symbol);

private:
  mlir::LLVM::GlobalOp create(const llvm::Twine &name, mlir::Type type,
                              mlir::Attribute value);
  mlir::Type getType(const Fields &fields);
  /// `aggregate` with `fields` inserted at `position`.
  mlir::Value insert(mlir::Value aggregate, const Fields &fields,
                     llvm::SmallVector<int64_t> position);

  mlir::ImplicitLocOpBuilder &builder;
  mlir::Type pointerType;
};

} // namespace spiq

#endif // SPIQ_LIB_CODEGEN_TRANSFORMS_GLOBALBUILDER_H
