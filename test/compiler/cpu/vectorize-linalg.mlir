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

// The sum of a row and what is computed with it share a loop over rows; 37 rows of 100 elements are one task.
// CHECK-LABEL: @shared_rows
// CHECK-COUNT-1: scf.forall
// CHECK-NOT: scf.forall
// CHECK: return
// REMARK: [[#@LINE+5]]:3: remark: [passed] vectorize-linalg: vectorized: shares a loop over 37 rows with 2 other ops
func.func @shared_rows(%x: memref<37x100xf32>, %y: memref<37x100xf32>) {
  %zero = arith.constant 0.0 : f32
  %sums = memref.alloc() : memref<37xf32>
  // The memory of the sums is cleared row by row as well.
  linalg.fill ins(%zero : f32) outs(%sums : memref<37xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<37x100xf32>) outs(%sums : memref<37xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %b, %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x, %sums : memref<37x100xf32>, memref<37xf32>) outs(%y : memref<37x100xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %s = arith.divf %a, %b : f32
    linalg.yield %s : f32
  }
  return
}

// Sums over rows are partial ones of tasks, at most 32, added in their order; 67 rows are tasks of 40 and less.
// CHECK-LABEL: @partial_sums
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<67x100xf32>, %[[SUM:[a-z0-9]+]]: memref<100xf32>
// CHECK: %[[PARTIAL:.*]] = memref.alloc() {{.*}} : memref<2x100xf32>
// CHECK: scf.forall
// CHECK: vector.load %[[PARTIAL]]
// CHECK: vector.load %[[X]]
// CHECK: scf.forall
// CHECK: vector.maskedload %[[SUM]]
// CHECK: scf.for
// CHECK: vector.maskedload %[[PARTIAL]]
func.func @partial_sums(%x: memref<67x100xf32>, %sum: memref<100xf32>, %y: memref<67x100xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<67x100xf32>) outs(%sum : memref<100xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %b, %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<67x100xf32>) outs(%y : memref<67x100xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  return
}

// What needs the sums of other rows waits for all of them.
// CHECK-LABEL: @other_rows
// CHECK-COUNT-2: scf.forall
func.func @other_rows(%x: memref<64x64xf32>, %sums: memref<64xf32>, %y: memref<64x64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<64x64xf32>) outs(%sums : memref<64xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %b, %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x, %sums : memref<64x64xf32>, memref<64xf32>) outs(%y : memref<64x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %s = arith.divf %a, %b : f32
    linalg.yield %s : f32
  }
  return
}

// Two parts of one buffer may overlap: rows of one are not those of the other.
// CHECK-LABEL: @overlapping_parts
// CHECK-COUNT-2: scf.forall
func.func @overlapping_parts(%buffer: memref<80x64xf32>, %sums: memref<64xf32>) {
  %low = memref.subview %buffer[0, 0] [64, 64] [1, 1] : memref<80x64xf32> to memref<64x64xf32, strided<[64, 1]>>
  %high = memref.subview %buffer[16, 0] [64, 64] [1, 1] : memref<80x64xf32> to memref<64x64xf32, strided<[64, 1], offset: 1024>>
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%low : memref<64x64xf32, strided<[64, 1]>>) outs(%sums : memref<64xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %b, %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%sums : memref<64xf32>) outs(%high : memref<64x64xf32, strided<[64, 1], offset: 1024>>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}
