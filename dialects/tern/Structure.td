// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structure family: what holds a model together. Hyperparameters, parameters, the repeat over layers.

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
    SingleBlockImplicitTerminator<"::tern::YieldOp">]> {
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
    /// The number of iterations, or -1 while it is a hyperparameter.
    int64_t getTripCount();
    ::mlir::BlockArgument getIndex() { return getBody().getArgument(0); }
    /// Block arguments of the carried values and of the slices.
    ::mlir::MutableArrayRef<::mlir::BlockArgument> getCarriedArguments();
    ::mlir::MutableArrayRef<::mlir::BlockArgument> getSliceArguments();
    ::mlir::ResultRange getCarriedResults() { return getResults().take_front(getInits().size()); }
    ::mlir::ResultRange getStackedResults() { return getResults().drop_front(getInits().size()); }
    ::mlir::Operation *getYield() { return getBody().front().getTerminator(); }
    /// Also stacks a value of the body. Replaces the op by a wider one and erases it; the new result is the last.
    LayersOp alsoStack(::mlir::Value value);
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Tern_YieldOp : Tern_Op<"yield", [Pure, Terminator, ReturnLike, HasParent<"LayersOp">]> {
  let summary = "ends a layer: the carried values of the next one, then what is stacked";
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
