// RUN: tern-opt %s --tern-forward-copies --remarks=forward-copies --verify-diagnostics --mlir-print-op-on-diagnostic=false | FileCheck %s

// Two results of one op become two parts of one buffer.
// CHECK-LABEL: func.func @parts(
// CHECK-SAME: %[[X:.*]]: memref<4xf32>, %[[OUT:.*]]: memref<8xf32>)
// CHECK-NOT: memref.alloc
// CHECK-DAG: %[[LEFT:.*]] = memref.subview %[[OUT]][0] [4] [1]
// CHECK-DAG: %[[RIGHT:.*]] = memref.subview %[[OUT]][4] [4] [1]
// CHECK: linalg.generic {{.*}} outs(%[[LEFT]], %[[RIGHT]] :
// CHECK-NOT: memref.copy
func.func @parts(%x: memref<4xf32>, %out: memref<8xf32>) {
  %a = memref.alloc() : memref<4xf32>
  %b = memref.alloc() : memref<4xf32>
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                  iterator_types = ["parallel"]} ins(%x : memref<4xf32>) outs(%a, %b : memref<4xf32>, memref<4xf32>) {
  ^bb0(%in: f32, %first: f32, %second: f32):
    %y = arith.addf %in, %in : f32
    linalg.yield %y, %in : f32, f32
  }
  %left = memref.subview %out[0] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1]>>
  // expected-remark @+1 {{[passed] forward-copies: forwarded: 16 bytes are computed where they would be copied to}}
  memref.copy %a, %left : memref<4xf32> to memref<4xf32, strided<[1]>>
  %right = memref.subview %out[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
  // expected-remark @+1 {{16 bytes are computed where they would be copied to}}
  memref.copy %b, %right : memref<4xf32> to memref<4xf32, strided<[1], offset: 4>>
  return
}

// CHECK-LABEL: func.func @scalar(
// CHECK-SAME: %[[X:.*]]: f32, %[[OUT:.*]]: memref<f32>)
// CHECK-NEXT: memref.store %[[X]], %[[OUT]][]
// CHECK-NEXT: return
func.func @scalar(%x: f32, %out: memref<f32>) {
  %t = memref.alloc() : memref<f32>
  memref.store %x, %t[] : memref<f32>
  // expected-remark @+1 {{4 bytes are computed}}
  memref.copy %t, %out : memref<f32> to memref<f32>
  return
}

// CHECK-LABEL: func.func @target_is_read(
// CHECK: memref.alloc
// CHECK: memref.copy
func.func @target_is_read(%x: memref<4x4xf32>, %out: memref<4x4xf32>) {
  %t = memref.alloc() : memref<4x4xf32>
  linalg.matmul ins(%x, %out : memref<4x4xf32>, memref<4x4xf32>) outs(%t : memref<4x4xf32>)
  // expected-remark @+1 {{[missed] forward-copies: not forwarded: 64 bytes are copied: where the copy goes is read or written in the meantime}}
  memref.copy %t, %out : memref<4x4xf32> to memref<4x4xf32>
  return
}

// CHECK-LABEL: func.func @temporary_is_used_again(
// CHECK: memref.copy
func.func @temporary_is_used_again(%x: f32, %out: memref<f32>) -> f32 {
  %t = memref.alloc() : memref<f32>
  memref.store %x, %t[] : memref<f32>
  // expected-remark @+1 {{4 bytes are copied: it is used after it is copied}}
  memref.copy %t, %out : memref<f32> to memref<f32>
  memref.store %x, %out[] : memref<f32>
  %y = memref.load %t[] : memref<f32>
  return %y : f32
}

// The place of the copy depends on a value that is not known yet when the temporary is computed.
// CHECK-LABEL: func.func @place_is_not_known(
// CHECK: memref.copy
func.func @place_is_not_known(%x: f32, %position: memref<index>, %out: memref<8xf32>) {
  %zero = arith.constant 0.0 : f32
  %t = memref.alloc() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%t : memref<4xf32>)
  %i = memref.load %position[] : memref<index>
  %part = memref.subview %out[%i] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: ?>>
  // expected-remark @+1 {{16 bytes are copied: where the copy goes is not known yet when it is computed}}
  memref.copy %t, %part : memref<4xf32> to memref<4xf32, strided<[1], offset: ?>>
  return
}

// CHECK-LABEL: func.func @no_gaps(
// CHECK: memref.copy
func.func @no_gaps(%x: memref<8xf32>, %out: memref<4x4xf32>) {
  %t = memref.alloc() : memref<4x2xf32>
  %flat = memref.collapse_shape %t [[0, 1]] : memref<4x2xf32> into memref<8xf32>
  linalg.exp ins(%x : memref<8xf32>) outs(%flat : memref<8xf32>)
  %part = memref.subview %out[0, 0] [4, 2] [1, 1] : memref<4x4xf32> to memref<4x2xf32, strided<[4, 1]>>
  // expected-remark @+1 {{32 bytes are copied: an op that uses it takes no memory with gaps}}
  memref.copy %t, %part : memref<4x2xf32> to memref<4x2xf32, strided<[4, 1]>>
  return
}
