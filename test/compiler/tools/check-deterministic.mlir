// RUN: not tern-run %s -O0 | FileCheck %s
// RUN: not tern-run %s -O3 | FileCheck %s

// A function that is asked twice answers with the same bits; what differs is named with both runs.

// CHECK: PASS: determinism of @sums (
func.func @sums(%x: tensor<37x53xf32>, %rows: tensor<5xi32>) -> (tensor<f32>, tensor<53xf32>, tensor<5x53xf32>) {
  %all = tern.sum %x : tensor<37x53xf32>
  %columns = tern.sum %x dims [0] : tensor<37x53xf32>
  %some = tern.embedding %rows, %x : tensor<5xi32>, tensor<37x53xf32>
  return %all, %columns, %some : tensor<f32>, tensor<53xf32>, tensor<5x53xf32>
}
check.deterministic @sums threads [1, 2, 3, 8] seed 4 classes 37

// The number of the thread that ran an iteration: with one thread always the same, with two not.
// CHECK-NEXT: PASS: determinism of @thread_of_row (
// CHECK-NEXT: FAIL: determinism of @thread_of_row ({{.*}}check-deterministic.mlir:[[#@LINE+15]]:1)
// CHECK-NEXT:   4 of 8 elements differ; first result0 at [4]: [[#]] (0x{{.*}}) in run 1 with 1 thread, [[#]] (0x{{.*}}) in run 2 with 2 threads
func.func private @gettid() -> i32
func.func @thread_of_row() -> tensor<8xi32> {
  %empty = tensor.empty() : tensor<8xi32>
  %threads = scf.forall (%row) in (8) shared_outs(%out = %empty) -> (tensor<8xi32>) {
    %thread = func.call @gettid() : () -> i32
    %one = tensor.from_elements %thread : tensor<1xi32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %one into %out[%row] [1] [1] : tensor<1xi32> into tensor<8xi32>
    }
  }
  return %threads : tensor<8xi32>
}
check.deterministic @thread_of_row threads [1] runs 2
check.deterministic @thread_of_row threads [1, 2] runs 1

// What nobody wrote differs from run to run, also on one thread.
// CHECK-NEXT: FAIL: determinism of @half_written ({{.*}}check-deterministic.mlir:[[#@LINE+6]]:1)
// CHECK-NEXT:   3 of 7 elements differ; first result1 at [0]: 0 (0x0) in run 1 with 1 thread, {{-?}}nan (0xffffffff) in run 2 with 1 thread
func.func @half_written(%x: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<3xf32>) {
  %y = tensor.empty() : tensor<3xf32>
  return %x, %y : tensor<2x2xf32>, tensor<3xf32>
}
check.deterministic @half_written

// CHECK-NEXT: FAIL: determinism of @elsewhere (
// CHECK-NOT: {{PASS|FAIL}}
func.func private @elsewhere() -> tensor<f32>
check.deterministic @elsewhere
