// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The exit contracts of the floors, as tables.

#include "compiler/support/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"

namespace tern {
#define GEN_PASS_DEF_VERIFYFLOOR
#include "compiler/support/Passes.h.inc"
} // namespace tern

using namespace mlir;

namespace {
struct Contract {
  StringRef floor;
  SmallVector<StringRef> dialects; // beside builtin, and the checks of test programs
  bool allowsTensors;
};

struct VerifyFloor : tern::impl::VerifyFloorBase<VerifyFloor> {
  using Base::Base;
  void runOnOperation() override;

private:
  LogicalResult verify(Operation *op, const Contract &contract);
  LogicalResult refuse(Operation *op, const Contract &contract, const Twine &what);
};
} // namespace

static ArrayRef<Contract> contracts() {
  static const Contract all[] = {
      {"model", {"tern", "func", "arith", "math"}, true},
      {"tensor", {"linalg", "tern_kernel", "tensor", "vector", "scf", "func", "arith", "math"}, true},
      {"buffer", {"memref", "vector", "scf", "func", "arith", "math", "x86vector", "amx"}, false},
      {"llvm", {"llvm"}, false}};
  return all;
}

LogicalResult VerifyFloor::refuse(Operation *op, const Contract &contract, const Twine &what) {
  InFlightDiagnostic error = op->emitOpError() << what << " the " << contract.floor << " floor, which holds "
                                               << llvm::join(contract.dialects, ", ")
                                               << (contract.allowsTensors ? "" : " and no tensors");
  if (!inserted.empty())
    error.attachNote() << "inserted on this floor: " << inserted << "; a pass must leave what its floor holds";
  return error;
}

/// Tests are written on any floor, and their ops wait there for the rest of the program.
static bool isInTest(Operation *op) {
  auto function = op->getParentOfType<FunctionOpInterface>();
  return function && function->hasAttr("tern.test");
}

LogicalResult VerifyFloor::verify(Operation *op, const Contract &contract) {
  StringRef dialect = op->getName().getDialectNamespace();
  auto holds = [&](const Contract &each) { return llvm::is_contained(each.dialects, dialect); };
  // Instructions that no dialect of the buffer floor has an op for, on values: where threads meet follows from what ops say
  // of memory, and these say nothing.
  bool isInstruction = contract.floor == "buffer" && isa<LLVM::CallIntrinsicOp>(op) &&
                       llvm::none_of(op->getOperandTypes(), [](Type type) { return isa<LLVM::LLVMPointerType, MemRefType>(type); });
  bool isBelow = isInTest(op) && std::any_of(&contract, contracts().end(), holds);
  if (dialect != "builtin" && dialect != "check" && !holds(contract) && !isBelow && !isInstruction)
    return refuse(op, contract, "may not leave");
  if (contract.allowsTensors)
    return success();
  auto isTensor = [](Type type) { return isa<TensorType>(type); };
  auto takesTensors = [&](Block &block) { return llvm::any_of(block.getArgumentTypes(), isTensor); };
  if (llvm::any_of(op->getResultTypes(), isTensor))
    return refuse(op, contract, "makes a tensor, which may not leave");
  if (llvm::any_of(op->getRegions(), [&](Region &region) { return llvm::any_of(region, takesTensors); }))
    return refuse(op, contract, "takes a tensor, which may not leave");
  return success();
}

void VerifyFloor::runOnOperation() {
  const Contract *contract = llvm::find_if(contracts(), [&](const Contract &each) { return each.floor == floor; });
  if (contract == contracts().end()) {
    emitError(getOperation().getLoc()) << "there is no floor '" << floor << "': model, tensor, buffer or llvm";
    return signalPassFailure();
  }
  WalkResult result = getOperation().walk(
      [&](Operation *op) { return failed(verify(op, *contract)) ? WalkResult::interrupt() : WalkResult::advance(); });
  if (result.wasInterrupted())
    signalPassFailure();
  markAllAnalysesPreserved();
}
