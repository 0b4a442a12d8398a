// RUN: tern-opt %s -tern-vector-math | FileCheck %s
// RUN: tern-opt %s -tern-vector-math=target=x86-64 | FileCheck %s --check-prefix=PLAIN

// PLAIN-NOT: vector.fma
// CHECK-LABEL: @vectors
// CHECK: vector.fma
// CHECK: arith.shli
// CHECK-NOT: math.exp
// CHECK-NOT: math.tanh
// CHECK-NOT: math.erf
func.func @vectors(%x: vector<16xf32>) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>) {
  %a = math.exp %x : vector<16xf32>
  %b = math.tanh %x : vector<16xf32>
  %c = math.erf %x : vector<16xf32>
  return %a, %b, %c : vector<16xf32>, vector<16xf32>, vector<16xf32>
}

// f64 and scalars belong to libm.
// CHECK-LABEL: @left_to_libm
// CHECK: math.exp {{.*}} : vector<8xf64>
// CHECK: math.tanh {{.*}} : f32
func.func @left_to_libm(%x: vector<8xf64>, %y: f32) -> (vector<8xf64>, f32) {
  %a = math.exp %x : vector<8xf64>
  %b = math.tanh %y : f32
  return %a, %b : vector<8xf64>, f32
}
