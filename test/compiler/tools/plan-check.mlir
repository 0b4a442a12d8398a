// What a program may cost stands in comments of its file, before any test runs. Of @test_product: 2 * 2 * 4 * 8 operations
// of the product and 16 of the tanh; what it computes and what it expects goes to memory, 64 bytes each.
// RUN: split-file %s %t
// RUN: tern-run %t/product.mlir -O0 --mcpu=x86-64-v2 | FileCheck %s --check-prefix=HOLDS
// RUN: tern-run %t/product.mlir -O3 --mcpu=x86-64-v3 | FileCheck %s --check-prefix=HOLDS
// HOLDS:      PASS: 8 expectations hold
// HOLDS-NEXT: PASS: test_product

// Nothing runs with --check-plan.
// RUN: tern-run %t/product.mlir --check-plan | FileCheck %s --check-prefix=PLAN --implicit-check-not=test_product
// PLAN: PASS: 8 expectations hold

// The directives may stand in another file: a model is planned for many sizes.
// RUN: not tern-run %t/product.mlir --check-plan=%t/violated | FileCheck %s --check-prefix=VIOLATED
// VIOLATED:      FAIL: 6 of 7 expectations do not hold
// VIOLATED-NEXT:   {{.*}}violated:1:1: FLOPS: @test_product is 144 FLOP, expected == 145{{$}}
// VIOLATED-NEXT:   {{.*}}violated:2:4: FLOPS: @test_product is 144 FLOP, expected > 144{{$}}
// VIOLATED-NEXT:   {{.*}}violated:3:4: FLOPS: @test_product is 144 FLOP, expected < 0.144 kFLOP
// VIOLATED-NEXT:   {{.*}}violated:4:4: BYTES: @test_product is 128 B, expected <= 127.999 B
// VIOLATED-NEXT:   {{.*}}violated:6:4: MEM: arena is {{[0-9]+}} B, expected <= 0.1 KiB
// VIOLATED-NEXT:   {{.*}}violated:7:4: MEM: gradients is 0 B, expected >= 0.5 B

// A violated expectation fails a run whose tests pass.
// RUN: cat %t/product.mlir %t/one > %t/both.mlir
// RUN: not tern-run %t/both.mlir | FileCheck %s --check-prefix=BOTH
// BOTH:      FAIL: 1 of 9 expectations do not hold
// BOTH-NEXT:   {{.*}}both.mlir:{{[0-9]+}}:4: FLOPS: @test_product is 144 FLOP, expected <= 100 FLOP
// BOTH-NEXT: PASS: test_product

// What makes no sense is an error at its place, which says what would.
// RUN: not tern-run %t/product.mlir --check-plan=%t/malformed 2>&1 | FileCheck %s --check-prefix=MALFORMED --implicit-check-not=expectations
// MALFORMED:      malformed:1:9: error: MEM: expected a class of memory, as peak, found '<= 3 B'
// MALFORMED-NEXT: // MEM: <= 3 B
// MALFORMED-NEXT: {{^}}        ^
// MALFORMED: malformed:2:11: error: FLOPS: expected an entry, as @forward, found 'forward <= 3'
// MALFORMED: malformed:3:12: error: BYTES: expected the name of an entry, found ' <= 3'
// MALFORMED: malformed:4:14: error: MEM: expected <=, >=, ==, < or >, found '= 412 KiB'
// MALFORMED: malformed:5:17: error: MEM: expected a number of at most 18 digits, as 412 or 1.5, found 'few KiB'
// MALFORMED: malformed:6:17: error: MEM: expected a number of at most 18 digits, as 412 or 1.5, found '1.2.3 KiB'
// MALFORMED: malformed:7:17: error: MEM: expected a number of at most 18 digits, as 412 or 1.5, found '1234567890123456789'
// MALFORMED: malformed:8:21: error: MEM: unknown unit 'kib', expected B, KB, MB, GB, KiB, MiB, GiB
// MALFORMED: malformed:9:34: error: FLOPS: unknown unit 'GB', expected FLOP, kFLOP, MFLOP, GFLOP, TFLOP
// MALFORMED: malformed:10:25: error: MEM: expected the end of the line, found 'per thread'
// RUN: not tern-run %t/product.mlir --check-plan=%t/unknown 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN-DAG: unknown:1:9: error: MEM: unknown class of memory 'peek', expected peak, arena, scratch_per_thread, parameters, gradients, optimizer, activations, workspace, cache, io
// UNKNOWN-DAG: unknown:2:11: error: FLOPS: no entry @test_produce; the program has @test_product
// UNKNOWN-DAG: FAIL: 2 of 3 expectations do not hold
// RUN: not tern-run %t/product.mlir --check-plan=%t/missing 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: missing: No such file

