// An elementwise op that stays behind its product says why, and where the product is.
// RUN: tern-opt %s -tern-fuse-epilogue --remarks=fuse-epilogue --verify-diagnostics --mlir-print-op-on-diagnostic=false -o %t

#matrix = affine_map<(m, n) -> (m, n)>
#transposed = affine_map<(m, n) -> (n, m)>
#scalar = affine_map<(m, n) -> ()>

func.func @fused(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  // expected-remark-re @+1 {{{{\[passed\] fuse-epilogue: fused: into the product of line [0-9]+}}}}
  %y = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = math.tanh %x : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// Who reads no product says nothing.
func.func @no_product(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %p: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %y = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = math.tanh %x : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

func.func @product_adds(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %old: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(add) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%old : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  // expected-remark @+1 {{[missed] fuse-epilogue: not fused: the product adds to what is there}}
  %y = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = math.tanh %x : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// What a loop reads counts as read where the loop stands.
func.func @read_in_a_loop_before(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %high: index) -> (tensor<8x8xf32>, f32) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %start = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  %trace = scf.for %i = %zero to %high step %one iter_args(%sum = %start) -> f32 {
    %x = tensor.extract %p[%i, %i] : tensor<8x8xf32>
    %next = arith.addf %sum, %x : f32
    scf.yield %next : f32
  }
  %later = tensor.splat %trace : tensor<8x8xf32>
  // expected-remark-re @+1 {{{{\[missed\] fuse-epilogue: not fused: the op of line [0-9]+ needs the product of line [0-9]+ before this one}}}}
  %y = linalg.generic {indexing_maps = [#matrix, #matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %later : tensor<8x8xf32>, tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %l: f32, %o: f32):
    %t = arith.mulf %x, %l : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y, %trace : tensor<8x8xf32>, f32
}

func.func @other_block(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %low: index, %high: index) -> tensor<8x8xf32> {
  %one = arith.constant 1 : index
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  %y = scf.for %i = %low to %high step %one iter_args(%s = %e) -> tensor<8x8xf32> {
    // expected-remark @+1 {{[missed] fuse-epilogue: not fused: the product is in another block}}
    %n = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
        ins(%p : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
    ^bb0(%x: f32, %o: f32):
      %t = math.tanh %x : f32
      linalg.yield %t : f32
    } -> tensor<8x8xf32>
    scf.yield %n : tensor<8x8xf32>
  }
  return %y : tensor<8x8xf32>
}

func.func @needed_before(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  // expected-remark @+1 {{[missed] fuse-epilogue: not fused: it permutes the product}}
  %z = linalg.generic {indexing_maps = [#transposed, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = math.tanh %x : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  // expected-remark-re @+1 {{{{the op of line [0-9]+ needs the product of line [0-9]+ before this one}}}}
  %y = linalg.generic {indexing_maps = [#matrix, #matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %z : tensor<8x8xf32>, tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %l: f32, %o: f32):
    %t = arith.mulf %x, %l : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y, %z : tensor<8x8xf32>, tensor<8x8xf32>
}

func.func @updates_its_out(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %old: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  // expected-remark @+1 {{[missed] fuse-epilogue: not fused: it permutes or updates its outs}}
  %y = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x8xf32>) outs(%old : tensor<8x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = arith.mulf %x, %o : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

func.func @asks_its_position(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  // expected-remark @+1 {{[missed] fuse-epilogue: not fused: its body has an op without a vector form}}
  %y = linalg.generic {indexing_maps = [#matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %i = linalg.index 0 : index
    %c = arith.index_cast %i : index to i32
    %f = arith.sitofp %c : i32 to f32
    %t = arith.mulf %x, %f : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

func.func @scalar_operand(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %s: tensor<f32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  // expected-remark @+1 {{[missed] fuse-epilogue: not fused: an operand is neither a whole tensor nor a row of columns}}
  %y = linalg.generic {indexing_maps = [#matrix, #scalar, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %s : tensor<8x8xf32>, tensor<f32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %f: f32, %o: f32):
    %t = arith.mulf %x, %f : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

func.func @two_outs(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %p:2 = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e, %e : tensor<8x8xf32>, tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    %n = arith.negf %acc : f32
    tern_kernel.yield %acc, %n : f32, f32
  } -> tensor<8x8xf32>, tensor<8x8xf32>
  // expected-remark @+1 {{[missed] fuse-epilogue: not fused: another out of the product is an operand too}}
  %y = linalg.generic {indexing_maps = [#matrix, #matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p#0, %p#1 : tensor<8x8xf32>, tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%x: f32, %z: f32, %o: f32):
    %t = arith.mulf %x, %z : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

func.func @sum_fused(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %flag: tensor<i1>, %old: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  // expected-remark-re @+1 {{{{fused: the sum into the product of line [0-9]+}}}}
  %y = linalg.generic {indexing_maps = [#matrix, #scalar, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %flag : tensor<8x8xf32>, tensor<i1>) outs(%old : tensor<8x8xf32>) {
  ^bb0(%x: f32, %f: i1, %o: f32):
    %s = arith.addf %o, %x : f32
    %t = arith.select %f, %s, %x : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

func.func @sum_of_a_product_that_is_read(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %flag: tensor<i1>, %old: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<8x8xf32>
  // expected-remark @+1 {{somebody else reads the product that it adds, or it permutes it}}
  %y = linalg.generic {indexing_maps = [#matrix, #scalar, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %flag : tensor<8x8xf32>, tensor<i1>) outs(%old : tensor<8x8xf32>) {
  ^bb0(%x: f32, %f: i1, %o: f32):
    %s = arith.addf %o, %x : f32
    %t = arith.select %f, %s, %x : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y, %p : tensor<8x8xf32>, tensor<8x8xf32>
}

func.func @sum_of_a_finished_product(%a: tensor<8x16xf32>, %b: tensor<16x8xf32>, %flag: tensor<i1>, %old: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %e = tensor.empty() : tensor<8x8xf32>
  %p = tern_kernel.contract init(zero) ins(%a, %b : tensor<8x16xf32>, tensor<16x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%acc: f32):
    %n = math.tanh %acc : f32
    tern_kernel.yield %n : f32
  } -> tensor<8x8xf32>
  // expected-remark @+1 {{the product has an epilogue or adds already}}
  %y = linalg.generic {indexing_maps = [#matrix, #scalar, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%p, %flag : tensor<8x8xf32>, tensor<i1>) outs(%old : tensor<8x8xf32>) {
  ^bb0(%x: f32, %f: i1, %o: f32):
    %s = arith.addf %o, %x : f32
    %t = arith.select %f, %s, %x : f32
    linalg.yield %t : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}
