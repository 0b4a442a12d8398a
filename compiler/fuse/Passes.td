// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuse room: several ops become one. Passes in alphabetical order.

#ifndef TERN_COMPILER_FUSE_PASSES_TD
#define TERN_COMPILER_FUSE_PASSES_TD

include "mlir/Pass/PassBase.td"

def FuseElementwise : Pass<"tern-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "elementwise linalg ops into their consumers";
  let description = [{
    Upstream's fusion of elementwise producers into elementwise or reducing consumers, held back where it would compute
    something costly twice: a producer with several users stays unless it is a few additions or widens its operand. It
    stays as well where it alone reads a product or a costly op: it is done there, and its users read one tensor.
    ```mlir
    #id = affine_map<(i) -> (i)>
    func.func @chain(%x: tensor<64xf32>) -> tensor<64xf32> {
      %e = tensor.empty() : tensor<64xf32>
      %a = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
          ins(%x : tensor<64xf32>) outs(%e : tensor<64xf32>) {
      ^bb0(%v: f32, %o: f32):
        %r = math.exp %v : f32
        linalg.yield %r : f32
      } -> tensor<64xf32>
      %b = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
          ins(%a, %x : tensor<64xf32>, tensor<64xf32>) outs(%e : tensor<64xf32>) {
      ^bb0(%v: f32, %w: f32, %o: f32):
        %r = arith.addf %v, %w : f32
        linalg.yield %r : f32
      } -> tensor<64xf32>
      return %b : tensor<64xf32>
    }
    ```
    becomes
    ```mlir
    #id = affine_map<(i) -> (i)>
    func.func @chain(%x: tensor<64xf32>) -> tensor<64xf32> {
      %e = tensor.empty() : tensor<64xf32>
      %b = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
          ins(%x : tensor<64xf32>) outs(%e : tensor<64xf32>) {
      ^bb0(%v: f32, %o: f32):
        %a = math.exp %v : f32
        %r = arith.addf %a, %v : f32
        linalg.yield %r : f32
      } -> tensor<64xf32>
      return %b : tensor<64xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def FuseEpilogue : Pass<"tern-fuse-epilogue", "::mlir::func::FuncOp"> {
  let summary = "elementwise consumers and accumulation into tern_kernel.contract";
  let description = [{
    An elementwise linalg.generic over the result of a product moves into its region; its other operands become extras. If
    the product itself is still needed it becomes a further out. An addition to a stored gradient under a flag becomes
    `init(flag)`, or `init(add)` where the flag is always true.

    Declined where the op permutes the product, where the product is needed before it or lies in another block, where it
    already adds to what its out held, and where the body has an op without a vector form.
    ```mlir
    #row = affine_map<(m, n) -> (n)>
    #all = affine_map<(m, n) -> (m, n)>
    func.func @bias(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %bias: tensor<32xf32>) -> tensor<8x32xf32> {
      %e = tensor.empty() : tensor<8x32xf32>
      %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>) outs(%e : tensor<8x32xf32>) {
      ^bb0(%acc: f32):
        tern_kernel.yield %acc : f32
      } -> tensor<8x32xf32>
      %y = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]}
          ins(%p, %bias : tensor<8x32xf32>, tensor<32xf32>) outs(%e : tensor<8x32xf32>) {
      ^bb0(%x: f32, %c: f32, %o: f32):
        %s = arith.addf %x, %c : f32
        linalg.yield %s : f32
      } -> tensor<8x32xf32>
      return %y : tensor<8x32xf32>
    }
    ```
    becomes
    ```mlir
    func.func @bias(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %bias: tensor<32xf32>) -> tensor<8x32xf32> {
      %e = tensor.empty() : tensor<8x32xf32>
      %y = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>)
          extras(%bias : tensor<32xf32>) outs(%e : tensor<8x32xf32>) {
      ^bb0(%acc: f32, %c: f32):
        %s = arith.addf %acc, %c : f32
        tern_kernel.yield %s : f32
      } -> tensor<8x32xf32>
      return %y : tensor<8x32xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::kernel::KernelDialect", "::mlir::tensor::TensorDialect"];
}

