// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structure family: what holds a model together. Hyperparameters, parameters, the repeat over layers, the scan over time.

#ifndef TERN_STRUCTURE_TD
#define TERN_STRUCTURE_TD

include "dialects/tern/Attrs.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Tern_HyperOp : Tern_Op<"hyper", [Symbol]> {
  let summary = "a hyperparameter with its default value";
  let description = [{
    Sizes and rates of the model refer to it by name: `@d_model`, `3 * @d_model`, `@d_model div 12`. `--define NAME=VALUE`
    overrides the default, an integer or a float. `bind-hyper` puts the numbers in and removes the op.

    * Refused, by `bind-hyper`: the names `batch` and `seq`, dimensions that options of their own set.
    ```mlir
    tern.hyper @d_model = 768
    tern.hyper @dropout = 0.1
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, AnyAttrOf<[I64Attr, F64Attr]>:$value);
  let assemblyFormat = "$sym_name `=` custom<HyperValue>($value) attr-dict";
}

def Tern_ParamOp : Tern_Op<"param", [Pure]> {
  let summary = "a parameter, declared where it is used";
  let description = [{
    The name is the one of the published checkpoints of the family; inside `tern.layers` the layer's scope "h.{i}." is put
    before it. Shared parameters share one SSA value. `frozen` parameters are not trained. The type states the sizes, `?` where
    a size is a hyperparameter. Initializers are those of `#tern.init`.

    * Refused: another number of sizes than the type's rank, a size that differs from the type's or is below 1, an unknown
      initializer; by `hoist-params` one name declared twice.
    ```mlir
    %w = tern.param "wte.weight" [50257, 768] normal(0.02) : tensor<50257x768xf32>
    %b = tern.param "head.bias" [50257] zeros frozen : tensor<50257xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name, Tern_Sizes:$sizes, Tern_InitAttr:$init, UnitAttr:$frozen);
  let results = (outs Tern_Float:$result);
  let assemblyFormat = "$name custom<Sizes>($sizes) custom<Init>($init) (`frozen` $frozen^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Tern_LayersOp : Tern_Op<"layers", [AttrSizedOperandSegments, RecursiveMemoryEffects, RecursivelySpeculatable,
    SingleBlockImplicitTerminator<"::tern::YieldOp">, Tern_Iterative]> {
  let summary = "a counted repeat: the same layer, with its own parameters each time";
  let description = [{
    Written once, run `count` times. Carried values go from one iteration to the next; a stacked operand `(L, ...)` gives
    iteration i its slice i; what `tern.yield` returns beyond the carried values is stacked to `(L, ...)` results.
    `reverse` runs from L-1 down to 0 (slices and stacking keep their index). `index` names the layer number. The string is the
    scope of the parameters that are declared inside: `"h"` makes `h.{i}.ln_1.weight` of `ln_1.weight`.

    * Gradient: a second repeat in the other direction; `differentiate` stashes or recomputes what it needs.
    * Refused: a carried value that changes its type, a stacked operand whose first extent is not the count, a count below 1, a
      body that does not yield one value per result.
    ```mlir
    %h = tern.layers 12 "h" (%x = %x0) : tensor<2x8xf32> {
      %n = tern.layer_norm %x "ln_1" : tensor<2x8xf32>
      tern.yield %n : tensor<2x8xf32>
    }
    %last, %all = tern.layers 3 reverse index %i (%c = %x0) stacked (%w = %ws) : tensor<2x8xf32>, tensor<3x8xf32> {
      %y = tern.mul %c, %w : tensor<2x8xf32>, tensor<8xf32>
      tern.yield %y, %c : tensor<2x8xf32>, tensor<2x8xf32>
    }
    ```
  }];
  let arguments = (ins Tern_Size:$count, OptionalAttr<StrAttr>:$scope, UnitAttr:$reverse,
                       Variadic<Tern_Tensor>:$inits, Variadic<Tern_Tensor>:$stacked);
  let results = (outs Variadic<Tern_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Attribute":$count, "::mlir::StringAttr":$scope, "bool":$reverse,
                                 "::mlir::ValueRange":$inits, "::mlir::ValueRange":$stacked,
                                 "::mlir::TypeRange":$stackedResults)>];
  let extraClassDeclaration = [{
    int64_t getTripCount();
    ::llvm::StringRef getIterationName() { return "layer"; }
    ::mlir::Type getSliceType(::mlir::Type stacked);
    ::mlir::Type getStackType(::mlir::Type slice);
    /// Also stacks a value of the body. Replaces the op by a wider one and erases it; the new result is the last.
    LayersOp alsoStack(::mlir::Value value) {
      return ::llvm::cast<LayersOp>(::tern::alsoStack(*this, value).getOperation());
    }
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Tern_ScanOp : Tern_Op<"scan", [AttrSizedOperandSegments, RecursiveMemoryEffects, RecursivelySpeculatable,
    SingleBlockImplicitTerminator<"::tern::YieldOp">, Tern_Iterative,
    DeclareOpInterfaceMethods<Tern_Sequential, ["followSequence", "isPositionwise", "buildStep"]>]> {
  let summary = "a loop over time: one step after the other, all with the same parameters";
  let description = [{
    Carried values, the state, go from one step to the next. Each sequence gives step t its slice t along time, which is
    dimension 1, or `dim`; what `tern.yield` returns beyond the state is stacked along the same dimension. `reverse` runs from
    the last step to the first (slices and stacking keep their index). `index` names the step. Parameters declared inside are
    shared by all steps. With `lengths` a step at or beyond the length of a batch row, dimension 0 of every state and every
    slice, leaves the row's state as it is and gives zeros to its sequences.

    * Shapes: state `(B, ...)`, sequence `(B, T, ...)`, slice `(B, ...)`, lengths `(B)`. T may be dynamic until shapes are
      specialised; then `repeat-scan` writes the scan as a repeat, and what holds for that holds for it.
    * Gradient: through time, a second repeat in the other direction.
    * Refused: no sequence, sequences of different lengths, a state that changes its type, a body that does not yield one
      value per result, and with `lengths` a state or a slice without the batch in front.
    ```mlir
    %last, %all = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x8xf32>, tensor<2x5x4xf32> {
      %y = tern.rnn_cell %x, %h "rnn" bias : tensor<2x4xf32>, tensor<2x8xf32>
      tern.yield %y, %y : tensor<2x8xf32>, tensor<2x8xf32>
    }
    %first = tern.scan reverse index %t (%h = %h0) over (%x = %xt) dim 0 lengths(%n : tensor<2xi32>) :
        tensor<2x8xf32>, tensor<5x2x8xf32> {
      %y = tern.add %h, %x : tensor<2x8xf32>, tensor<2x8xf32>
      tern.yield %y : tensor<2x8xf32>
    }
    ```
  }];
  let arguments = (ins DefaultValuedAttr<I64Attr, "1">:$dim, UnitAttr:$reverse, Variadic<Tern_Tensor>:$inits,
                       Variadic<Tern_Tensor>:$stacked, Optional<Tern_Lengths>:$lengths);
  let results = (outs Variadic<Tern_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let extraClassDeclaration = [{
    /// The number of steps, or -1 while it is dynamic.
    int64_t getTripCount();
    ::llvm::StringRef getIterationName() { return "step"; }
    ::mlir::Type getSliceType(::mlir::Type stacked);
    ::mlir::Type getStackType(::mlir::Type slice);
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Tern_YieldOp : Tern_Op<"yield", [Pure, Terminator, ReturnLike, ParentOneOf<["LayersOp", "ScanOp"]>]> {
  let summary = "ends a layer or a step: the carried values of the next one, then what is stacked";
  let description = [{
    First the carried values of the next iteration, one per carried value and of its type, then what is stacked.

    * Refused: fewer values than are carried.
    ```mlir
    %last, %all = tern.layers 3 (%h = %x) : tensor<8xf32> {
      %t = tern.tanh %h : tensor<8xf32>
      tern.yield %t, %h : tensor<8xf32>, tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<Tern_Tensor>:$values);
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, ::mlir::ValueRange()); }]>];
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // TERN_STRUCTURE_TD
