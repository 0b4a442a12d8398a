// RUN: tern-opt %s --tern-forward-copies | FileCheck %s

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
  memref.copy %a, %left : memref<4xf32> to memref<4xf32, strided<[1]>>
  %right = memref.subview %out[4] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: 4>>
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
  memref.copy %t, %out : memref<f32> to memref<f32>
  return
}

// CHECK-LABEL: func.func @target_is_read(
// CHECK: memref.alloc
// CHECK: memref.copy
func.func @target_is_read(%x: memref<4x4xf32>, %out: memref<4x4xf32>) {
  %t = memref.alloc() : memref<4x4xf32>
  linalg.matmul ins(%x, %out : memref<4x4xf32>, memref<4x4xf32>) outs(%t : memref<4x4xf32>)
  memref.copy %t, %out : memref<4x4xf32> to memref<4x4xf32>
  return
}

// CHECK-LABEL: func.func @temporary_is_used_again(
// CHECK: memref.copy
func.func @temporary_is_used_again(%x: f32, %out: memref<f32>) -> f32 {
  %t = memref.alloc() : memref<f32>
  memref.store %x, %t[] : memref<f32>
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
  memref.copy %t, %part : memref<4xf32> to memref<4xf32, strided<[1], offset: ?>>
  return
}
