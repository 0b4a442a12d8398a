// RUN: tern-opt %s -verify-diagnostics -remarks-filter-missed=expand-attention -remark-format=emitRemark -tern-expand-attention="target=x86-64-v4" | FileCheck %s

// A task per batch row, key-value head and range of queries. Keys block by block; a tile of scores; two products.
// CHECK-LABEL: @forward
// CHECK: scf.forall (%{{.*}}, %{{.*}}, %{{.*}}) in (2, 4, 2)
// CHECK: %[[SCORES:.*]] = memref.alloc() {{.*}} : memref<8x64xf32>
// CHECK: vector.fma
// CHECK: vector.store {{.*}}, %[[SCORES]]
// CHECK: math.exp {{.*}} : vector<16xf32>
// CHECK: vector.fma
// CHECK-NOT: tern_kernel
func.func @forward(%q: memref<2x64x256xf32>, %k: memref<2x64x128xf32>, %v: memref<2x64x128xf32>, %o: memref<2x64x256xf32>) {
  tern_kernel.attention heads 8 kv_heads 4 causal scale 0.125 ins(%q, %k, %v : memref<2x64x256xf32>, memref<2x64x128xf32>, memref<2x64x128xf32>)
      outs(%o : memref<2x64x256xf32>)
  return
}

// A task owns dk and dv of its keys, so that nothing is added across tasks. Two tasks share a head here, each with a part of
// dq of its own; the second loop adds them. Dropout draws 64-bit words in lanes.
// CHECK-LABEL: @gradient
// CHECK: %[[PARTS:.*]] = memref.alloc() {{.*}} : memref<2x4x2x273x32xf32>
// CHECK: scf.forall (%{{.*}}, %{{.*}}, %{{.*}}) in (2, 4, 2)
// CHECK: arith.cmpi uge, {{.*}} : vector<16xi64>
// CHECK: scf.forall (%{{.*}}, %{{.*}}, %{{.*}}) in (2, 4, 256)
// CHECK: memref.subview %[[PARTS]][{{.*}}, 0, 0, 0]
// CHECK-NOT: tern_kernel
func.func @gradient(%q: memref<2x256x128xf32>, %l: memref<2x4x256xf32>, %g: memref<2x256x128xf32>, %o: memref<2x256x128xf32>, %key: memref<i64>) {
  tern_kernel.attention_grad heads 4 kv_heads 4 causal scale 0.125 dropout 0.1
      ins(%q, %q, %q, %q, %l, %g : memref<2x256x128xf32>, memref<2x256x128xf32>, memref<2x256x128xf32>, memref<2x256x128xf32>, memref<2x4x256xf32>, memref<2x256x128xf32>)
      key(%key : memref<i64>) outs(%o, %o, %o : memref<2x256x128xf32>, memref<2x256x128xf32>, memref<2x256x128xf32>)
  return
}

// CHECK-LABEL: @no_contiguous_rows
// CHECK-NOT: vector
func.func @no_contiguous_rows(%q: memref<1x4x8xf32, strided<[32, 1, 4]>>, %o: memref<1x4x8xf32>) {
  // expected-remark@+1 {{[Missed] plain loops | Category:expand-attention | Remark="an operand has no contiguous rows}}
  tern_kernel.attention heads 2 kv_heads 2 scale 0.5 ins(%q, %o, %o : memref<1x4x8xf32, strided<[32, 1, 4]>>, memref<1x4x8xf32>, memref<1x4x8xf32>)
      outs(%o : memref<1x4x8xf32>)
  return
}
