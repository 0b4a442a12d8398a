// RUN: tern-opt %s -split-input-file -verify-diagnostics

func.func @inner_sizes(%a: memref<4x8xf32>, %b: memref<9x16xf32>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{K of A is 8, but K of B is 9}}
  tern_kernel.contract init(zero) ins(%a, %b : memref<4x8xf32>, memref<9x16xf32>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @extra_size(%a: memref<4x8xf32>, %b: memref<8x16xf32>, %x: memref<15xf32>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{N of B is 16, but N of extra 0 is 15}}
  tern_kernel.contract init(zero) ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) extras(%x : memref<15xf32>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32, %e: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @flag_missing(%a: memref<4x8xf32>, %b: memref<8x16xf32>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{init(flag) needs a flag}}
  tern_kernel.contract init(flag) ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @add_with_epilogue(%a: memref<4x8xf32>, %b: memref<8x16xf32>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{init(add) allows only one out and the region that yields acc}}
  tern_kernel.contract init(add) ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    %y = arith.negf %acc : f32
    tern_kernel.yield %y : f32
  }
  return
}

// -----

func.func @yield_count(%a: memref<4x8xf32>, %b: memref<8x16xf32>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{region must yield one value for each of its 1 outs}}
  tern_kernel.contract init(zero) ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc, %acc : f32, f32
  }
  return
}

// -----

func.func @grouped_heads(%q: memref<1x4x12xf32>, %k: memref<1x4x8xf32>, %o: memref<1x4x12xf32>) {
  // expected-error@+1 {{heads is 3, which is not a multiple of kv_heads, 2}}
  tern_kernel.attention heads 3 kv_heads 2 scale 0.5 ins(%q, %k, %k : memref<1x4x12xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>)
      outs(%o : memref<1x4x12xf32>)
  return
}

// -----

