// RUN: tern-opt %s -verify-diagnostics -remarks-filter-missed=vectorize-linalg -remark-format=emitRemark -tern-vectorize-linalg="target=x86-64-v4" | FileCheck %s
// RUN: tern-opt %s --remarks=vectorize-linalg -tern-vectorize-linalg="target=x86-64-v4" -o %t 2>&1 | FileCheck %s --check-prefix=REMARK

// Contiguous operands of one shape are one loop over all elements; 105 elements leave 9 for a mask.
// CHECK-LABEL: @elementwise_flat
// CHECK: memref.collapse_shape
// CHECK: scf.forall
// CHECK: arith.addf {{.*}} : vector<16xf32>
// CHECK: vector.maskedload
// CHECK: vector.maskedstore
// REMARK: vectorize-linalg.mlir:[[#@LINE+2]]:3: remark: [passed] vectorize-linalg: vectorized: vectors of 16
func.func @elementwise_flat(%a: memref<7x15xf32>, %o: memref<7x15xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%a : memref<7x15xf32>) outs(%o : memref<7x15xf32>) {
  ^bb0(%x: f32, %y: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  }
  return
}

// A row operand is loaded as vectors, a column operand spread.
// CHECK-LABEL: @broadcast
// CHECK-SAME: %[[ROW:[a-z0-9]+]]: memref<32xf32>, %[[COLUMN:[a-z0-9]+]]: memref<8xf32>
// CHECK-DAG: vector.load %[[ROW]]
// CHECK-DAG: memref.load %[[COLUMN]]
// CHECK: vector.broadcast
func.func @broadcast(%row: memref<32xf32>, %column: memref<8xf32>, %o: memref<8x32xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%row, %column : memref<32xf32>, memref<8xf32>) outs(%o : memref<8x32xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %s = arith.mulf %x, %y : f32
    linalg.yield %s : f32
  }
  return
}

// Four vectors of sums, folded by halves.
// CHECK-LABEL: @row_sum
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK: vector.shuffle {{.*}} [0, 1, 2, 3, 4, 5, 6, 7]
// CHECK: vector.extract
// REMARK: [[#@LINE+2]]:3: remark: [passed] vectorize-linalg: vectorized: reduces along vectors of 16
func.func @row_sum(%a: memref<8x256xf32>, %o: memref<8xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%a : memref<8x256xf32>) outs(%o : memref<8xf32>) {
  ^bb0(%x: f32, %y: f32):
    %s = arith.addf %y, %x : f32
    linalg.yield %s : f32
  }
  return
}

// Columns stay in registers while the rows pass.
// CHECK-LABEL: @column_sum
// CHECK: scf.forall
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-NOT: vector.shuffle
// CHECK: vector.store
// REMARK: [[#@LINE+2]]:3: remark: [passed] vectorize-linalg: vectorized: reduces across vectors of 16
func.func @column_sum(%a: memref<256x64xf32>, %o: memref<64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]}
      ins(%a : memref<256x64xf32>) outs(%o : memref<64xf32>) {
  ^bb0(%x: f32, %y: f32):
    %s = arith.addf %y, %x : f32
    linalg.yield %s : f32
  }
  return
}

// Positions are vectors too.
// CHECK-LABEL: @position
// CHECK: arith.constant dense<[0, 1, 2
// CHECK: arith.index_cast {{.*}} : vector<{{[0-9]+}}xindex> to vector<{{[0-9]+}}xi32>
func.func @position(%o: memref<64xi32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%o : memref<64xi32>) {
  ^bb0(%y: i32):
    %i = linalg.index 0 : index
    %c = arith.index_cast %i : index to i32
    linalg.yield %c : i32
  }
  return
}

// A copy is like any other op; a fill of a scalar keeps the other threads waiting for one store only.
// CHECK-LABEL: @copy_and_scalar
// CHECK: vector.store
// CHECK: scf.forall (%{{.*}}) in (1)
// CHECK: memref.store
func.func @copy_and_scalar(%a: memref<64xf32>, %o: memref<64xf32>, %s: memref<f32>) {
  %c = arith.constant 2.0 : f32
  memref.copy %a, %o : memref<64xf32> to memref<64xf32>
  linalg.fill ins(%c : f32) outs(%s : memref<f32>)
  return
}

// CHECK-LABEL: @single_bits
// CHECK: scf.forall
// CHECK-NOT: vector
// REMARK: [[#@LINE+3]]:3: remark: [missed] vectorize-linalg: scalar loops: it writes single bits
func.func @single_bits(%a: memref<8xf32>, %o: memref<8xi1>) {
  // expected-remark@+1 {{[Missed] scalar loops | Category:vectorize-linalg | Remark="it writes single bits}}
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : memref<8xf32>) outs(%o : memref<8xi1>) {
  ^bb0(%x: f32, %y: i1):
    %g = arith.cmpf ogt, %x, %x : f32
    linalg.yield %g : i1
  }
  return
}