// Without a directive the plan is printed as directives.
// RUN: not tern-run %t/product.mlir --check-plan=%t/none 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: tern-run: nothing to check: {{.*}}none has no MEM, FLOPS or BYTES comment. The plan says:
// NONE: // MEM: peak == {{[0-9]+}} B
// NONE: // FLOPS: @test_product == 144 FLOP
// NONE: // BYTES: @test_product == 128 B
// RUN: not tern-run %examples/neuron/model.mlir 2>&1 | FileCheck %s --check-prefix=NEITHER
// NEITHER: tern-run: nothing to check: {{.*}}model.mlir has no @test_* function and no MEM, FLOPS or BYTES comment. The plan says:
// RUN: not tern-run %t/product.mlir --check-plan=%t/none 2>&1 | grep '^//' > %t/suggested
// RUN: tern-run %t/product.mlir --check-plan=%t/suggested
// RUN: not tern-run %t/function.mlir 2>&1 | FileCheck %s --check-prefix=FUNCTION
// FUNCTION: function.mlir has no program to plan: it only holds checks of functions, no @test_*

// The example of test/README.md runs.
// RUN: sed -n '/^```mlir/,/^```/p' %S/../../README.md | grep -v '```' > %t/readme.mlir
// RUN: tern-run %t/readme.mlir | FileCheck %s --check-prefix=README
// README: PASS: determinism of @twice
// README: PASS: 2 expectations hold
// README: PASS: test_twice

//--- product.mlir
// MEM: peak <= 64 KiB
// MEM: peak > 128 B
// MEM:io==128 B
// MEM: parameters < 0.001 KB
// FLOPS: @test_product == 144
// FLOPS: @test_product >= 0.144 kFLOP
// BYTES: @test_product <= 0.125 KiB
  // BYTES: @test_product == 0.128 KB
func.func @test_product() {
  %x = arith.constant dense<0.5> : tensor<2x4xf32>
  %w = arith.constant dense<0.25> : tensor<4x8xf32>
  %y = tern.linear %x weight %w : tensor<2x4xf32>, tensor<4x8xf32>
  %z = tern.tanh %y : tensor<2x8xf32>
  %expected = arith.constant dense<0.46211715726000975> : tensor<2x8xf32>
  check.almost_equal %z, %expected : tensor<2x8xf32>
  return
}
//--- violated
FLOPS: @test_product == 145
// FLOPS: @test_product > 144
// FLOPS: @test_product < 0.144 kFLOP
// BYTES: @test_product <= 127.999 B
// FLOPS: @test_product == 0.000000144 GFLOP
// MEM: arena <= 0.1 KiB
// MEM: gradients >= 0.5 B
//--- one
// FLOPS: @test_product <= 100 FLOP
//--- malformed
// MEM: <= 3 B
// FLOPS: forward <= 3
// BYTES: @ <= 3
// MEM: peak = 412 KiB
// MEM: peak <= few KiB
// MEM: peak <= 1.2.3 KiB
// MEM: peak <= 1234567890123456789
// MEM: peak <= 412 kib
// FLOPS: @test_product <= 12345 GB
// MEM: peak <= 412 KiB per thread
//--- unknown
// MEM: peek <= 3 B
// FLOPS: @test_produce == 3
// FLOPS: @test_product == 144
//--- none
// Memory is no matter here.
//--- function.mlir
// MEM: peak <= 3 B
func.func @same(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
check.deterministic @same
