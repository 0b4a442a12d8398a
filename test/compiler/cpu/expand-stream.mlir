// RUN: tern-opt %s -tern-expand-stream="target=x86-64-v4" | FileCheck %s --check-prefixes=CHECK,V512
// RUN: tern-opt %s -tern-expand-stream="target=x86-64-v3" | FileCheck %s --check-prefixes=CHECK,V256
// RUN: tern-opt %s -tern-expand-stream="target=x86-64-v4+avx512vnni" | FileCheck %s --check-prefix=VNNI
// RUN: tern-opt %s -tern-expand-stream --remarks=expand-stream -o %t 2>&1 | FileCheck %s --check-prefix=REMARK

// Nothing is packed: B is read where it lies, a row of k after the other, and the line some rows ahead is asked for. K is
// cut into parts, which a second forall adds in their order.
// CHECK-LABEL: @rows
// CHECK-SAME: %[[B:[a-z0-9]+]]: memref<256x512xf32>
// CHECK: %[[PARTS:.*]] = memref.alloc() {{.*}} : memref<8x1x512xf32>
// CHECK: scf.forall {{.*}} in (8, 2)
// CHECK: memref.prefetch %[[B]]
// V512: vector.load %[[B]]{{.*}} vector<16xf32>
// V256: vector.load %[[B]]{{.*}} vector<8xf32>
// CHECK: vector.fma
// CHECK: scf.forall {{.*}} in (8)
// CHECK-COUNT-8: vector.load %[[PARTS]]
// CHECK-NOT: tern_kernel
// REMARK: [[#@LINE+2]]:3: remark: [passed] expand-stream: expanded: rows of B along n
func.func @rows(%a: memref<1x256xf32>, %b: memref<256x512xf32>, %o: memref<1x512xf32>) {
  tern_kernel.contract init(zero) ins(%a, %b : memref<1x256xf32>, memref<256x512xf32>) outs(%o : memref<1x512xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// A register of bf16 becomes its even and its odd elements; A is split alike, once per task.
// CHECK-LABEL: @dots
// CHECK-SAME: %[[A:[a-z0-9]+]]: memref<2x64xf32>, %[[B:[a-z0-9]+]]: memref<48x64xbf16>
// CHECK: scf.forall
// CHECK: vector.shuffle
// CHECK: memref.prefetch %[[B]]
// V512: vector.load %[[B]]{{.*}} vector<32xbf16>
// V256: vector.load %[[B]]{{.*}} vector<16xbf16>
// CHECK: arith.shli
// CHECK: arith.andi
// REMARK: [[#@LINE+2]]:3: remark: [passed] expand-stream: expanded: rows of B along k
func.func @dots(%a: memref<2x64xf32>, %b: memref<48x64xbf16>, %o: memref<2x48xf32>) {
  tern_kernel.contract transpose_b init(zero) ins(%a, %b : memref<2x64xf32>, memref<48x64xbf16>) outs(%o : memref<2x48xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// The epilogue runs on vectors, masked at the end of a row.
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

// Nine rows are for blocks in registers.
// CHECK-LABEL: @nine_rows
// CHECK: tern_kernel.contract
func.func @nine_rows(%a: memref<9x8xf32>, %b: memref<8x16xf32>, %o: memref<9x16xf32>) {
  tern_kernel.contract init(zero) ins(%a, %b : memref<9x8xf32>, memref<8x16xf32>) outs(%o : memref<9x16xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// CHECK-LABEL: @both_transposed
// CHECK: tern_kernel.contract
// REMARK: [[#@LINE+2]]:3: remark: [missed] expand-stream: not a stream: both operands are transposed
func.func @both_transposed(%a: memref<8x4xf32>, %b: memref<32x8xf32>, %o: memref<4x32xf32>) {
  tern_kernel.contract transpose_a transpose_b init(zero) ins(%a, %b : memref<8x4xf32>, memref<32x8xf32>) outs(%o : memref<4x32xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// A is rounded to words of four bytes first. A vector of B holds four bytes of each of 16 rows; without an instruction that
// multiplies bytes, words do.
// CHECK-LABEL: @blocks
// CHECK-SAME: %[[A:[a-z0-9]+]]: memref<3x64xf32>, %[[P:[a-z0-9]+]]: memref<3x2x544xi8>
// CHECK: memref.alloc() {{.*}} : memref<3x2x8xi32>
// CHECK: scf.forall {{.*}} in (3, 1)
// CHECK: math.roundeven
// CHECK: scf.forall
// CHECK: memref.prefetch %[[P]]
// V512: vector.load %[[P]]{{.*}} vector<64xi8>
// V256: vector.load %[[P]]{{.*}} vector<32xi8>
// CHECK: arith.muli {{.*}} : vector<{{8|16}}xi32>
// VNNI-LABEL: @blocks
// VNNI-COUNT-24: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
// VNNI-NOT: vpdpbusd
// REMARK: [[#@LINE+2]]:3: remark: [passed] expand-stream: expanded: blocks of 16 rows of B
func.func @blocks(%a: memref<3x64xf32>, %p: memref<3x2x544xi8>, %o: memref<3x40xf32>) {
  tern_kernel.contract init(zero) blocks(q8_0) ins(%a, %p : memref<3x64xf32>, memref<3x2x544xi8>) outs(%o : memref<3x40xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}

// Many rows are cut into tiles: of thirteen rows two of five and one of three, by two groups of B. Sums of all rows wait in scratch
// while a few blocks of k pass.
// VNNI-LABEL: @blocks_on_tiles
// VNNI: memref.alloc() {{.*}} : memref<13x4x8xi32>
// VNNI: scf.forall {{.*}} in (2)
// VNNI: %[[PARTIAL:.*]] = memref.alloc() {{.*}} : memref<10x32xf32>
// VNNI-COUNT-80: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
// VNNI-COUNT-10: vector.store {{.*}} %[[PARTIAL]]
// VNNI-COUNT-48: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
// VNNI-NOT: vpdpbusd
// REMARK: [[#@LINE+2]]:3: remark: [passed] expand-stream: expanded: blocks of 16 rows of B, on tiles
func.func @blocks_on_tiles(%a: memref<13x128xf32>, %p: memref<4x4x288xi8>, %o: memref<13x64xf32>) {
  tern_kernel.contract init(zero) blocks(q4_0) ins(%a, %p : memref<13x128xf32>, memref<4x4x288xi8>) outs(%o : memref<13x64xf32>) {
  ^bb0(%acc: f32):
    tern_kernel.yield %acc : f32
  }
  return
}
