// Caches: rows go where their positions are, and nothing else changes; steps with a cache see what the whole sequence sees.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

// Two rows; none; one row, and one that lies behind the end.
func.func @test_every_sequence() {
  %c = arith.constant dense<[[[0.369, 0.725, 0.886], [1.327, 0.72, 1.267], [-1.413, -0.103, 1.33], [0.447, 1.203, -1.16], [-0.093, -0.76, 0.131]], [[0.222, -1.461, -0.85], [-0.662, 1.249, 0.797], [-1.021, 0.891, -1.084], [0.352, -1.12, -1.495], [1.114, -0.872, -0.854]], [[1.447, 1.117, -0.632], [1.384, 0.118, 0.533], [-0.886, 1.323, 0.572], [1.4, 1.181, -0.604], [-0.416, -1.002, -1.063]]]> : tensor<3x5x3xf64>
  %k = arith.constant dense<[[[-1.305, -0.596, 0.309], [-1.49, 0.534, -0.486]], [[-0.57, 0.956, -0.058], [-0.553, -0.056, 0.614]], [[-1.329, 1.425, -1.431], [0.749, 1.035, -1.446]]]> : tensor<3x2x3xf64>
  %p = arith.constant dense<[1, 3, 4]> : tensor<3xi32>
  %n = arith.constant dense<[2, 0, 2]> : tensor<3xi32>
  %expected = arith.constant dense<[[[0.369, 0.725, 0.886], [-1.305, -0.596, 0.309], [-1.49, 0.534, -0.486], [0.447, 1.203, -1.16], [-0.093, -0.76, 0.131]], [[0.222, -1.461, -0.85], [-0.662, 1.249, 0.797], [-1.021, 0.891, -1.084], [0.352, -1.12, -1.495], [1.114, -0.872, -0.854]], [[1.447, 1.117, -0.632], [1.384, 0.118, 0.533], [-0.886, 1.323, 0.572], [1.4, 1.181, -0.604], [-1.329, 1.425, -1.431]]]> : tensor<3x5x3xf64>
  %y = tern.cache_write %c, %k position %p count %n : tensor<3x5x3xf64>, tensor<3x2x3xf64>, tensor<3xi32>
  check.almost_equal %y, %expected rtol 0.0 atol 0.0 : tensor<3x5x3xf64>
  return
}

// A position below 0 counts as 0, a count above the rows as all of them, one below 0 as none.
func.func @test_numbers_out_of_range() {
  %c = arith.constant dense<[[[0.369, 0.725, 0.886], [1.327, 0.72, 1.267], [-1.413, -0.103, 1.33], [0.447, 1.203, -1.16], [-0.093, -0.76, 0.131]], [[0.222, -1.461, -0.85], [-0.662, 1.249, 0.797], [-1.021, 0.891, -1.084], [0.352, -1.12, -1.495], [1.114, -0.872, -0.854]], [[1.447, 1.117, -0.632], [1.384, 0.118, 0.533], [-0.886, 1.323, 0.572], [1.4, 1.181, -0.604], [-0.416, -1.002, -1.063]]]> : tensor<3x5x3xf64>
  %k = arith.constant dense<[[[-1.305, -0.596, 0.309], [-1.49, 0.534, -0.486]], [[-0.57, 0.956, -0.058], [-0.553, -0.056, 0.614]], [[-1.329, 1.425, -1.431], [0.749, 1.035, -1.446]]]> : tensor<3x2x3xf64>
  %p = arith.constant dense<[-2, 0, 3]> : tensor<3xi32>
  %n = arith.constant dense<[1, 7, -1]> : tensor<3xi32>
  %expected = arith.constant dense<[[[-1.305, -0.596, 0.309], [1.327, 0.72, 1.267], [-1.413, -0.103, 1.33], [0.447, 1.203, -1.16], [-0.093, -0.76, 0.131]], [[-0.57, 0.956, -0.058], [-0.553, -0.056, 0.614], [-1.021, 0.891, -1.084], [0.352, -1.12, -1.495], [1.114, -0.872, -0.854]], [[1.447, 1.117, -0.632], [1.384, 0.118, 0.533], [-0.886, 1.323, 0.572], [1.4, 1.181, -0.604], [-0.416, -1.002, -1.063]]]> : tensor<3x5x3xf64>
  %y = tern.cache_write %c, %k position %p count %n : tensor<3x5x3xf64>, tensor<3x2x3xf64>, tensor<3xi32>
  check.almost_equal %y, %expected rtol 0.0 atol 0.0 : tensor<3x5x3xf64>
  return
}

