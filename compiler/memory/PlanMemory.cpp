#include "compiler/memory/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
namespace tern {
#define GEN_PASS_DEF_PLANMEMORY
#include "compiler/memory/Passes.h.inc"
}
namespace { struct PlanMemory : tern::impl::PlanMemoryBase<PlanMemory> { void runOnOperation() override {} }; }
