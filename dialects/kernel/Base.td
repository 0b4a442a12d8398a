// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tern_kernel dialect and what its ops share: operands on tensors or memrefs, destination style.

#ifndef TERN_KERNEL_BASE_TD
#define TERN_KERNEL_BASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/interfaces/Costed.td"

def Kernel_Dialect : Dialect {
  let name = "tern_kernel";
  let cppNamespace = "::tern::kernel";
  let summary = "Kernels of the tensor floor";
  let description = [{
    What the target wings write by hand: products, attention, table look-up and cross-entropy over whole rows. Every op
    writes into its `outs`, works on tensors (one result per out) and on memrefs (no results), and has static shapes.
    Letters: M N K of a product, B batch, T query positions, S key positions, H heads, D channels of a head, C channels,
    V vocabulary.
  }];
  let useDefaultAttributePrinterParser = 1;
}

// Operands: a ranked tensor before bufferization, a strided memref after it.
def Kernel_Shaped : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef], "a ranked tensor or a strided memref">;
def Kernel_Flag : AnyTypeOf<[0DTensorOf<[I1]>, MemRefRankOf<[I1], [0]>], "a rank-0 tensor or memref of i1">;
def Kernel_Key : AnyTypeOf<[0DTensorOf<[I64]>, MemRefRankOf<[I64], [0]>], "a rank-0 tensor or memref of i64">;
def Kernel_Scalar : AnyTypeOf<[0DTensorOf<[F32, F64]>, MemRefRankOf<[F32, F64], [0]>],
                              "a rank-0 tensor or memref of f32 or f64">;

// Every op: `outs` are the last operands and each tensor among them has a result.
class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits # [DestinationStyleOpInterface,
         DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<Tern_Costed>]> {
  let results = (outs Variadic<AnyRankedTensor>:$tensors);
  let skipDefaultBuilders = 1;
  let hasVerifier = 1;
  code outsDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
  }];
  let extraClassDeclaration = outsDeclaration;
}

#endif // TERN_KERNEL_BASE_TD