func.func @dropout_without_key(%q: memref<1x4x8xf32>, %o: memref<1x4x8xf32>) {
  // expected-error@+1 {{needs a key}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 dropout 0.1 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>)
      outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @position_without_causal(%q: memref<1x4x8xf32>, %p: memref<i32>, %o: memref<1x4x8xf32>) {
  // expected-error@+1 {{has a position, which only causal attention uses}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>)
      position(%p : memref<i32>) outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @lengths_of_another_batch(%q: memref<1x4x8xf32>, %n: memref<2xi32>, %o: memref<1x4x8xf32>) {
  // expected-error@+1 {{the number of elements of lengths is 2, but the batch of q is 1}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>)
      lengths(%n : memref<2xi32>) outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @lengths_of_i64(%q: memref<1x4x8xf32>, %n: memref<1xi64>, %o: memref<1x4x8xf32>) {
  // expected-error@+1 {{lengths has elements of type 'i64', expected i32}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>)
      lengths(%n : memref<1xi64>) outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @statistics_of_other_rows(%q: memref<1x4x8xf32>, %l: memref<1x2x3xf32>, %o: memref<1x4x8xf32>) {
  // expected-error@+1 {{rows of log_sum_exp is 3, but rows of q is 4}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>)
      outs(%o, %l : memref<1x4x8xf32>, memref<1x2x3xf32>)
  return
}

// -----

func.func @f64_among_f32(%q: memref<1x4x8xf32>, %k: memref<1x4x8xf64>, %o: memref<1x4x8xf32>) {
  // expected-error@+1 {{k has elements of type 'f64', but q of type 'f32'}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %k, %k : memref<1x4x8xf32>, memref<1x4x8xf64>, memref<1x4x8xf64>)
      outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @gather_columns(%table: memref<10x8xf32>, %indices: memref<4xi32>, %out: memref<4x7xf32>) {
  // expected-error@+1 {{columns of the table is 8, but columns of rows is 7}}
  tern_kernel.gather ins(%table, %indices : memref<10x8xf32>, memref<4xi32>) outs(%out : memref<4x7xf32>)
  return
}

// -----

func.func @written_channels(%rows: memref<2x4x8xf32>, %p: memref<2xi32>, %out: memref<2x64x7xf32>) {
  // expected-error@+1 {{channels of rows is 8, but channels of the out is 7}}
  tern_kernel.write_rows ins(%rows, %p, %p : memref<2x4x8xf32>, memref<2xi32>, memref<2xi32>) outs(%out : memref<2x64x7xf32>)
  return
}

// -----

func.func @written_elements(%rows: memref<2x4x8xf32>, %p: memref<2xi32>, %out: memref<2x64x8xbf16>) {
  // expected-error@+1 {{rows have elements of type 'f32', but the out of type 'bf16'}}
  tern_kernel.write_rows ins(%rows, %p, %p : memref<2x4x8xf32>, memref<2xi32>, memref<2xi32>) outs(%out : memref<2x64x8xbf16>)
  return
}

// -----

func.func @written_counts(%rows: memref<2x4x8xf32>, %p: memref<2xi32>, %n: memref<3xi32>, %out: memref<2x64x8xf32>) {
  // expected-error@+1 {{the number of counts is 3, but the batch of rows is 2}}
  tern_kernel.write_rows ins(%rows, %p, %n : memref<2x4x8xf32>, memref<2xi32>, memref<3xi32>) outs(%out : memref<2x64x8xf32>)
  return
}

// -----

func.func @cross_entropy_rows(%logits: memref<4x10xf32>, %targets: memref<5xi32>, %loss: memref<4xf32>, %lse: memref<4xf32>) {
  // expected-error@+1 {{rows of logits is 4, but the number of targets is 5}}
  tern_kernel.cross_entropy ignore_index -100 ins(%logits, %targets : memref<4x10xf32>, memref<5xi32>) outs(%loss, %lse : memref<4xf32>, memref<4xf32>)
  return
}

// -----

func.func @block_depth(%w: memref<16x40xf32>, %out: memref<16x1x34xi8>) {
  // expected-error@+1 {{K is 40, which is no multiple of 32, the size of a block; leave this weight in f32 or bf16}}
  tern_kernel.quantize q8_0 ins(%w : memref<16x40xf32>) outs(%out : memref<16x1x34xi8>)
  return
}

// -----

func.func @block_bytes(%w: memref<16x64xf32>, %out: memref<16x2x34xi8>) {
  // expected-error@+1 {{the size of a block of the out is 34, but q4_0 is 18}}
  tern_kernel.quantize q4_0 ins(%w : memref<16x64xf32>) outs(%out : memref<16x2x34xi8>)
  return
}

// -----

func.func @block_rows(%q: memref<15x2x34xi8>, %out: memref<16x64xf32>) {
  // expected-error@+1 {{N of the out is 16, but N of the source is 15}}
  tern_kernel.dequantize q8_0 ins(%q : memref<15x2x34xi8>) outs(%out : memref<16x64xf32>)
  return
}

// -----

func.func @groups(%q: memref<17x2x34xi8>, %out: memref<1x2x544xi8>) {
  // expected-error@+1 {{the number of groups of the out is 1, but N / 16, rounded up, is 2}}
  tern_kernel.interleave q8_0 ins(%q : memref<17x2x34xi8>) outs(%out : memref<1x2x544xi8>)
  return
}

// -----

func.func @group_bytes(%p: memref<2x2x544xi8>, %out: memref<17x2x18xi8>) {
  // expected-error@+1 {{the size of 16 blocks of the source is 544, but 16 times q4_0 is 288}}
  tern_kernel.deinterleave q4_0 ins(%p : memref<2x2x544xi8>) outs(%out : memref<17x2x18xi8>)
  return
}

// -----

func.func @product_depth(%a: memref<4x40xf32>, %b: memref<1x1x544xi8>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{K is 40, which is no multiple of 32, the size of a block}}
  tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %b : memref<4x40xf32>, memref<1x1x544xi8>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @product_blocks(%a: memref<4x64xf32>, %b: memref<1x1x544xi8>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{K of A is 64, but K of B is 32}}
  tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %b : memref<4x64xf32>, memref<1x1x544xi8>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @product_transposed(%a: memref<4x32xf32>, %b: memref<1x1x544xi8>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{with blocks takes neither compute nor layout_b nor transposed operands}}
  tern_kernel.contract transpose_b init(zero) blocks(q8_0) ins(%a, %b : memref<4x32xf32>, memref<1x1x544xi8>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @product_type(%a: memref<4x32xf64>, %b: memref<1x1x544xi8>, %out: memref<4x16xf64>) {
  // expected-error@+1 {{A has elements of type 'f64', expected f32 or bf16 with blocks}}
  tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %b : memref<4x32xf64>, memref<1x1x544xi8>) outs(%out : memref<4x16xf64>) {
  ^bb0(%acc: f64):
    tern_kernel.yield %acc : f64
  }
  return
}

// -----

// expected-error@+1 {{a packed tensor of 'bf16' has groups of 1, expected 2}}
func.func @group(%w: tensor<70x40xbf16, #tern_kernel.packed<columns = 32, group = 1>>) { return }

// -----

// expected-error@+1 {{a packed tensor has rank 1, expected 2 or more}}
func.func @rank(%w: tensor<70xf32, #tern_kernel.packed<columns = 32, group = 1>>) { return }

// -----

// expected-error@+1 {{a packed tensor has elements of type 'i8', expected f32, f64 or bf16}}
func.func @elements(%w: tensor<70x40xi8, #tern_kernel.packed<columns = 32, group = 4>>) { return }

// -----

// expected-error@+1 {{a packed tensor has panels of 0 columns, expected 1 or more}}
func.func @columns(%w: tensor<70x40xf32, #tern_kernel.packed<columns = 0, group = 1>>) { return }

// -----

func.func @no_layout(%a: tensor<9x70xf32>, %b: tensor<70x40xf32, #tern_kernel.packed<columns = 32, group = 1>>, %out: tensor<9x40xf32>) {
  // expected-error@+1 {{B is packed, but the op has no layout_b}}
  %r = tern_kernel.contract init(zero) ins(%a, %b : tensor<9x70xf32>, tensor<70x40xf32, #tern_kernel.packed<columns = 32, group = 1>>)
      outs(%out : tensor<9x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  } -> tensor<9x40xf32>
  return
}

// -----

func.func @other_shape(%a: memref<9x70xf32>, %b: memref<2x70x32xf32>, %out: memref<9x40xf32>) {
  // expected-error@+1 {{B is 'memref<2x70x32xf32>', expected 2x80x32, or 70x40 of encoding #tern_kernel.packed<columns = 32, group = 1>}}
  tern_kernel.contract init(zero) layout_b(<columns = 32, group = 1>) ins(%a, %b : memref<9x70xf32>, memref<2x70x32xf32>)
      outs(%out : memref<9x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @packed_bytes(%a: memref<9x72xi8>, %b: memref<2x72x32xi8>, %out: memref<9x40xi32>) {
  // expected-error@+1 {{of i8 takes no layout_b}}
  tern_kernel.contract init(zero) layout_b(<columns = 32, group = 1>) ins(%a, %b : memref<9x72xi8>, memref<2x72x32xi8>)
      outs(%out : memref<9x40xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  }
  return
}

// -----

func.func @other_order(%a: memref<9x70xf32>, %b: memref<2x80x32xf32>, %out: memref<9x40xf32>) {
  // expected-error@+1 {{layout_b is transposed, but B is not}}
  tern_kernel.contract init(zero) layout_b(<columns = 32, group = 1, transposed = true>) ins(%a, %b : memref<9x70xf32>, memref<2x80x32xf32>)
      outs(%out : memref<9x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @pack_into_other(%w: memref<70x40xf32>, %out: memref<2x70x32xf32>) {
  // expected-error@+1 {{out is 'memref<2x70x32xf32>', expected 2x80x32, or 70x40 of encoding}}
  tern_kernel.pack layout(<columns = 32, group = 1>) ins(%w : memref<70x40xf32>) outs(%out : memref<2x70x32xf32>)
  return
}

// -----

func.func @empty_product(%a: memref<16x0xf32>, %b: memref<0x16xf32>, %out: memref<16x16xf32>) {
  // expected-error@+1 {{multiplies 16 x 0 by 0 x 16, expected extents of 1 or more}}
  tern_kernel.contract init(zero) ins(%a, %b : memref<16x0xf32>, memref<0x16xf32>) outs(%out : memref<16x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @bytes_by_floats(%a: memref<4x8xi8>, %b: memref<8x16xf32>, %out: memref<4x16xf32>) {
  // expected-error@+1 {{A has elements of type 'i8', expected f32, f64 or bf16, or i8 for both}}
  tern_kernel.contract init(zero) ins(%a, %b : memref<4x8xi8>, memref<8x16xf32>) outs(%out : memref<4x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// -----

func.func @attention_outs(%q: memref<1x4x8xf32>, %o: memref<1x4x8xf32>, %lse: memref<1x1x4xf32>) {
  // expected-error@+1 {{has 3 outs, expected 1 or 2}}
  tern_kernel.attention heads 1 kv_heads 1 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>)
      outs(%o, %lse, %lse : memref<1x4x8xf32>, memref<1x1x4xf32>, memref<1x1x4xf32>)
  return
}

// -----

func.func @window_without_causal(%q: memref<1x4x8xf32>, %o: memref<1x4x8xf32>) {
  // expected-error@+1 {{has a window of 2; expected 1 or more, and causal attention}}
  tern_kernel.attention heads 2 kv_heads 2 window 2 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>) outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @scale_of_a_bias(%q: memref<1x4x8xf32>, %o: memref<1x4x8xf32>, %b: memref<2x7xf32>) {
  // expected-error@+1 {{has a bias, which needs a scale other than 0}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.0 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>) bias(%b : memref<2x7xf32>) outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @distances_of_the_bias(%q: memref<1x4x8xf32>, %o: memref<1x4x8xf32>, %b: memref<2x8xf32>) {
  // expected-error@+1 {{distances of bias is 8, but places and keys less one is 7}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>) bias(%b : memref<2x8xf32>) outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @heads_of_the_bias(%q: memref<1x4x8xf32>, %o: memref<1x4x8xf32>, %b: memref<1x7xf32>) {
  // expected-error@+1 {{heads of bias is 1, but heads is 2}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>) bias(%b : memref<1x7xf32>) outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @type_of_the_bias(%q: memref<1x4x8xf32>, %o: memref<1x4x8xf32>, %b: memref<2x7xf64>) {
  // expected-error@+1 {{bias has elements of type 'f64', expected 'f32'}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %q, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>) bias(%b : memref<2x7xf64>) outs(%o : memref<1x4x8xf32>)
  return
}

// -----

func.func @bias_gradient_without_bias(%q: memref<1x4x8xf32>, %o: memref<1x4x8xf32>, %l: memref<1x2x4xf32>, %b: memref<2x7xf32>) {
  // expected-error@+1 {{has 4 outs, expected 3}}
  tern_kernel.attention_grad heads 2 kv_heads 2 scale 0.5 ins(%q, %q, %q, %q, %l, %q : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x2x4xf32>, memref<1x4x8xf32>) outs(%o, %o, %o, %b : memref<1x4x8xf32>, memref<1x4x8xf32>, memref<1x4x8xf32>, memref<2x7xf32>)
  return
}

// -----

func.func @rotation_heads(%x: memref<2x4x24xf32>, %t: memref<4x4xf32>) {
  // expected-error@+1 {{channels of x is 24, which is not a multiple of heads, 5}}
  tern_kernel.rotation heads 5 turning 2 ins(%x, %t : memref<2x4x24xf32>, memref<4x4xf32>) outs(%x : memref<2x4x24xf32>)
  return
}

// -----

func.func @rotation_of_more_heads(%x: memref<2x4x24xf32>, %t: memref<4x4xf32>) {
  // expected-error@+1 {{turns 4 of 3 heads}}
  tern_kernel.rotation heads 3 turning 4 ins(%x, %t : memref<2x4x24xf32>, memref<4x4xf32>) outs(%x : memref<2x4x24xf32>)
  return
}

// -----

func.func @rotation_of_more_channels(%x: memref<2x4x24xf32>, %t: memref<4x10xf32>) {
  // expected-error@+1 {{columns of the table is 10, expected an even number up to the head size, 8}}
  tern_kernel.rotation heads 3 turning 2 ins(%x, %t : memref<2x4x24xf32>, memref<4x10xf32>) outs(%x : memref<2x4x24xf32>)
  return
}

// -----

func.func @rotation_tokens(%x: memref<2x4x24xf32>, %t: memref<3x8xf32>) {
  // expected-error@+1 {{tokens of the table is 3, but those of x is 4}}
  tern_kernel.rotation heads 3 turning 2 ins(%x, %t : memref<2x4x24xf32>, memref<3x8xf32>) outs(%x : memref<2x4x24xf32>)
  return
}

// -----

func.func @rotation_table_rank(%x: memref<2x4x24xf32>, %t: memref<8xf32>) {
  // expected-error@+1 {{the table has rank 1, expected 2 or 3}}
  tern_kernel.rotation heads 3 turning 2 ins(%x, %t : memref<2x4x24xf32>, memref<8xf32>) outs(%x : memref<2x4x24xf32>)
  return
}

// -----

func.func @rotation_batch(%x: memref<2x4x24xf32>, %t: memref<3x4x8xf32>) {
  // expected-error@+1 {{the batch of the table is 3, but that of x is 2}}
  tern_kernel.rotation heads 3 turning 2 ins(%x, %t : memref<2x4x24xf32>, memref<3x4x8xf32>) outs(%x : memref<2x4x24xf32>)
  return
}

// -----

func.func @rotation_types(%x: memref<2x4x24xf32>, %t: memref<4x8xf64>) {
  // expected-error@+1 {{the table has elements of type 'f64', but the out of type 'f32'}}
  tern_kernel.rotation heads 3 turning 2 ins(%x, %t : memref<2x4x24xf32>, memref<4x8xf64>) outs(%x : memref<2x4x24xf32>)
  return
}

// -----

func.func @rotation_out(%x: memref<2x4x24xf32>, %t: memref<4x8xf32>, %y: memref<2x5x24xf32>) {
  // expected-error@+1 {{dimension 1 of the out is 5, but that of x is 4}}
  tern_kernel.rotation heads 3 turning 2 ins(%x, %t : memref<2x4x24xf32>, memref<4x8xf32>) outs(%y : memref<2x5x24xf32>)
  return
}
