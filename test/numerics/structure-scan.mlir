// The scan over time: state, slices of sequences, stacked results; forwards, in reverse, along either dimension, inside of
// layers, and differentiated.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --threads=2

func.func @test_forward() {
  %xs = arith.constant dense<[[[-0.143, 0.179, 1.273], [-0.103, 0.024, 0.262], [-0.946, 0.036, 0.39], [0.879, -1.218, -0.59]], [[-1.228, 0.929, 0.58], [-1.374, 1.447, 1.394], [0.462, 0.347, -1.028], [-1.455, 0.085, -1.321]]]> : tensor<2x4x3xf64>
  %h0 = arith.constant dense<[[-0.929, -0.774, -1.41], [-0.108, -0.178, 1.027]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[1.1444920821216942, -0.2627545528398081, 0.227823308966], [-0.08109973999903985, 1.15011673638107, 4.0576286621195194]]> : tensor<2x3xf64>
  %expected_all = arith.constant dense<[[[1.132847, 0.8614539999999999, -0.7949299999999997], [0.883316759, 1.020674896, 0.7917283400000001], [0.1643823459860001, 1.036744296256, 1.3087740526], [1.1444920821216942, -0.2627545528398081, 0.227823308966]], [[1.132624, 0.834638, 1.5956599999999999], [-0.5562253760000002, 2.207721186, 3.2243500399999996], [0.7430238762879999, 1.766079251542, -2.3146318411199998], [-0.08109973999903985, 1.15011673638107, 4.0576286621195194]]]> : tensor<2x4x3xf64>
  %one = arith.constant dense<1.0> : tensor<f64>
  %last, %all = tern.scan (%h = %h0) over (%x = %xs) : tensor<2x3xf64>, tensor<2x4x3xf64> {
    %p = tern.mul %h, %x : tensor<2x3xf64>, tensor<2x3xf64>
    %s = tern.add %p, %one : tensor<2x3xf64>, tensor<f64>
    tern.yield %s, %s : tensor<2x3xf64>, tensor<2x3xf64>
  }
  check.almost_equal %last, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  check.almost_equal %all, %expected_all rtol 1.0e-12 atol 1.0e-14 : tensor<2x4x3xf64>
  return
}

func.func @test_reverse() {
  %xs = arith.constant dense<[[[0.057, 0.421, -0.001], [0.487, -0.128, -0.666], [1.493, 1.487, 1.021], [0.623, -0.554, -0.811]], [[-0.633, -1.289, 0.799], [-0.299, 1.04, -0.34], [1.374, 1.042, -1.498], [-0.871, 1.231, -0.09]]]> : tensor<2x4x3xf64>
  %h0 = arith.constant dense<[[1.441, -0.308, -1.281], [0.388, 0.836, -0.691]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[1.163409415769941, 1.273307553399808, 1.001052417335526], [0.728435514744616, -4.46395811824832, 1.9595946940292]]> : tensor<2x3xf64>
  %expected_all = arith.constant dense<[[[1.163409415769941, 1.273307553399808, 1.001052417335526], [2.8668318556130004, 0.649186587648, -1.052417335526], [3.8333302990000004, 2.740729784, 3.081707711], [1.8977430000000002, 1.170632, 2.038891]], [[0.728435514744616, -4.46395811824832, 1.9595946940292], [0.42901182504800006, 4.238912426880001, 1.2009946108], [1.909659448, 3.1143388720000003, -0.5911606199999999], [0.662052, 2.029116, 1.06219]]]> : tensor<2x4x3xf64>
  %one = arith.constant dense<1.0> : tensor<f64>
  %last, %all = tern.scan reverse (%h = %h0) over (%x = %xs) : tensor<2x3xf64>, tensor<2x4x3xf64> {
    %p = tern.mul %h, %x : tensor<2x3xf64>, tensor<2x3xf64>
    %s = tern.add %p, %one : tensor<2x3xf64>, tensor<f64>
    tern.yield %s, %s : tensor<2x3xf64>, tensor<2x3xf64>
  }
  check.almost_equal %last, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  check.almost_equal %all, %expected_all rtol 1.0e-12 atol 1.0e-14 : tensor<2x4x3xf64>
  return
}