// A cache that is full, and a position behind its end: nothing is written.
func.func @test_full_cache() {
  %c = arith.constant dense<[[[0.5], [1.5], [2.5]], [[3.5], [4.5], [5.5]], [[6.5], [7.5], [8.5]]]> : tensor<3x3x1xf64>
  %k = arith.constant dense<[[[-1.0], [-2.0]], [[-3.0], [-4.0]], [[-5.0], [-6.0]]]> : tensor<3x2x1xf64>
  %p = arith.constant dense<[3, 7, 2]> : tensor<3xi32>
  %n = arith.constant dense<[1, 2, 1]> : tensor<3xi32>
  %expected = arith.constant dense<[[[0.5], [1.5], [2.5]], [[3.5], [4.5], [5.5]], [[6.5], [7.5], [-5.0]]]> : tensor<3x3x1xf64>
  %y = tern.cache_write %c, %k position %p count %n : tensor<3x3x1xf64>, tensor<3x2x1xf64>, tensor<3xi32>
  check.almost_equal %y, %expected rtol 0.0 atol 0.0 : tensor<3x3x1xf64>
  return
}

func.func @test_one_sequence() {
  %c = arith.constant dense<[[[0.369, 0.725, 0.886], [1.327, 0.72, 1.267], [-1.413, -0.103, 1.33], [0.447, 1.203, -1.16], [-0.093, -0.76, 0.131]], [[0.222, -1.461, -0.85], [-0.662, 1.249, 0.797], [-1.021, 0.891, -1.084], [0.352, -1.12, -1.495], [1.114, -0.872, -0.854]], [[1.447, 1.117, -0.632], [1.384, 0.118, 0.533], [-0.886, 1.323, 0.572], [1.4, 1.181, -0.604], [-0.416, -1.002, -1.063]]]> : tensor<3x5x3xf64>
  %k = arith.constant dense<[[[-0.57, 0.956, -0.058], [-0.553, -0.056, 0.614]]]> : tensor<1x2x3xf64>
  %p = arith.constant dense<[2]> : tensor<1xi32>
  %n = arith.constant dense<[2]> : tensor<1xi32>
  %s = arith.constant dense<2> : tensor<i32>
  %expected = arith.constant dense<[[[0.369, 0.725, 0.886], [1.327, 0.72, 1.267], [-1.413, -0.103, 1.33], [0.447, 1.203, -1.16], [-0.093, -0.76, 0.131]], [[0.222, -1.461, -0.85], [-0.662, 1.249, 0.797], [-1.021, 0.891, -1.084], [0.352, -1.12, -1.495], [1.114, -0.872, -0.854]], [[1.447, 1.117, -0.632], [1.384, 0.118, 0.533], [-0.57, 0.956, -0.058], [-0.553, -0.056, 0.614], [-0.416, -1.002, -1.063]]]> : tensor<3x5x3xf64>
  %part = arith.constant dense<[[[1.447, 1.117, -0.632], [1.384, 0.118, 0.533], [-0.57, 0.956, -0.058], [-0.553, -0.056, 0.614], [-0.416, -1.002, -1.063]]]> : tensor<1x5x3xf64>
  %y = tern.cache_write %c, %k position %p count %n slot %s : tensor<3x5x3xf64>, tensor<1x2x3xf64>, tensor<1xi32>
  check.almost_equal %y, %expected rtol 0.0 atol 0.0 : tensor<3x5x3xf64>
  %z = tern.cache_read %y slot %s : tensor<3x5x3xf64>
  check.almost_equal %z, %part rtol 0.0 atol 0.0 : tensor<1x5x3xf64>
  return
}