def FuseQkv : Pass<"tern-fuse-qkv", "::mlir::ModuleOp"> {
  let summary = "Products of one input with several parameters become one product with a packed parameter";
  let description = [{
    `tern.linear` ops of layout out_in that read the same value: q, k and v of attention, gate and up of a gated MLP. Their
    weights become parts of one parameter, rows one after the other, and so do their biases; the results are split from the
    one result, unless attention reads all of them, turned by `tern.rope` or not: then it takes that whole. Nothing is
    copied: the table of parameters says where each part lies, so that checkpoints and initial values stay as they were.
    Every entry decides alike: a group that one of them lacks stays as it is. Runs before
    differentiation; refusals are remarks (`--remarks=fuse-qkv`).
    ```mlir
    #gate = #tern.parameter<name = "gate.weight", layers = 0, first_layer = 0, init = <"zeros", []>, trainable = true>
    #up = #tern.parameter<name = "up.weight", layers = 0, first_layer = 0, init = <"ones", []>, trainable = true>
    func.func @forward(%x: tensor<3x8xf32>, %gate: tensor<16x8xf32> {tern.parameter = #gate},
                       %up: tensor<16x8xf32> {tern.parameter = #up}) -> tensor<3x16xf32> {
      %a = tern.linear %x weight %gate out_in : tensor<3x8xf32>, tensor<16x8xf32>
      %b = tern.linear %x weight %up out_in : tensor<3x8xf32>, tensor<16x8xf32>
      %y = tern.mul %a, %b : tensor<3x16xf32>, tensor<3x16xf32>
      return %y : tensor<3x16xf32>
    }
    ```
    becomes
    ```mlir
    #both = #tern.parameter<name = "gate.weight|up.weight", layers = 0, first_layer = 0, trainable = true,
        parts = <name = "gate.weight", rows = 16, init = <"zeros", []>>, <name = "up.weight", rows = 16, init = <"ones", []>>>
    func.func @forward(%x: tensor<3x8xf32>, %both: tensor<32x8xf32> {tern.parameter = #both}) -> tensor<3x16xf32> {
      %p = tern.linear %x tied %both : tensor<3x8xf32>, tensor<32x8xf32>
      %a, %b = tern.split %p dim 1 sizes [16, 16] : tensor<3x32xf32>
      %y = tern.mul %a, %b : tensor<3x16xf32>, tensor<3x16xf32>
      return %y : tensor<3x16xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def HoistProjections : Pass<"tern-hoist-projections", "::mlir::func::FuncOp"> {
  let summary = "products of the slices of a loop before the loop, as one";
  let description = [{
    A linear or an embedding in a repeat that reads a slice, with parameters that all iterations share, is computed of all
    slices at once: one large product in place of many small ones, and its gradient is one too. So the inputs of a recurrent
    network are projected before time starts; only what depends on the state is left in the loop.

    Declined where every iteration has its own parameters.
    ```mlir
    func.func @scan(%h0: tensor<2x8xf32>, %xs: tensor<5x2x4xf32>, %w: tensor<8x4xf32>) -> tensor<2x8xf32> {
      %last = tern.layers 5 (%h = %h0) stacked (%x = %xs) : tensor<2x8xf32>, tensor<5x2x4xf32> {
        %p = tern.linear %x tied %w : tensor<2x4xf32>, tensor<8x4xf32>
        %y = tern.add %h, %p : tensor<2x8xf32>, tensor<2x8xf32>
        tern.yield %y : tensor<2x8xf32>
      }
      return %last : tensor<2x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @scan(%h0: tensor<2x8xf32>, %xs: tensor<5x2x4xf32>, %w: tensor<8x4xf32>) -> tensor<2x8xf32> {
      %ps = tern.linear %xs tied %w : tensor<5x2x4xf32>, tensor<8x4xf32>
      %last = tern.layers 5 (%h = %h0) stacked (%p = %ps) : tensor<2x8xf32>, tensor<5x2x8xf32> {
        %y = tern.add %h, %p : tensor<2x8xf32>, tensor<2x8xf32>
        tern.yield %y : tensor<2x8xf32>
      }
      return %last : tensor<2x8xf32>
    }
    ```
  }];
}

def RaiseAttention : Pass<"tern-raise-attention", "::mlir::func::FuncOp"> {
  let summary = "Attention written from primitives becomes tern.attention";
  let description = [{
    softmax(scale q k^T + causal mask) v, with heads split and joined by reshape and transpose, or one head on rank 3. Runs
    on static shapes and before differentiation: the op owns its gradient.

    Declined where the scores are not those of one softmax over the keys, where q, k or v are not split into heads as
    (B, T, H, D), or where the scale is not a positive constant.
    ```mlir
    func.func @one_head(%q: tensor<2x4x8xf32>, %k: tensor<2x4x8xf32>, %v: tensor<2x4x8xf32>) -> tensor<2x4x8xf32> {
      %scale = arith.constant dense<0.25> : tensor<f32>
      %scores = tern.matmul %q, %k transpose_b : tensor<2x4x8xf32>, tensor<2x4x8xf32>
      %scaled = tern.mul %scores, %scale : tensor<2x4x4xf32>, tensor<f32>
      %masked = tern.causal_mask %scaled : tensor<2x4x4xf32>
      %p = tern.softmax %masked : tensor<2x4x4xf32>
      %o = tern.matmul %p, %v : tensor<2x4x4xf32>, tensor<2x4x8xf32>
      return %o : tensor<2x4x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @one_head(%q: tensor<2x4x8xf32>, %k: tensor<2x4x8xf32>, %v: tensor<2x4x8xf32>) -> tensor<2x4x8xf32> {
      %o = tern.attention %q, %k, %v heads 1 kv_heads 1 causal scale 0.25 :
          tensor<2x4x8xf32>, tensor<2x4x8xf32>, tensor<2x4x8xf32>
      return %o : tensor<2x4x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def RaiseCrossEntropy : Pass<"tern-raise-cross-entropy", "::mlir::func::FuncOp"> {
  let summary = "Losses over classes become cross_entropy and linear_cross_entropy";
  let description = [{
    log(softmax) becomes log_softmax, nll of log_softmax becomes cross_entropy, and cross_entropy of x W^T becomes
    linear_cross_entropy, whose logits never exist as a whole. A weight stored (C, V) or logits that somebody else reads
    stay as they are.
    ```mlir
    func.func @loss(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<4xi32>) -> tensor<f32> {
      %logits = tern.linear %x tied %w : tensor<4x8xf32>, tensor<16x8xf32>
      %p = tern.softmax %logits : tensor<4x16xf32>
      %l = tern.log %p : tensor<4x16xf32>
      %loss = tern.nll %l, %targets : tensor<4x16xf32>, tensor<4xi32>
      return %loss : tensor<f32>
    }
    ```
    becomes
    ```mlir
    func.func @loss(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %targets: tensor<4xi32>) -> tensor<f32> {
      %loss = tern.linear_cross_entropy %x, %w, %targets : tensor<4x8xf32>, tensor<16x8xf32>, tensor<4xi32>
      return %loss : tensor<f32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect", "::mlir::pdl::PDLDialect", "::mlir::pdl_interp::PDLInterpDialect"];
}

def RaiseNorm : Pass<"tern-raise-norm", "::mlir::func::FuncOp"> {
  let summary = "Norms written from primitives become layer_norm and rms_norm";
  let description = [{
    (x - mean) / sqrt(variance + eps) * weight + bias becomes layer_norm; x / sqrt(mean(x^2) + eps) * weight becomes
    rms_norm. The operands of commutative ops may stand in any order, the square root may divide or be a reciprocal that
    multiplies. A norm without weight stays as it is.
    ```mlir
    func.func @norm(%x: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
      %eps = arith.constant dense<0.5> : tensor<f32>
      %square = tern.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32>
      %mean = tern.mean %square dims [-1] keep_dims : tensor<4x8xf32>
      %shifted = tern.add %mean, %eps : tensor<4x1xf32>, tensor<f32>
      %r = tern.rsqrt %shifted : tensor<4x1xf32>
      %n = tern.mul %x, %r : tensor<4x8xf32>, tensor<4x1xf32>
      %y = tern.mul %n, %w : tensor<4x8xf32>, tensor<8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @norm(%x: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
      %y = tern.rms_norm %x weight %w eps 0.5 : tensor<4x8xf32>, tensor<8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def SinkAccumulate : Pass<"tern-sink-accumulate", "::mlir::func::FuncOp"> {
  let summary = "Add gradients where they are computed, not afterwards";
  let description = [{
    `tern.accumulate` of a stored gradient moves to where its value is made: into the layers that stack it, to the terms of
    a sum, into the ops that can add to what is there (embedding_grad, linear_cross_entropy_grad). Then no second buffer of
    the gradient's size exists.
    ```mlir
    func.func @tied(%tokens: tensor<2xi32>, %dy: tensor<2x4xf32>, %dw: tensor<9x4xf32>, %old: tensor<9x4xf32>,
                    %flag: tensor<i1>) -> tensor<9x4xf32> {
      %de = tern.embedding_grad %tokens, %dy rows 9 : tensor<2xi32>, tensor<2x4xf32>
      %sum = tern.add %dw, %de : tensor<9x4xf32>, tensor<9x4xf32>
      %new = tern.accumulate %old, %sum if %flag : tensor<9x4xf32>
      return %new : tensor<9x4xf32>
    }
    ```
    With `--tern-sink-accumulate --canonicalize` it becomes
    ```mlir
    func.func @tied(%tokens: tensor<2xi32>, %dy: tensor<2x4xf32>, %dw: tensor<9x4xf32>, %old: tensor<9x4xf32>,
                    %flag: tensor<i1>) -> tensor<9x4xf32> {
      %first = tern.accumulate %old, %dw if %flag : tensor<9x4xf32>
      %new = tern.embedding_grad %tokens, %dy rows 9 onto %first : tensor<2xi32>, tensor<2x4xf32>, tensor<9x4xf32>
      return %new : tensor<9x4xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::TernDialect"];
}

def FusePrologue : Pass<"tern-fuse-prologue", "::mlir::func::FuncOp"> {
  let summary = "products round their operands themselves where they come from memory";
  let description = [{
    A rounding that nothing could take in becomes part of the products that read it: they convert while they pack, so that no
    narrow copy of a parameter exists.
    ```mlir
    func.func @product(%x: tensor<4x8xbf16>, %w: tensor<8x16xf32>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> {
      %empty = tensor.empty() : tensor<8x16xbf16>
      %h = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                           iterator_types = ["parallel", "parallel"]}
          ins(%w : tensor<8x16xf32>) outs(%empty : tensor<8x16xbf16>) {
      ^bb0(%in: f32, %old: bf16):
        %r = arith.truncf %in : f32 to bf16
        linalg.yield %r : bf16
      } -> tensor<8x16xbf16>
      %y = tern_kernel.contract init(zero) ins(%x, %h : tensor<4x8xbf16>, tensor<8x16xbf16>) outs(%out : tensor<4x16xf32>) {
      ^bb0(%acc: f32):
        tern_kernel.yield %acc : f32
      } -> tensor<4x16xf32>
      return %y : tensor<4x16xf32>
    }
    ```
    With `--tern-fuse-prologue` it becomes
    ```mlir
    func.func @product(%x: tensor<4x8xbf16>, %w: tensor<8x16xf32>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> {
      %y = tern_kernel.contract init(zero) compute(bf16) ins(%x, %w : tensor<4x8xbf16>, tensor<8x16xf32>)
          outs(%out : tensor<4x16xf32>) {
      ^bb0(%acc: f32):
        tern_kernel.yield %acc : f32
      } -> tensor<4x16xf32>
      return %y : tensor<4x16xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::kernel::KernelDialect"];
}

def SinkProducts : Pass<"tern-sink-products", "::mlir::func::FuncOp"> {
  let summary = "sums of products over the iterations of a loop after the loop, as one product";
  let description = [{
    A carried value that only adds up products `a^T b`, the gradient of a weight that all iterations share, is one product
    over the rows of all iterations: the loop stacks the factors and carries no sum. The order of the sum is fixed. Sums over
    rows, the gradients of biases, follow where what they add up is stacked.

    Declined where a factor is the same in every iteration, and where the factors that are not stacked yet are larger than
    the sum.
    ```mlir
    func.func @gradient(%d0: tensor<2x8xf32>, %hs: tensor<5x2x4xf32>, %gs: tensor<5x2x8xf32>) -> (tensor<2x8xf32>, tensor<4x8xf32>) {
      %zero = arith.constant dense<0.0> : tensor<4x8xf32>
      %last, %dw = tern.layers 5 reverse (%d = %d0, %sum = %zero) stacked (%h = %hs, %g = %gs) :
          tensor<2x8xf32>, tensor<4x8xf32>, tensor<5x2x4xf32>, tensor<5x2x8xf32> {
        %y = tern.mul %d, %g : tensor<2x8xf32>, tensor<2x8xf32>
        %p = tern.matmul %h, %y transpose_a : tensor<2x4xf32>, tensor<2x8xf32>
        %s = tern.add %sum, %p : tensor<4x8xf32>, tensor<4x8xf32>
        tern.yield %y, %s : tensor<2x8xf32>, tensor<4x8xf32>
      }
      return %last, %dw : tensor<2x8xf32>, tensor<4x8xf32>
    }
    ```
    With `--tern-sink-products --canonicalize` it becomes
    ```mlir
    func.func @gradient(%d0: tensor<2x8xf32>, %hs: tensor<5x2x4xf32>, %gs: tensor<5x2x8xf32>) -> (tensor<2x8xf32>, tensor<4x8xf32>) {
      %last, %ys = tern.layers 5 reverse (%d = %d0) stacked (%h = %hs, %g = %gs) :
          tensor<2x8xf32>, tensor<5x2x4xf32>, tensor<5x2x8xf32> {
        %y = tern.mul %d, %g : tensor<2x8xf32>, tensor<2x8xf32>
        tern.yield %y, %y : tensor<2x8xf32>, tensor<2x8xf32>
      }
      %a = tern.reshape %hs to [10, 4] : tensor<5x2x4xf32>
      %b = tern.reshape %ys to [10, 8] : tensor<5x2x8xf32>
      %dw = tern.matmul %a, %b transpose_a : tensor<10x4xf32>, tensor<10x8xf32>
      return %last, %dw : tensor<2x8xf32>, tensor<4x8xf32>
    }
    ```
  }];
}

def FuseSibling : Pass<"tern-fuse-sibling", "::mlir::func::FuncOp"> {
  let summary = "elementwise ops into the epilogue of a product that reads the same";
  let description = [{
    The epilogue of a product has a tile of a tensor in registers that an elementwise op reads too: the op's results become
    results of the product, and what both compute is computed once. An activation that the backward pass computes again joins
    its own gradient so.

    Declined where the product adds to what its out held, where somebody needs the results before the product, where another
    operand is made after it, and where the op has no vector form.
    ```mlir
    #all = affine_map<(m, n) -> (m, n)>
    func.func @slope(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %x: tensor<8x32xf32>) -> (tensor<8x32xf32>, tensor<8x32xf32>) {
      %e = tensor.empty() : tensor<8x32xf32>
      %square = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]}
          ins(%x : tensor<8x32xf32>) outs(%e : tensor<8x32xf32>) {
      ^bb0(%v: f32, %o: f32):
        %s = arith.mulf %v, %v : f32
        linalg.yield %s : f32
      } -> tensor<8x32xf32>
      %d = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>)
          extras(%x : tensor<8x32xf32>) outs(%e : tensor<8x32xf32>) {
      ^bb0(%acc: f32, %v: f32):
        %s = arith.mulf %acc, %v : f32
        tern_kernel.yield %s : f32
      } -> tensor<8x32xf32>
      return %square, %d : tensor<8x32xf32>, tensor<8x32xf32>
    }
    ```
    becomes
    ```mlir
    func.func @slope(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %x: tensor<8x32xf32>) -> (tensor<8x32xf32>, tensor<8x32xf32>) {
      %e = tensor.empty() : tensor<8x32xf32>
      %f = tensor.empty() : tensor<8x32xf32>
      %d:2 = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x32xf32>)
          extras(%x : tensor<8x32xf32>) outs(%e, %f : tensor<8x32xf32>, tensor<8x32xf32>) {
      ^bb0(%acc: f32, %v: f32):
        %s = arith.mulf %acc, %v : f32
        %square = arith.mulf %v, %v : f32
        tern_kernel.yield %s, %square : f32, f32
      } -> tensor<8x32xf32>, tensor<8x32xf32>
      return %d#1, %d#0 : tensor<8x32xf32>, tensor<8x32xf32>
    }
    ```
  }];
  let dependentDialects = ["::tern::kernel::KernelDialect", "::mlir::tensor::TensorDialect"];
}

#endif // TERN_COMPILER_FUSE_PASSES_TD
