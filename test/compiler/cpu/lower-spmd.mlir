// RUN: tern-opt %s -tern-lower-spmd | FileCheck %s

#norm = loc(fused<{flops = 64 : i64, index = 0 : i64, kernel = "norm", location = "model.mlir:2:3", read = 1 : i64, shape = "64",
                   type = f32, updates = false, written = 1 : i64}>["model.mlir":2:3])
#sum = loc(fused<{flops = 3 : i64, index = 7 : i64, kernel = "reduction", location = "model.mlir:9:3", read = 100 : i64, shape = "5x5",
                  type = f32, updates = false, written = 4 : i64}>["model.mlir":9:3])

module attributes {tern.memory = {scratch_per_thread = 4096 : i64}} {

// The arena and this thread's scratch come from the context; the share is [N t / T, N (t + 1) / T), and a barrier follows.
// CHECK-LABEL: func.func @tern_entry_share(
// CHECK-SAME: %[[CTX:.*]]: !llvm.ptr, %[[T32:.*]]: i32, %[[N32:.*]]: i32) -> i32
// CHECK: %[[T:.*]] = arith.index_castui %[[T32]]
// CHECK: %[[N:.*]] = arith.index_castui %[[N32]]
// CHECK: arith.constant 4096
// CHECK: %[[LOW:.*]] = arith.divui %{{.*}}, %[[N]]
// CHECK: %[[HIGH:.*]] = arith.divui %{{.*}}, %[[N]]
// CHECK: scf.for %{{.*}} = %[[LOW]] to %[[HIGH]]
// CHECK: memref.store
// CHECK: llvm.call %{{.*}}(%[[CTX]], %[[T32]], %[[N32]], %{{.*}})
// CHECK: return %{{.*}} : i32
func.func @share(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %zero = arith.constant 0.0 : f32
  scf.forall (%i) in (64) {
    memref.store %zero, %x[%i] : memref<64xf32>
  }
  return
}

// Two writes of one group cost one barrier.
// CHECK-LABEL: @tern_entry_serial
// CHECK: scf.if
// CHECK: memref.store
// CHECK: memref.store
// CHECK: llvm.call
// CHECK-NOT: llvm.call
// CHECK: return
func.func @serial(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %x[%c0] : memref<64xf32>
  %one = arith.constant 1.0 : f32
  memref.store %one, %x[%c1] : memref<64xf32>
  return
}

// A share alone, what is read for a write, and the write: one thread, one barrier.
// CHECK-LABEL: @tern_entry_one_share
// CHECK: scf.if
// CHECK: scf.for
// CHECK: memref.store
// CHECK: memref.load
// CHECK: arith.addf
// CHECK: memref.store
// CHECK: llvm.call
// CHECK-NOT: llvm.call
// CHECK: return
func.func @one_share(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %zero = arith.constant 0.0 : f32
  scf.forall (%i) in (1) {
    memref.store %zero, %x[%i] : memref<64xf32>
  }
  %y = memref.load %x[%c1] : memref<64xf32>
  %twice = arith.addf %y, %y : f32
  memref.store %twice, %x[%c1] : memref<64xf32>
  return
}

// What is read for others too is read by all threads, after what was written before.
// CHECK-LABEL: @tern_entry_read_for_all
// CHECK: scf.if
// CHECK: memref.store
// CHECK: llvm.call
// CHECK: %[[Y:.*]] = memref.load
// CHECK: llvm.call
// CHECK: scf.if
// CHECK: memref.store %[[Y]]
// CHECK: llvm.call
// CHECK: scf.for
// CHECK: memref.store %[[Y]]
func.func @read_for_all(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %zero = arith.constant 0.0 : f32
  memref.store %zero, %x[%c0] : memref<64xf32>
  %y = memref.load %x[%c1] : memref<64xf32>
  memref.store %y, %x[%c0] : memref<64xf32>
  scf.forall (%i) in (8) {
    memref.store %y, %x[%i] : memref<64xf32>
  }
  return
}

// An instruction without an op is one on values: a loop that has one need not be shared to have a result.
// CHECK-LABEL: @tern_entry_instruction
// CHECK: scf.if
// CHECK: scf.for
// CHECK: llvm.call_intrinsic
// CHECK: vector.store
func.func @instruction(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<16xi32>
  %zero = arith.constant dense<0> : vector<16xi32>
  %bytes = arith.constant dense<1> : vector<64xi8>
  %sum = scf.for %i = %c0 to %c8 step %c1 iter_args(%s = %zero) -> (vector<16xi32>) {
    %next = llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%s, %bytes, %bytes)
        : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
    scf.yield %next : vector<16xi32>
  }
  vector.store %sum, %x[%c0] : memref<16xi32>, vector<16xi32>
  return
}