// Rows of more than one vector and a rest, f32 and bf16: what is written is what is read at that place.
func.func @test_wide_rows() {
  %key1 = arith.constant dense<7046029254386353131> : tensor<i64>
  %key2 = arith.constant dense<-6150925172443534391> : tensor<i64>
  %c = tern.uniform [2, 40, 83] from -1.0 to 1.0 key %key1 : f32
  %k = tern.uniform [2, 17, 83] from -1.0 to 1.0 key %key2 : f32
  %p = arith.constant dense<[5, 23]> : tensor<2xi32>
  %n = arith.constant dense<[17, 9]> : tensor<2xi32>
  %y = tern.cache_write %c, %k position %p count %n : tensor<2x40x83xf32>, tensor<2x17x83xf32>, tensor<2xi32>
  %a0 = tern.slice %c offsets [0, 0, 0] sizes [1, 5, 83] : tensor<2x40x83xf32>
  %a1 = tern.slice %k offsets [0, 0, 0] sizes [1, 17, 83] : tensor<2x17x83xf32>
  %a2 = tern.slice %c offsets [0, 22, 0] sizes [1, 18, 83] : tensor<2x40x83xf32>
  %a = tern.concat %a0, %a1, %a2 dim 1 : tensor<1x5x83xf32>, tensor<1x17x83xf32>, tensor<1x18x83xf32>
  %b0 = tern.slice %c offsets [1, 0, 0] sizes [1, 23, 83] : tensor<2x40x83xf32>
  %b1 = tern.slice %k offsets [1, 0, 0] sizes [1, 9, 83] : tensor<2x17x83xf32>
  %b2 = tern.slice %c offsets [1, 32, 0] sizes [1, 8, 83] : tensor<2x40x83xf32>
  %b = tern.concat %b0, %b1, %b2 dim 1 : tensor<1x23x83xf32>, tensor<1x9x83xf32>, tensor<1x8x83xf32>
  %expected = tern.concat %a, %b dim 0 : tensor<1x40x83xf32>, tensor<1x40x83xf32>
  check.almost_equal %y, %expected rtol 0.0 atol 0.0 : tensor<2x40x83xf32>
  %ch = arith.truncf %c : tensor<2x40x83xf32> to tensor<2x40x83xbf16>
  %kh = arith.truncf %k : tensor<2x17x83xf32> to tensor<2x17x83xbf16>
  %yh = tern.cache_write %ch, %kh position %p count %n : tensor<2x40x83xbf16>, tensor<2x17x83xbf16>, tensor<2xi32>
  %wide = arith.extf %yh : tensor<2x40x83xbf16> to tensor<2x40x83xf32>
  %eh = arith.truncf %expected : tensor<2x40x83xf32> to tensor<2x40x83xbf16>
  %wideExpected = arith.extf %eh : tensor<2x40x83xbf16> to tensor<2x40x83xf32>
  check.almost_equal %wide, %wideExpected rtol 0.0 atol 0.0 : tensor<2x40x83xf32>
  return
}

// The third of four, the only one, the last one; a count of 0 counts as 1.
func.func @test_last_row() {
  %x = arith.constant dense<[[[0.863, -0.401, 0.236], [-1.473, -1.36, -0.957], [1.366, -0.91, 0.767], [1.289, 1.326, -0.467]], [[-0.436, 0.074, 0.827], [-1.176, 0.745, 0.892], [1.079, -1.39, 1.337], [-1.226, -0.478, 0.332]], [[1.254, -0.48, 1.273], [0.135, -0.563, -0.55], [-0.968, -1.265, -1.053], [0.568, 1.49, -1.015]]]> : tensor<3x4x3xf64>
  %n = arith.constant dense<[3, 0, 9]> : tensor<3xi32>
  %expected = arith.constant dense<[[[1.366, -0.91, 0.767]], [[-0.436, 0.074, 0.827]], [[0.568, 1.49, -1.015]]]> : tensor<3x1x3xf64>
  %y = tern.last_row %x count %n : tensor<3x4x3xf64>, tensor<3xi32>
  check.almost_equal %y, %expected rtol 0.0 atol 0.0 : tensor<3x1x3xf64>
  return
}

