// RUN: tern-opt %s -verify-diagnostics -remarks-filter-missed=expand-contract -remark-format=emitRemark -tern-expand-contract="target=x86-64-v4" | FileCheck %s --check-prefixes=CHECK,V512
// RUN: tern-opt %s -tern-expand-contract="target=x86-64-v4" --remarks=expand-contract -o %t 2>&1 | FileCheck %s --check-prefix=PLAN
// RUN: tern-opt %s -tern-expand-contract="target=x86-64-v3" 2>/dev/null | FileCheck %s --check-prefixes=CHECK,V256
// RUN: tern-opt %s -tern-expand-contract="target=x86-64" 2>/dev/null | FileCheck %s --check-prefixes=CHECK,V128

// One forall over tasks; panels of B and sums in scratch of the task; K whole in each task. The loop over k carries the
// sums: 13 rows of 2 vectors on 512 bits.
// CHECK-LABEL: @product
// CHECK: scf.forall
// CHECK: memref.alloc
// V512: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>
// V512-COUNT-26: vector.fma {{.*}} : vector<16xf32>
// V256: vector.fma {{.*}} : vector<8xf32>
// V128: arith.mulf {{.*}} : vector<4xf32>
// V128-NOT: vector.fma
// CHECK-NOT: tern_kernel
// PLAN: expand-contract.mlir:[[#@LINE+2]]:3: remark: [analysis] expand-contract: plan: 26 x 64 by 64 x 64: register tiles of 13 x 32, k in 1 block of 64, 2 x 2 tasks, packs the right operand
func.func @product(%a: memref<26x64xf32>, %b: memref<64x64xf32>, %o: memref<26x64xf32>) {
  tern_kernel.contract init(zero) ins(%a, %b : memref<26x64xf32>, memref<64x64xf32>) outs(%o : memref<26x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// The epilogue runs on vectors; the last panel of columns is masked.
// CHECK-LABEL: @epilogue
// V512: vector.maskedload
// V512: math.tanh {{.*}} : vector<16xf32>
// V512: vector.maskedstore
func.func @epilogue(%a: memref<5x8xf32>, %b: memref<8x40xf32>, %x: memref<40xf32>, %o: memref<5x40xf32>) {
  tern_kernel.contract init(zero) ins(%a, %b : memref<5x8xf32>, memref<8x40xf32>) extras(%x : memref<40xf32>) outs(%o : memref<5x40xf32>) {
  ^bb0(%acc: f32, %e: f32):
    %y = arith.addf %acc, %e : f32
    %t = math.tanh %y : f32
    tern_kernel.yield %t : f32
  }
  return
}

// A gradient is not read where it is overwritten.
// CHECK-LABEL: @flag
// CHECK-SAME: %[[FLAG:[a-z0-9]+]]: memref<i1>, %[[O:[a-z0-9]+]]: memref<4x32xf32>
// CHECK: %[[F:.*]] = memref.load %[[FLAG]][]
// CHECK: scf.if %[[F]]
// CHECK-NEXT: vector.load %[[O]]
// PLAN: remark: [analysis] expand-contract: plan: 4 x 8 by 8 x 32: {{.*}}, packs both operands
func.func @flag(%a: memref<8x4xf32>, %b: memref<8x32xf32>, %flag: memref<i1>, %o: memref<4x32xf32>) {
  tern_kernel.contract transpose_a init(flag) ins(%a, %b : memref<8x4xf32>, memref<8x32xf32>) flag(%flag : memref<i1>)
      outs(%o : memref<4x32xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// CHECK-LABEL: @no_contiguous_rows
// CHECK-NOT: vector
// CHECK: arith.mulf {{.*}} : f32
// PLAN: [[#@LINE+3]]:3: remark: [missed] expand-contract: plain loops: an operand has no contiguous rows
func.func @no_contiguous_rows(%a: memref<8x4xf32, strided<[1, 8]>>, %b: memref<4x32xf32>, %o: memref<8x32xf32>) {
  // expected-remark@+1 {{[Missed] plain loops | Category:expand-contract | Remark="an operand has no contiguous rows}}
  tern_kernel.contract init(zero) ins(%a, %b : memref<8x4xf32, strided<[1, 8]>>, memref<4x32xf32>) outs(%o : memref<8x32xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// A weight that is packed in memory is read there; panels that this machine does not read are left to plain loops.
// V512-LABEL: @packed
// V512: %[[PANEL:.*]] = memref.subview %{{.*}}[%{{.*}}, %{{.*}}, 0] [1, 80, 32] [1, 1, 1]
// V512: vector.load %[[PANEL]]
// PLAN: remark: [analysis] expand-contract: plan: 20 x 70 by 70 x 40: {{.*}}, reads a packed right operand
func.func @packed(%a: memref<20x70xf32>, %b: memref<2x80x32xf32>, %o: memref<20x40xf32>) {
  tern_kernel.contract init(zero) layout_b(<columns = 32, group = 1>) ins(%a, %b : memref<20x70xf32>, memref<2x80x32xf32>)
      outs(%o : memref<20x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// Bytes: a panel of B becomes words of four k, a word of A meets it in every lane; the sums of a row start at what the flipped
// top bits of B are worth.
// CHECK-LABEL: @bytes
// CHECK: arith.xori
// CHECK: scf.for {{.*}} vector<{{[0-9]+}}xi32>
// CHECK-NOT: tern_kernel
func.func @bytes(%a: memref<24x64xi8>, %b: memref<64x64xi8>, %o: memref<24x64xi32>) {
  tern_kernel.contract init(zero) ins(%a, %b : memref<24x64xi8>, memref<64x64xi8>) outs(%o : memref<24x64xi32>) {
  ^bb0(%acc: i32):
    tern_kernel.yield %acc : i32
  }
  return
}
