// Ops that share a loop over rows, and the loop that adds what their tasks left of a column, are one region of a profile: a
// second one would count their cost again.
// RUN: tern-opt %s -tern-label-kernels -tern-vectorize-linalg --mlir-print-debuginfo | FileCheck %s --strict-whitespace

// CHECK-LABEL: @sums_of_rows_and_columns
// CHECK: scf.forall
// CHECK:{{^    }}} loc(#[[BOTH:loc[0-9]+]])
// CHECK-NEXT:    scf.forall
// CHECK:{{^    }}} loc(#[[BOTH]])
// CHECK-NEXT:    return
#id = affine_map<(i, j) -> (i, j)>
#col = affine_map<(i, j) -> (j)>
#row = affine_map<(i, j) -> (i)>
func.func @sums_of_rows_and_columns(%x: memref<64x128xf32>, %y: memref<64x128xf32>, %s: memref<64xf32>, %c: memref<128xf32>) {
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : memref<64x128xf32>) outs(%s : memref<64xf32>) {
  ^bb0(%a: f32, %b: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  }
  linalg.generic {indexing_maps = [#id, #col], iterator_types = ["reduction", "parallel"]} ins(%x : memref<64x128xf32>) outs(%c : memref<128xf32>) {
  ^bb0(%a: f32, %b: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  }
  return
}