// Seven tokens: 4 in a chunk, which has room for 5, then one, then two. What the caches held before is not seen.
func.func @test_steps_are_the_whole() {
  %key1 = arith.constant dense<-7046029254386353131> : tensor<i64>
  %key2 = arith.constant dense<8513257924521879431> : tensor<i64>
  %key3 = arith.constant dense<-3335678366873096957> : tensor<i64>
  %q = tern.uniform [1, 7, 8] from -1.0 to 1.0 key %key1 : f64
  %k = tern.uniform [1, 7, 4] from -1.0 to 1.0 key %key2 : f64
  %v = tern.uniform [1, 7, 4] from -1.0 to 1.0 key %key3 : f64
  %whole = tern.attention %q, %k, %v heads 4 kv_heads 2 causal : tensor<1x7x8xf64>, tensor<1x7x4xf64>, tensor<1x7x4xf64>

  %junk = arith.constant dense<7.0> : tensor<1x9x4xf64>
  %zero = arith.constant dense<0> : tensor<1xi32>
  %four = arith.constant dense<4> : tensor<1xi32>
  %five = arith.constant dense<5> : tensor<1xi32>
  %one = arith.constant dense<1> : tensor<1xi32>
  %q0 = tern.slice %q offsets [0, 0, 0] sizes [1, 5, 8] : tensor<1x7x8xf64>
  %kc = tern.slice %k offsets [0, 0, 0] sizes [1, 5, 4] : tensor<1x7x4xf64>
  %vc = tern.slice %v offsets [0, 0, 0] sizes [1, 5, 4] : tensor<1x7x4xf64>
  %ks0 = tern.cache_write %junk, %kc position %zero count %four : tensor<1x9x4xf64>, tensor<1x5x4xf64>, tensor<1xi32>
  %vs0 = tern.cache_write %junk, %vc position %zero count %four : tensor<1x9x4xf64>, tensor<1x5x4xf64>, tensor<1xi32>
  %a0 = tern.attention %q0, %ks0, %vs0 heads 4 kv_heads 2 causal position(%zero : tensor<1xi32>) :
      tensor<1x5x8xf64>, tensor<1x9x4xf64>, tensor<1x9x4xf64>
  %q1 = tern.slice %q offsets [0, 4, 0] sizes [1, 1, 8] : tensor<1x7x8xf64>
  %k1 = tern.slice %k offsets [0, 4, 0] sizes [1, 1, 4] : tensor<1x7x4xf64>
  %v1 = tern.slice %v offsets [0, 4, 0] sizes [1, 1, 4] : tensor<1x7x4xf64>
  %ks1 = tern.cache_write %ks0, %k1 position %four count %one : tensor<1x9x4xf64>, tensor<1x1x4xf64>, tensor<1xi32>
  %vs1 = tern.cache_write %vs0, %v1 position %four count %one : tensor<1x9x4xf64>, tensor<1x1x4xf64>, tensor<1xi32>
  %a1 = tern.attention %q1, %ks1, %vs1 heads 4 kv_heads 2 causal position(%four : tensor<1xi32>) :
      tensor<1x1x8xf64>, tensor<1x9x4xf64>, tensor<1x9x4xf64>
  %q2 = tern.slice %q offsets [0, 5, 0] sizes [1, 2, 8] : tensor<1x7x8xf64>
  %k2 = tern.slice %k offsets [0, 5, 0] sizes [1, 2, 4] : tensor<1x7x4xf64>
  %v2 = tern.slice %v offsets [0, 5, 0] sizes [1, 2, 4] : tensor<1x7x4xf64>
  %two = arith.constant dense<2> : tensor<1xi32>
  %ks2 = tern.cache_write %ks1, %k2 position %five count %two : tensor<1x9x4xf64>, tensor<1x2x4xf64>, tensor<1xi32>
  %vs2 = tern.cache_write %vs1, %v2 position %five count %two : tensor<1x9x4xf64>, tensor<1x2x4xf64>, tensor<1xi32>
  %a2 = tern.attention %q2, %ks2, %vs2 heads 4 kv_heads 2 causal position(%five : tensor<1xi32>) :
      tensor<1x2x8xf64>, tensor<1x9x4xf64>, tensor<1x9x4xf64>
  %first = tern.slice %a0 offsets [0, 0, 0] sizes [1, 4, 8] : tensor<1x5x8xf64>
  %steps = tern.concat %first, %a1, %a2 dim 1 : tensor<1x4x8xf64>, tensor<1x1x8xf64>, tensor<1x2x8xf64>
  check.almost_equal %steps, %whole rtol 1.0e-12 atol 1.0e-14 : tensor<1x7x8xf64>
  return
}
