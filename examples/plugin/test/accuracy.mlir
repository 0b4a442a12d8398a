// What the pass promises, computed: no form is further away than its tolerance, at the places where they differ most.
// RUN: %tern-run %s
// RUN: %tern-run %s --load-pass-plugin=%cheap-gelu --insert-pass=after:fuse-qkv:cheap-gelu
// RUN: not %tern-run %s --load-pass-plugin=%cheap-gelu "--insert-pass=after:fuse-qkv:cheap-gelu{tolerance=0.03}" | FileCheck %s

// With a tolerance of 0.03 the results leave the bound of 5e-4, which shows that the pass ran.
// CHECK: FAIL: test_exact
func.func @test_exact() {
  %x = arith.constant dense<[-6.0, -2.6989, -2.2704, -1.0, -0.1, 0.0, 0.5, 1.5, 2.2888, 4.0]> : tensor<10xf32>
  %expected = arith.constant dense<[-5.919525869479969e-09, -0.009387999145644874, -0.02631770996345338, -0.15865525393145707, -0.0460172162722971, 0.0, 0.34573123063700656, 1.399789198096713, 2.263519087654966, 3.9998733150326675]> : tensor<10xf32>
  %y = tern.gelu %x : tensor<10xf32>
  check.almost_equal %y, %expected rtol 0.0 atol 5.0e-4 : tensor<10xf32>
  return
}
