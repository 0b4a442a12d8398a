// RUN: tern-opt %s --tern-flatten-carried --canonicalize | FileCheck %s

// The loop carries what its body makes; the reshape is for those who need the other shape.
// CHECK-LABEL: func.func @flatten(
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>)
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[X]]
// CHECK: %[[LOOP:.*]] = scf.for {{.*}} iter_args(%[[H:.*]] = %[[FLAT]]) -> (tensor<6x4xf32>)
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty
// CHECK-NEXT: %[[Y:.*]] = linalg.exp ins(%[[H]] : tensor<6x4xf32>)
// CHECK-NEXT: scf.yield %[[Y]]
// CHECK: %[[RESULT:.*]] = tensor.expand_shape %[[LOOP]]
// CHECK: return %[[RESULT]]
func.func @flatten(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%h = %x) -> tensor<2x3x4xf32> {
    %flat = tensor.collapse_shape %h [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
    %empty = tensor.empty() : tensor<6x4xf32>
    %y = linalg.exp ins(%flat : tensor<6x4xf32>) outs(%empty : tensor<6x4xf32>) -> tensor<6x4xf32>
    %next = tensor.expand_shape %y [[0, 1], [2]] output_shape [2, 3, 4] : tensor<6x4xf32> into tensor<2x3x4xf32>
    scf.yield %next : tensor<2x3x4xf32>
  }
  return %r : tensor<2x3x4xf32>
}

// The stash of the carried value comes first, the next value last.
// CHECK-LABEL: func.func @order(
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[H:.*]] = %{{.*}}, %[[STACK:.*]] = %{{.*}}, %[[LOGS:.*]] = %{{.*}})
// CHECK-NEXT: tensor.insert_slice %[[H]] into %[[STACK]][%[[I]], 0]
// CHECK: linalg.log ins(%[[H]]
// CHECK: linalg.exp ins(%[[H]]
// CHECK-NEXT: scf.yield
func.func @order(%x: tensor<4xf32>, %stack: tensor<3x4xf32>, %logs: tensor<4xf32>) -> (tensor<4xf32>, tensor<3x4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %empty = tensor.empty() : tensor<4xf32>
  %r:3 = scf.for %i = %c0 to %c3 step %c1 iter_args(%h = %x, %s = %stack, %l = %logs) -> (tensor<4xf32>, tensor<3x4xf32>, tensor<4xf32>) {
    %next = linalg.exp ins(%h : tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %log = linalg.log ins(%h : tensor<4xf32>) outs(%l : tensor<4xf32>) -> tensor<4xf32>
    %kept = tensor.insert_slice %h into %s[%i, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<3x4xf32>
    scf.yield %next, %kept, %log : tensor<4xf32>, tensor<3x4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<4xf32>, tensor<3x4xf32>, tensor<4xf32>
}

// The reshape right behind the loop goes with it.
// CHECK-LABEL: func.func @reshaped_behind(
// CHECK: %[[R:.*]] = scf.for {{.*}} -> (tensor<6x4xf32>)
// CHECK: return %[[R]]
func.func @reshaped_behind(%x: tensor<2x3x4xf32>) -> tensor<6x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%h = %x) -> tensor<2x3x4xf32> {
    %flat = tensor.collapse_shape %h [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
    %empty = tensor.empty() : tensor<6x4xf32>
    %y = linalg.exp ins(%flat : tensor<6x4xf32>) outs(%empty : tensor<6x4xf32>) -> tensor<6x4xf32>
    %next = tensor.expand_shape %y [[0, 1], [2]] output_shape [2, 3, 4] : tensor<6x4xf32> into tensor<2x3x4xf32>
    scf.yield %next : tensor<2x3x4xf32>
  }
  %last = tensor.collapse_shape %r [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
  return %last : tensor<6x4xf32>
}
