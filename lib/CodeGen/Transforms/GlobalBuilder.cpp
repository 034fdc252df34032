//===- GlobalBuilder.cpp - Constants of LLVM dialect ------------*- C++ -*-===//
//
// Builds strings, arrays and structures as constant globals.
//
//===----------------------------------------------------------------------===//

#include "GlobalBuilder.h"

using namespace mlir;

namespace spiq {

LLVM::GlobalOp GlobalBuilder::create(const Twine &name, Type type,
                                     Attribute value) {
  return LLVM::GlobalOp::create(builder, type, /*isConstant=*/true,
                                LLVM::Linkage::Private, name.str(), value);
}

LLVM::GlobalOp GlobalBuilder::createString(const Twine &name, StringRef text) {
  std::string terminated = text.str();
  terminated.push_back('\0');
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), terminated.size());
  return create(name, type, builder.getStringAttr(terminated));
}

Type GlobalBuilder::getType(const Fields &fields) {
  auto types = llvm::map_to_vector(fields, [&](const Field &field) -> Type {
    return field.bits == 0 ? pointerType : builder.getIntegerType(field.bits);
  });
  return LLVM::LLVMStructType::getLiteral(builder.getContext(), types);
}

Value GlobalBuilder::insert(Value aggregate, const Fields &fields,
                            SmallVector<int64_t> position) {
  position.push_back(0);
  for (auto [index, field] : llvm::enumerate(fields)) {
    position.back() = index;
    Value value = field.bits == 0 ? addressOf(field.symbol)
                                  : integer(field.bits, field.value);
    aggregate =
        LLVM::InsertValueOp::create(builder, aggregate, value, position);
  }
  return aggregate;
}

LLVM::GlobalOp GlobalBuilder::createStruct(const Twine &name,
                                           const Fields &fields) {
  Type type = getType(fields);
  LLVM::GlobalOp global = create(name, type, Attribute());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&global.getInitializerRegion());
  Value value = LLVM::UndefOp::create(builder, type);
  LLVM::ReturnOp::create(builder, insert(value, fields, {}));
  return global;
}

LLVM::GlobalOp GlobalBuilder::createStructs(const Twine &name,
                                            ArrayRef<Fields> structs) {
  if (structs.empty())
    return nullptr;
  Type type =
      LLVM::LLVMArrayType::get(getType(structs.front()), structs.size());
  LLVM::GlobalOp global = create(name, type, Attribute());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&global.getInitializerRegion());
  Value value = LLVM::UndefOp::create(builder, type);
  for (auto [index, fields] : llvm::enumerate(structs))
    value = insert(value, fields, {static_cast<int64_t>(index)});
  LLVM::ReturnOp::create(builder, value);
  return global;
}

Value GlobalBuilder::integer(unsigned bits, int64_t value) {
  Type type = builder.getIntegerType(bits);
  return LLVM::ConstantOp::create(builder, type,
                                  builder.getIntegerAttr(type, value));
}

Value GlobalBuilder::addressOf(Operation *symbol) {
  if (auto global = dyn_cast_if_present<LLVM::GlobalOp>(symbol))
    return LLVM::AddressOfOp::create(builder, global);
  if (auto function = dyn_cast_if_present<LLVM::LLVMFuncOp>(symbol))
    return LLVM::AddressOfOp::create(builder, function);
  return LLVM::ZeroOp::create(builder, pointerType);
}

} // namespace spiq
