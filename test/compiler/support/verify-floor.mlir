// RUN: tern-opt %s --tern-verify-floor=floor=model --split-input-file --verify-diagnostics -o %t
// RUN: not tern-opt %s --tern-verify-floor=floor=cellar --split-input-file 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not tern-opt %s --tern-verify-floor=floor=buffer --split-input-file 2>&1 | FileCheck %s --check-prefix=BUFFER
// RUN: not tern-opt %s "--tern-verify-floor=floor=tensor inserted='my-pass after fuse-qkv'" --split-input-file 2>&1 | FileCheck %s --check-prefix=INSERTED

// UNKNOWN: there is no floor 'cellar': model, tensor, buffer or llvm

func.func @belongs(%x: tensor<4xf32>) -> tensor<4xf32> {
  // INSERTED: [[@LINE+3]]:8: error: 'tern.exp' op may not leave the tensor floor, which holds linalg, tern_kernel,
  // INSERTED: note: inserted on this floor: my-pass after fuse-qkv; a pass must leave what its floor holds
  // BUFFER: [[@LINE+1]]:8: error: 'tern.exp' op may not leave the buffer floor, which holds memref, {{.*}} and no tensors
  %y = tern.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @of_another_floor(%x: i64) -> i64 {
  // expected-error@+1 {{'llvm.add' op may not leave the model floor, which holds tern, func, arith, math}}
  %y = llvm.add %x, %x : i64
  return %y : i64
}

// -----

func.func @makes_a_tensor() {
  // BUFFER: [[@LINE+1]]:8: error: 'arith.constant' op makes a tensor, which may not leave the buffer floor
  %x = arith.constant dense<0.0> : tensor<4xf32>
  return
}

// -----

// A test may be written on a lower floor; what belongs to a higher one is left over there too.
func.func @test_on_the_tensor_floor() attributes {tern.test} {
  %x = tensor.empty() : tensor<4xf32>
  return
}

// -----

// BUFFER: [[@LINE+1]]:1: error: 'func.func' op takes a tensor, which may not leave the buffer floor
func.func @takes_a_tensor(%x: tensor<4xf32>) {
  return
}

// -----

// Instructions without an op are for values alone.
func.func @instructions(%x: vector<16xi32>, %to: !llvm.ptr) {
  // expected-error@+1 {{'llvm.call_intrinsic' op may not leave the model floor}}
  %y = llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%x, %x, %x) : (vector<16xi32>, vector<16xi32>, vector<16xi32>) -> vector<16xi32>
  // BUFFER: [[@LINE+1]]:3: error: 'llvm.call_intrinsic' op may not leave the buffer floor
  llvm.call_intrinsic "llvm.x86.monitor.like"(%to) : (!llvm.ptr) -> ()
  return
}
