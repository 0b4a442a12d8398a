// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attributes of the tern dialect: size expressions, initializers, and the entry of the parameter table.

#ifndef TERN_ATTRS_TD
#define TERN_ATTRS_TD

include "dialects/tern/Base.td"

class Tern_Attr<string cppName, string attrMnemonic> : AttrDef<Tern_Dialect, cppName> {
  let mnemonic = attrMnemonic;
}

def Tern_SizeExpressionAttr : Tern_Attr<"SizeExpression", "size"> {
  let summary = "factor * hyperparameter (* another one) / divisor";
  let description = [{
    A size that `bind-hyper` replaces by an integer. In an op's assembly it is written `@d_model`, `3 * @d_model`,
    `@n_head * @head_dim` or `@d_model div 12`; the division must be exact.
    ```mlir
    %y = tern.linear %x "fc" out 4 * @d_model : tensor<2x8xf32>
    %u = tern.linear %x "v_proj" out @n_kv_head * @head_dim : tensor<2x8xf32>
    %z = tern.linear %x weight %w {size = #tern.size<4, "d_model", 1>} : tensor<2x8xf32>, tensor<8x4xf32>
    ```
  }];
  let parameters = (ins "int64_t":$factor, "::mlir::StringAttr":$symbol, "int64_t":$divisor,
                        OptionalParameter<"::mlir::StringAttr">:$times);
  let assemblyFormat = "`<` $factor `,` $symbol `,` $divisor (`,` $times^)? `>`";
}

// An integer or a size expression, written by custom<Size>.
def Tern_Size : Attr<Or<[CPred<"::llvm::isa<::mlir::IntegerAttr>($_self)">, Tern_SizeExpressionAttr.predicate]>,
                     "a size: an integer or an expression of a hyperparameter"> {
  let storageType = "::mlir::Attribute";
  let returnType = "::mlir::Attribute";
  let convertFromStorage = "$_self";
}

// A list of sizes, written by custom<Sizes>: [768, 3 * @d_model].
def Tern_Sizes : Attr<CPred<"::llvm::isa<::mlir::ArrayAttr>($_self)">, "a list of sizes"> {
  let storageType = "::mlir::ArrayAttr";
  let returnType = "::mlir::ArrayAttr";
  let convertFromStorage = "$_self";
}

// A real number or the name of a hyperparameter, written by custom<Real>: 0.1 or @dropout.
def Tern_Real : Attr<Or<[CPred<"::llvm::isa<::mlir::FloatAttr, ::mlir::IntegerAttr>($_self)">, Tern_SizeExpressionAttr.predicate]>,
                     "a real number or a hyperparameter"> {
  let storageType = "::mlir::Attribute";
  let returnType = "::mlir::Attribute";
  let convertFromStorage = "$_self";
}

def Tern_InitAttr : Tern_Attr<"Init", "init"> {
  let summary = "how a parameter starts";
  let description = [{
    `zeros`, `ones`, `constant(v)`, `normal(std)`, `uniform(low, high)`, `residual_normal(std, depth)` = normal with
    `std / sqrt(depth)`, for projections into a residual stream (Radford et al. 2019). Arguments are floats, integers or size
    expressions; another name, or another number of them, is refused.
    ```mlir
    %w = tern.param "c_proj.weight" [8, 8] residual_normal(0.02, 24) : tensor<8x8xf32>
    %v = tern.tanh %w {init = #tern.init<"residual_normal", [2.0e-02, 24]>} : tensor<8x8xf32>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$kind, "::mlir::ArrayAttr":$arguments);
  let assemblyFormat = "`<` $kind `,` $arguments `>`";
}

def Tern_PartAttr : Tern_Attr<"Part", "part"> {
  let summary = "one parameter among several that are stored as one";
  let description = [{
    Its name in checkpoints, how many rows of the packed parameter it has, and how it starts.
    ```mlir
    #gate = #tern.part<name = "gate.weight", rows = 16, init = <"zeros", []>>
    func.func private @f() attributes {part = #gate}
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "int64_t":$rows, "::tern::InitAttr":$init);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Tern_ParameterAttr : Tern_Attr<"Parameter", "parameter"> {
  let summary = "one row of the parameter table";
  let description = [{
    Sits on the function argument that carries the parameter. `name` holds "{i}" when layers > 0; then the argument is
    stacked `(layers, ...)` and layer l is named by `first_layer + l`.

    A packed parameter has `parts` in place of an initializer: parameters of the model that lie one after the other along
    the first dimension of a layer. Its own name is only that of the variable; outside of the compiler there are the parts.
    Refused: both an initializer and parts, or neither.
    ```mlir
    #w = #tern.parameter<name = "h.{i}.fc.weight", layers = 12, first_layer = 0, init = <"normal", [2.0e-02]>, trainable = true>
    func.func @forward(%x: tensor<2x8xf32>, %w: tensor<12x8x8xf32> {tern.parameter = #w}) -> tensor<2x8xf32> {
      return %x : tensor<2x8xf32>
    }
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "int64_t":$layers, "int64_t":$first_layer,
                        OptionalParameter<"::tern::InitAttr">:$init, "bool":$trainable,
                        OptionalArrayRefParameter<"::tern::PartAttr">:$parts);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif // TERN_ATTRS_TD
