// RUN: tern-opt %s -tern-vector-math | FileCheck %s
// RUN: tern-opt %s -tern-vector-math="target=x86-64" | FileCheck %s --check-prefix=PLAIN
// RUN: tern-opt %s -tern-vector-math="target=x86-64-v3" | FileCheck %s --check-prefix=NARROW

// PLAIN-NOT: vector.fma
// CHECK-LABEL: @vectors
// CHECK: vector.fma
// CHECK-NOT: math.exp
// CHECK-NOT: math.log
// CHECK-NOT: math.tanh
// CHECK-NOT: math.erf
// CHECK: return
func.func @vectors(%x: vector<16xf32>) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>,
                                           vector<16xf32>) {
  %a = math.exp %x : vector<16xf32>
  %b = math.expm1 %x : vector<16xf32>
  %c = math.log %x : vector<16xf32>
  %d = math.log1p %x : vector<16xf32>
  %e = math.tanh %x : vector<16xf32>
  %f = math.erf %x : vector<16xf32>
  return %a, %b, %c, %d, %e, %f : vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>
}

// One instruction scales by a power of two where there is one.
// CHECK-LABEL: @scale
// CHECK: x86vector.avx512.mask.scalef
// NARROW-LABEL: @scale
// NARROW-NOT: x86vector.avx512.mask.scalef
// NARROW-COUNT-2: arith.shli
func.func @scale(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.exp %x : vector<16xf32>
  return %y : vector<16xf32>
}

// Large angles are left to libm, all lanes of a vector behind one branch.
// CHECK-LABEL: @angle
// CHECK: %[[ANY:.*]] = vector.reduction <or>, {{.*}} : vector<4xi1> into i1
// CHECK: scf.if %[[ANY]]
// CHECK-COUNT-4: math.sin {{.*}} : f32
// CHECK: vector.from_elements
// CHECK: else
func.func @angle(%x: vector<4xf32>) -> vector<4xf32> {
  %y = math.sin %x : vector<4xf32>
  return %y : vector<4xf32>
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