func.func @test_reverse_time_first() {
  %xs = arith.constant dense<[[[-1.239, -0.502, 1.392], [-0.928, 0.696, -1.107]], [[0.774, -1.146, -0.761], [0.431, -1.15, -0.238]], [[-1.197, -1.32, 0.891], [-0.861, -0.691, 1.413]], [[-0.967, 0.178, -0.158], [0.91, -0.588, 1.155]]]> : tensor<4x2x3xf64>
  %h0 = arith.constant dense<[[-0.868, -0.317, 1.063], [0.426, -1.199, 1.468]]> : tensor<2x3xf64>
  %expected = arith.constant dense<[[0.913422233660152, 0.35675564283744, 0.5473638856943679], [0.14990387119167992, 1.8386018989167998, 1.1599547791373204]]> : tensor<2x3xf64>
  %expected_all = arith.constant dense<[[[0.913422233660152, 0.35675564283744, 0.5473638856943679], [0.14990387119167992, 1.8386018989167998, 1.1599547791373204]], [[0.06987713183200006, 1.28136326128, -0.3251696223460001], [0.9160518629400001, 1.2048877857999998, -0.14449392876000022]], [[-1.201709132, -0.24551768000000007, 1.741352986], [-0.1947752599999999, -0.1781632919999998, 4.808798020000001]], [[1.839356, 0.943574, 0.8320460000000001], [1.38766, 1.705012, 2.6955400000000003]]]> : tensor<4x2x3xf64>
  %one = arith.constant dense<1.0> : tensor<f64>
  %last, %all = tern.scan reverse (%h = %h0) over (%x = %xs) dim 0 : tensor<2x3xf64>, tensor<4x2x3xf64> {
    %p = tern.mul %h, %x : tensor<2x3xf64>, tensor<2x3xf64>
    %s = tern.add %p, %one : tensor<2x3xf64>, tensor<f64>
    tern.yield %s, %s : tensor<2x3xf64>, tensor<2x3xf64>
  }
  check.almost_equal %last, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3xf64>
  check.almost_equal %all, %expected_all rtol 1.0e-12 atol 1.0e-14 : tensor<4x2x3xf64>
  return
}

// Two sequences, one of them integers; the step is its number, in reverse too; no state at all.
func.func @test_several_sequences() {
  %tokens = arith.constant dense<[[1, 0, 2], [2, 2, 0]]> : tensor<2x3xi32>
  %xs = arith.constant dense<[[[0.5], [1.5], [2.5]], [[-1.0], [-2.0], [-3.0]]]> : tensor<2x3x1xf64>
  %table = arith.constant dense<[[10.0], [20.0], [30.0]]> : tensor<3x1xf64>
  %n = arith.constant dense<[2, 3]> : tensor<2xi32>
  %expected = arith.constant dense<[[[20.5], [11.5], [0.0]], [[29.0], [28.0], [7.0]]]> : tensor<2x3x1xf64>
  %early = arith.constant dense<[[[20.5], [0.0], [0.0]], [[29.0], [28.0], [0.0]]]> : tensor<2x3x1xf64>
  %before = arith.constant dense<[1, 2]> : tensor<2xi32>
  %ys, %zs = tern.scan reverse index %t () over (%token = %tokens, %x = %xs) lengths(%n : tensor<2xi32>) :
      tensor<2x3xi32>, tensor<2x3x1xf64> {
    %e = tern.embedding %token, %table : tensor<2xi32>, tensor<3x1xf64>
    %y = tern.add %e, %x : tensor<2x1xf64>, tensor<2x1xf64>
    %z = tern.valid_rows %y step %t lengths %before : tensor<2x1xf64>, tensor<2xi32>
    tern.yield %y, %z : tensor<2x1xf64>, tensor<2x1xf64>
  }
  check.almost_equal %ys, %expected rtol 1.0e-12 : tensor<2x3x1xf64>
  check.almost_equal %zs, %early rtol 1.0e-12 : tensor<2x3x1xf64>
  return
}

