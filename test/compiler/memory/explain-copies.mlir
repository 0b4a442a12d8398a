// RUN: tern-opt %s --tern-explain-copies --remarks=explain-copies --verify-diagnostics --mlir-print-op-on-diagnostic=false
// RUN: tern-opt %s --tern-explain-copies | FileCheck %s

// CHECK-LABEL: func.func @explained(
func.func @explained(%x: memref<4xf32> {tern.role = "x"}, %w: memref<3x4xf32> {tern.variable = "parameter:w"},
                     %y: memref<4xf32> {tern.role = "y", tern.output}) attributes {tern.entry = "e"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  // expected-remark @+1 {{copy: 16 bytes, from input "x" to output "y"}}
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  %t = memref.alloc() : memref<4xf32>
  scf.for %i = %c0 to %c3 step %c1 {
    %slice = memref.subview %w[%i, 0] [1, 4] [1, 1] : memref<3x4xf32> to memref<4xf32, strided<[1], offset: ?>>
    // expected-remark @+1 {{copy: 16 bytes, 3 times, from variable "parameter:w" to a temporary}}
    memref.copy %slice, %t : memref<4xf32, strided<[1], offset: ?>> to memref<4xf32>
    linalg.exp ins(%t : memref<4xf32>) outs(%y : memref<4xf32>)
  }
  return
}

// CHECK-LABEL: func.func @of_itself(
// CHECK-NOT: copy
// CHECK: return
func.func @of_itself(%x: memref<8xf32> {tern.role = "x"}) attributes {tern.entry = "e"} {
  linalg.copy ins(%x : memref<8xf32>) outs(%x : memref<8xf32>)
  %a = memref.subview %x[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
  %b = memref.subview %x[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
  memref.copy %a, %b : memref<4xf32, strided<[1], offset: 4>> to memref<4xf32, strided<[1], offset: 4>>
  return
}