// What all threads read is not overwritten before the slowest has read it.
// CHECK-LABEL: @tern_entry_read_before_write
// CHECK: memref.load
// CHECK: llvm.call
// CHECK: scf.for
// CHECK: llvm.call
func.func @read_before_write(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %v = memref.load %x[%c0] : memref<64xf32>
  scf.forall (%i) in (64) {
    memref.store %v, %x[%i] : memref<64xf32>
  }
  return
}

// A loop around shared work is run by all threads; a loop of writes alone by one.
// CHECK-LABEL: @tern_entry_loops
// CHECK: scf.for
// CHECK: arith.divui
// CHECK: scf.for
// CHECK: llvm.call
// CHECK: scf.if
// CHECK-NEXT: scf.for
// CHECK: llvm.call
func.func @loops(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c12 = arith.constant 12 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %zero = arith.constant 0.0 : f32
  scf.for %layer = %c0 to %c12 step %c1 {
    scf.forall (%i) in (64) {
      memref.store %zero, %x[%i] : memref<64xf32>
    }
  }
  scf.for %i = %c0 to %c12 step %c1 {
    memref.store %zero, %x[%i] : memref<64xf32>
  }
  return
}

// What all threads read last in a loop within is not overwritten when the outer loop comes back: a barrier before its first share.
// CHECK-LABEL: @tern_entry_read_in_inner_loop
// CHECK: %[[C12:.*]] = arith.constant 12
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[C12]]
// CHECK-NOT: memref.store
// CHECK: llvm.call
// CHECK: memref.store
// CHECK: memref.load
func.func @read_in_inner_loop(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c12 = arith.constant 12 : index
  %c256 = arith.constant 256 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %y = memref.view %arena[%c256][] : memref<?xi8> to memref<64xf32>
  %zero = arith.constant 0.0 : f32
  scf.for %layer = %c0 to %c12 step %c1 {
    scf.forall (%i) in (64) {
      memref.store %zero, %x[%i] : memref<64xf32>
    }
    %sum = scf.for %part = %c0 to %c3 step %c1 iter_args(%before = %zero) -> f32 {
      scf.forall (%i) in (64) {
        memref.store %before, %y[%i] : memref<64xf32>
      }
      %last = memref.load %x[%c0] : memref<64xf32>
      %after = arith.addf %before, %last : f32
      scf.yield %after : f32
    }
  }
  return
}

// Regions are numbered in their order. The label of a kernel says what it is; its calls are the trips of the loops around it
// that are not its own. Two parts of one kernel are one region. A write alone is `serial`.
// CHECK-LABEL: @tern_entry_regions
// CHECK-SAME: tern.regions = [{calls = 12 : i64, flops = 64 : i64, kernel = "norm",
// CHECK-SAME: {calls = 1 : i64, flops = 0 : i64, kernel = "loop", location = "",
// CHECK-SAME: {calls = 1 : i64, flops = 0 : i64, kernel = "serial",
// CHECK: llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}, %c0_i32{{.*}})
// CHECK: llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}, %c0_i32{{.*}})
// CHECK: llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}, %c1_i32{{.*}})
// CHECK: llvm.call %{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}, %c2_i32{{.*}})
func.func @regions(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c12 = arith.constant 12 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %zero = arith.constant 0.0 : f32
  scf.for %layer = %c0 to %c12 step %c1 {
    scf.for %part = %c0 to %c3 step %c1 {
      scf.forall (%i) in (64) {
        memref.store %zero, %x[%i] : memref<64xf32>
      } loc(#norm)
    } loc(#norm)
    scf.forall (%i) in (64) {
      memref.store %zero, %x[%i] : memref<64xf32>
    } loc(#norm)
  }
  scf.forall (%i) in (64) {
    memref.store %zero, %x[%i] : memref<64xf32>
  }
  memref.store %zero, %x[%c0] : memref<64xf32>
  return
}

// Ops that share a loop are one region, named for the one that moves most.
// CHECK-LABEL: @tern_entry_shared_loop
// CHECK-SAME: tern.regions = [{calls = 1 : i64, flops = 67 : i64, kernel = "reduction", location = "model.mlir:9:3", read = 101 : i64,
// CHECK-SAME: shape = "5x5 +1", type = f32, updates = false, written = 5 : i64}]
func.func @shared_loop(%arena: memref<?xi8>, %scratch: memref<?xi8>, %thread: index, %threads: index) {
  %c0 = arith.constant 0 : index
  %x = memref.view %arena[%c0][] : memref<?xi8> to memref<64xf32>
  %zero = arith.constant 0.0 : f32
  scf.forall (%i) in (64) {
    memref.store %zero, %x[%i] : memref<64xf32>
  } loc(fused[#norm, #sum])
  return
}

}