// Layers of scans: states of layers, weights per layer shared by all steps; the sum of products leaves the inner loop.
func.func @deep(%xs: tensor<2x5x4xf64>, %h0: tensor<3x2x4xf64>, %wi: tensor<3x4x4xf64>, %wh: tensor<3x4x4xf64>,
    %b: tensor<3x4xf64>, %w: tensor<2x5x4xf64>) -> tensor<f64> {
  %ys, %lasts = tern.layers 3 (%seq = %xs) stacked (%start = %h0, %gi = %wi, %gh = %wh, %c = %b) :
      tensor<2x5x4xf64>, tensor<3x2x4xf64>, tensor<3x4x4xf64>, tensor<3x4x4xf64>, tensor<3x4xf64> {
    %last, %all = tern.scan (%h = %start) over (%x = %seq) : tensor<2x4xf64>, tensor<2x5x4xf64> {
      %p = tern.linear %x weight %gi bias %c : tensor<2x4xf64>, tensor<4x4xf64>, tensor<4xf64>
      %q = tern.linear %h weight %gh bias %c : tensor<2x4xf64>, tensor<4x4xf64>, tensor<4xf64>
      %s = tern.add %p, %q : tensor<2x4xf64>, tensor<2x4xf64>
      %y = tern.tanh %s : tensor<2x4xf64>
      tern.yield %y, %y : tensor<2x4xf64>, tensor<2x4xf64>
    }
    %residual = tern.add %seq, %all : tensor<2x5x4xf64>, tensor<2x5x4xf64>
    tern.yield %residual, %last : tensor<2x5x4xf64>, tensor<2x4xf64>
  }
  %p = tern.mul %ys, %w : tensor<2x5x4xf64>, tensor<2x5x4xf64>
  %s = tern.sum %p : tensor<2x5x4xf64>
  %e = tern.mean %lasts : tensor<3x2x4xf64>
  %loss = tern.add %s, %e : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @deep
check.deterministic @deep threads [1, 2, 3]

// A weight that is used twice in a step, a matrix that all rows and steps read, an embedding inside.
func.func @shared(%tokens: tensor<2x4xi32>, %h0: tensor<2x3xf64>, %table: tensor<5x3xf64>, %w: tensor<3x3xf64>, %m: tensor<2x3x3xf64>) -> tensor<f64> {
  %last = tern.scan (%h = %h0) over (%token = %tokens) : tensor<2x3xf64>, tensor<2x4xi32> {
    %x = tern.embedding %token, %table : tensor<2xi32>, tensor<5x3xf64>
    %p = tern.linear %x weight %w : tensor<2x3xf64>, tensor<3x3xf64>
    %q = tern.linear %h weight %w : tensor<2x3xf64>, tensor<3x3xf64>
    %s = tern.add %p, %q : tensor<2x3xf64>, tensor<2x3xf64>
    %t = tern.tanh %s : tensor<2x3xf64>
    %r = tern.linear %t weight %w : tensor<2x3xf64>, tensor<3x3xf64>
    %row = tern.reshape %r to [2, 1, 3] : tensor<2x3xf64>
    %o = tern.matmul %row, %m : tensor<2x1x3xf64>, tensor<2x3x3xf64>
    %y = tern.reshape %o to [2, 3] : tensor<2x1x3xf64>
    tern.yield %y : tensor<2x3xf64>
  }
  %squares = tern.mul %last, %last : tensor<2x3xf64>, tensor<2x3xf64>
  %loss = tern.sum %squares : tensor<2x3xf64>
  return %loss : tensor<f64>
}
check.gradient @shared classes 5
