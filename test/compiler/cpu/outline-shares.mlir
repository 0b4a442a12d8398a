// RUN: tern-opt %s -split-input-file -tern-outline-shares="least=4" | FileCheck %s

// Views and index arithmetic are repeated in the function; the thread, what was read, and the number of the layer are arguments. A
// loop that holds a barrier stays, its shares do not.

// CHECK-LABEL: func.func private @tern_entry_f_share_0(
// CHECK-SAME: %[[T:.*]]: i32, %[[LAYER:.*]]: index, %[[V:.*]]: f32, %[[PTR:.*]]: !llvm.ptr)
// CHECK-SAME: attributes {llvm.linkage = #llvm.linkage<internal>, passthrough = ["noinline"]}
// CHECK-DAG: %[[X:.*]] = builtin.unrealized_conversion_cast %[[PTR]]
// CHECK-DAG: %[[LOW:.*]] = arith.index_castui %[[T]]
// CHECK: scf.for %[[I:.*]] = %[[LOW]] to
// CHECK: %[[SUM:.*]] = arith.addi %[[I]], %[[LAYER]]
// CHECK: memref.store %[[V]], %[[X]][%[[SUM]]]
// CHECK: return

// CHECK-LABEL: func.func @tern_entry_f(
// CHECK: scf.for %[[L:.*]] =
// CHECK-NEXT: %[[V0:.*]] = memref.load
// CHECK-NEXT: call @tern_entry_f_share_0(%{{.*}}, %[[L]], %[[V0]], %{{.*}}) : (i32, index, f32, !llvm.ptr) -> ()
// CHECK-NEXT: llvm.call
// Too small to be worth a function, and one with a result.
// CHECK: scf.if
// CHECK-NEXT: memref.store
// CHECK: scf.for
// CHECK-NOT: call
// CHECK: return
func.func @tern_entry_f(%context: !llvm.ptr, %thread: i32, %threads: i32) -> i32 attributes {tern.regions = []} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %x = builtin.unrealized_conversion_cast %context : !llvm.ptr to memref<64xf32>
  %low = arith.index_castui %thread : i32 to index
  scf.for %layer = %c0 to %c8 step %c1 {
    %v = memref.load %x[%layer] : memref<64xf32>
    scf.for %i = %low to %c8 step %c1 {
      %at = arith.addi %i, %layer : index
      memref.store %v, %x[%at] : memref<64xf32>
    }
    llvm.call %context(%context, %thread, %threads, %thread) : !llvm.ptr, (!llvm.ptr, i32, i32, i32) -> ()
  }
  %isFirst = arith.cmpi eq, %low, %c0 : index
  %zero = arith.constant 0.0 : f32
  scf.if %isFirst {
    memref.store %zero, %x[%c0] : memref<64xf32>
  }
  %sum = scf.for %i = %low to %c8 step %c1 iter_args(%s = %zero) -> f32 {
    %v = memref.load %x[%i] : memref<64xf32>
    %t = arith.addf %s, %v : f32
    scf.yield %t : f32
  }
  %int = arith.fptosi %sum : f32 to i32
  return %int : i32
}

// -----

// Only entries are cut.
// CHECK-LABEL: func.func @helper(
// CHECK-NOT: call
func.func @helper(%x: memref<64xf32>, %n: index, %v: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    memref.store %v, %x[%i] : memref<64xf32>
  }
  return
}
