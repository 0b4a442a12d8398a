// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tern dialect and what its families share: type constraints and op classes.

#ifndef TERN_BASE_TD
#define TERN_BASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/interfaces/Averaging.td"
include "dialects/interfaces/Costed.td"
include "dialects/interfaces/Decomposable.td"
include "dialects/interfaces/Iterative.td"
include "dialects/interfaces/Narrowable.td"
include "dialects/interfaces/Rearranging.td"
include "dialects/interfaces/Sequential.td"
include "dialects/interfaces/Differentiable.td"
include "dialects/interfaces/Parametric.td"
include "dialects/interfaces/Stochastic.td"

def Tern_Dialect : Dialect {
  let name = "tern";
  let cppNamespace = "::tern";
  let summary = "Transformer models as their authors say them";
  let description = [{
    Ops of the model floor, on ranked tensors. A model file declares @forward in this dialect; loss, gradients, training
    step and generation are derived from it. Shapes follow the field: B batch, T sequence, C channels, H heads,
    D channels of a head, V vocabulary.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let hasConstantMaterializer = 1;
}

// Type constraints. Floating-point element types are those that the compiler lowers.
def Tern_Float : RankedTensorOf<[F32, F64, BF16, F16]>;
def Tern_Int : RankedTensorOf<[I32, I64]>;
def Tern_Bool : RankedTensorOf<[I1]>;
def Tern_Tensor : RankedTensorOf<[F32, F64, BF16, F16, I1, I32, I64]>;
// A random op's key, and a condition; the assembly need not state their types.
def Tern_Key : 0DTensorOf<[I64]>, BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;
def Tern_Flag : 0DTensorOf<[I1]>, BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI1Type())">;

// Lengths and positions of sequences, of all batch rows or of each.
def Tern_Positions : TensorRankOf<[I32], [0, 1]>;
// Lengths of sequences, one per batch row.
def Tern_Lengths : TensorRankOf<[I32], [1]>;

// Every op of the dialect.
class Tern_Op<string mnemonic, list<Trait> traits = []> : Op<Tern_Dialect, mnemonic, traits>;

// An op without side effects whose result types follow from its operands and attributes, so that the assembly states
// operand types only. The op's .cpp defines inferReturnTypes(context, location, adaptor, types).
class Tern_PureOp<string mnemonic, list<Trait> traits = []>
    : Tern_Op<mnemonic, traits # [Pure, InferTypeOpAdaptor]>;

// A pure op with a gradient: the .cpp defines buildGradient beside verify and infer.
class Tern_DifferentiableOp<string mnemonic, list<Trait> traits = []>
    : Tern_PureOp<mnemonic, traits # [DeclareOpInterfaceMethods<Tern_Differentiable>]>;

#endif // TERN_BASE_TD
