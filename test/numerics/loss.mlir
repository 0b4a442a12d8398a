// Losses against their formulas in f64, masks included, and their gradients.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_mse() {
  %p = arith.constant dense<[[0.1, 0.5, 0.9], [0.35, 0.75, 0.02]]> : tensor<2x3xf64>
  %y = arith.constant dense<[[0.0, 1.0, 1.0], [0.0, 1.0, 0.25]]> : tensor<2x3xf64>
  %expected = arith.constant dense<0.08465> : tensor<f64>
  %loss = tern.mse %p, %y : tensor<2x3xf64>, tensor<2x3xf64>
  check.almost_equal %loss, %expected : tensor<f64>
  return
}

func.func @test_binary_cross_entropy() {
  %p = arith.constant dense<[[0.1, 0.5, 0.9], [0.35, 0.75, 0.02]]> : tensor<2x3xf64>
  %y = arith.constant dense<[[0.0, 1.0, 1.0], [0.0, 1.0, 0.25]]> : tensor<2x3xf64>
  %expected = arith.constant dense<0.4359151637108349> : tensor<f64>
  %loss = tern.binary_cross_entropy %p, %y : tensor<2x3xf64>, tensor<2x3xf64>
  check.almost_equal %loss, %expected : tensor<f64>
  return
}

// ln 0 counts as -100.
func.func @test_saturated_prediction() {
  %p = arith.constant dense<[0.0, 1.0]> : tensor<2xf64>
  %y = arith.constant dense<[1.0, 1.0]> : tensor<2xf64>
  %expected = arith.constant dense<50.0> : tensor<f64>
  %loss = tern.binary_cross_entropy %p, %y : tensor<2xf64>, tensor<2xf64>
  check.almost_equal %loss, %expected : tensor<f64>
  return
}

func.func @test_cross_entropy() {
  %logits = arith.constant dense<[[[-1.423, -1.529, -0.766, 1.265, -1.277], [0.326, 0.556, -0.51, 0.191, -1.749], [-1.762, -1.176, 0.722, -0.29, -0.743]], [[0.342, -0.187, -0.801, 1.178, 0.796], [-1.024, 0.298, 0.101, 1.501, 0.918], [-0.848, 1.921, -1.528, -0.328, 1.029]]]> : tensor<2x3x5xf64>
  %targets = arith.constant dense<[[1, -100, 4], [0, 2, -100]]> : tensor<2x3xi32>
  %expected = arith.constant dense<2.2729816289641556> : tensor<f64>
  %loss = tern.cross_entropy %logits, %targets : tensor<2x3x5xf64>, tensor<2x3xi32>
  check.almost_equal %loss, %expected rtol 1.0e-13 : tensor<f64>
  return
}

func.func @test_cross_entropy_ignores_zero() {
  %logits = arith.constant dense<[[[-1.423, -1.529, -0.766, 1.265, -1.277], [0.326, 0.556, -0.51, 0.191, -1.749], [-1.762, -1.176, 0.722, -0.29, -0.743]], [[0.342, -0.187, -0.801, 1.178, 0.796], [-1.024, 0.298, 0.101, 1.501, 0.918], [-0.848, 1.921, -1.528, -0.328, 1.029]]]> : tensor<2x3x5xf64>
  %targets = arith.constant dense<[[1, 0, 4], [0, 2, 3]]> : tensor<2x3xi64>
  %expected = arith.constant dense<2.515242377384835> : tensor<f64>
  %loss = tern.cross_entropy %logits, %targets ignore_index 0 : tensor<2x3x5xf64>, tensor<2x3xi64>
  check.almost_equal %loss, %expected rtol 1.0e-13 : tensor<f64>
  return
}

// No target counts: the loss is 0, not 0/0.
func.func @test_everything_ignored() {
  %logits = arith.constant dense<[[[-1.423, -1.529, -0.766, 1.265, -1.277], [0.326, 0.556, -0.51, 0.191, -1.749], [-1.762, -1.176, 0.722, -0.29, -0.743]], [[0.342, -0.187, -0.801, 1.178, 0.796], [-1.024, 0.298, 0.101, 1.501, 0.918], [-0.848, 1.921, -1.528, -0.328, 1.029]]]> : tensor<2x3x5xf64>
  %targets = arith.constant dense<-100> : tensor<2x3xi32>
  %expected = arith.constant dense<0.0> : tensor<f64>
  %loss = tern.cross_entropy %logits, %targets : tensor<2x3x5xf64>, tensor<2x3xi32>
  %n = tern.nll %logits, %targets : tensor<2x3x5xf64>, tensor<2x3xi32>
  check.almost_equal %loss, %expected : tensor<f64>
  check.almost_equal %n, %expected : tensor<f64>
  return
}

func.func @test_nll() {
  %logits = arith.constant dense<[[[-1.423, -1.529, -0.766, 1.265, -1.277], [0.326, 0.556, -0.51, 0.191, -1.749], [-1.762, -1.176, 0.722, -0.29, -0.743]], [[0.342, -0.187, -0.801, 1.178, 0.796], [-1.024, 0.298, 0.101, 1.501, 0.918], [-0.848, 1.921, -1.528, -0.328, 1.029]]]> : tensor<2x3x5xf64>
  %targets = arith.constant dense<[[1, -100, 4], [0, 2, -100]]> : tensor<2x3xi32>
  %expected = arith.constant dense<0.45725> : tensor<f64>
  %loss = tern.nll %logits, %targets : tensor<2x3x5xf64>, tensor<2x3xi32>
  check.almost_equal %loss, %expected : tensor<f64>
  return
}

func.func @test_linear_cross_entropy() {
  %x = arith.constant dense<[[[-1.392, -0.044, -1.843], [0.673, 1.058, 0.292], [1.502, -0.745, 0.781]], [[0.377, 0.32, -0.175], [1.36, 1.779, -0.104], [0.657, -1.757, 0.806]]]> : tensor<2x3x3xf64>
  %w = arith.constant dense<[[0.589, 1.972, 1.288], [-0.862, -0.457, 0.675], [-1.91, -0.153, -1.328], [-1.532, -1.764, 1.073], [-1.483, -1.01, -0.436]]> : tensor<5x3xf64>
  %targets = arith.constant dense<[[1, -100, 4], [0, 2, -100]]> : tensor<2x3xi32>
  %expected = arith.constant dense<3.959420653201502> : tensor<f64>
  %loss = tern.linear_cross_entropy %x, %w, %targets : tensor<2x3x3xf64>, tensor<5x3xf64>, tensor<2x3xi32>
  check.almost_equal %loss, %expected rtol 1.0e-13 : tensor<f64>
  return
}

// Two whole chunks: the loss and the gradients of the whole.
func.func @test_512_rows_in_chunks() {
  %key = arith.constant dense<7> : tensor<i64>
  %other = arith.constant dense<9> : tensor<i64>
  %x = tern.normal [512, 4] key %key : f64
  %w = tern.normal [16, 4] key %other : f64
  %half = arith.constant dense<0.5> : tensor<f64>
  %scores = tern.normal [512, 16] key %other : f64
  %targets = tern.argmax %scores : tensor<512x16xf64>
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %targets, %half ignore_index 3 :
      tensor<512x4xf64>, tensor<16x4xf64>, tensor<512xi32>, tensor<f64>
  %logits = tern.matmul %x, %w transpose_b : tensor<512x4xf64>, tensor<16x4xf64>
  %expected = tern.cross_entropy %logits, %targets ignore_index 3 : tensor<512x16xf64>, tensor<512xi32>
  %dlogits = tern.cross_entropy_grad %logits, %targets, %half ignore_index 3 :
      tensor<512x16xf64>, tensor<512xi32>, tensor<f64>
  %expected_dx = tern.matmul %dlogits, %w : tensor<512x16xf64>, tensor<16x4xf64>
  %expected_dw = tern.matmul %dlogits, %x transpose_a : tensor<512x16xf64>, tensor<512x4xf64>
  check.almost_equal %loss, %expected rtol 1.0e-12 : tensor<f64>
  check.almost_equal %dx, %expected_dx rtol 1.0e-10 atol 1.0e-14 : tensor<512x4xf64>
  check.almost_equal %dw, %expected_dw rtol 1.0e-10 atol 1.0e-14 : tensor<16x4xf64>
  return
}

func.func @test_512_rows_onto_true() {
  %key = arith.constant dense<7> : tensor<i64>
  %other = arith.constant dense<9> : tensor<i64>
  %third = arith.constant dense<11> : tensor<i64>
  %x = tern.normal [512, 4] key %key : f64
  %w = tern.normal [16, 4] key %other : f64
  %old = tern.normal [16, 4] key %third : f64
  %copy = tern.normal [16, 4] key %third : f64
  %one = arith.constant dense<1.0> : tensor<f64>
  %flag = arith.constant dense<true> : tensor<i1>
  %scores = tern.normal [512, 16] key %other : f64
  %targets = tern.argmax %scores : tensor<512x16xf64>
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %targets, %one onto %old if %flag :
      tensor<512x4xf64>, tensor<16x4xf64>, tensor<512xi32>, tensor<f64> onto tensor<16x4xf64> if tensor<i1>
  %loss1, %dx1, %plain = tern.linear_cross_entropy_grad %x, %w, %targets, %one :
      tensor<512x4xf64>, tensor<16x4xf64>, tensor<512xi32>, tensor<f64>
  %expected = tern.accumulate %copy, %plain if %flag : tensor<16x4xf64>
  check.almost_equal %dw, %expected rtol 1.0e-12 : tensor<16x4xf64>
  return
}

func.func @test_512_rows_onto_false() {
  %key = arith.constant dense<7> : tensor<i64>
  %other = arith.constant dense<9> : tensor<i64>
  %third = arith.constant dense<11> : tensor<i64>
  %x = tern.normal [512, 4] key %key : f64
  %w = tern.normal [16, 4] key %other : f64
  %old = tern.normal [16, 4] key %third : f64
  %copy = tern.normal [16, 4] key %third : f64
  %one = arith.constant dense<1.0> : tensor<f64>
  %flag = arith.constant dense<false> : tensor<i1>
  %scores = tern.normal [512, 16] key %other : f64
  %targets = tern.argmax %scores : tensor<512x16xf64>
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %targets, %one onto %old if %flag :
      tensor<512x4xf64>, tensor<16x4xf64>, tensor<512xi32>, tensor<f64> onto tensor<16x4xf64> if tensor<i1>
  %loss1, %dx1, %plain = tern.linear_cross_entropy_grad %x, %w, %targets, %one :
      tensor<512x4xf64>, tensor<16x4xf64>, tensor<512xi32>, tensor<f64>
  %expected = tern.accumulate %copy, %plain if %flag : tensor<16x4xf64>
  check.almost_equal %dw, %expected rtol 1.0e-12 : tensor<16x4xf64>
  return
}

// A chunk and a tail of one row.
func.func @test_257_rows_in_chunks() {
  %key = arith.constant dense<7> : tensor<i64>
  %other = arith.constant dense<9> : tensor<i64>
  %x = tern.normal [257, 4] key %key : f64
  %w = tern.normal [16, 4] key %other : f64
  %half = arith.constant dense<0.5> : tensor<f64>
  %scores = tern.normal [257, 16] key %other : f64
  %targets = tern.argmax %scores : tensor<257x16xf64>
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %targets, %half ignore_index 3 :
      tensor<257x4xf64>, tensor<16x4xf64>, tensor<257xi32>, tensor<f64>
  %logits = tern.matmul %x, %w transpose_b : tensor<257x4xf64>, tensor<16x4xf64>
  %expected = tern.cross_entropy %logits, %targets ignore_index 3 : tensor<257x16xf64>, tensor<257xi32>
  %dlogits = tern.cross_entropy_grad %logits, %targets, %half ignore_index 3 :
      tensor<257x16xf64>, tensor<257xi32>, tensor<f64>
  %expected_dx = tern.matmul %dlogits, %w : tensor<257x16xf64>, tensor<16x4xf64>
  %expected_dw = tern.matmul %dlogits, %x transpose_a : tensor<257x16xf64>, tensor<257x4xf64>
  check.almost_equal %loss, %expected rtol 1.0e-12 : tensor<f64>
  check.almost_equal %dx, %expected_dx rtol 1.0e-10 atol 1.0e-14 : tensor<257x4xf64>
  check.almost_equal %dw, %expected_dw rtol 1.0e-10 atol 1.0e-14 : tensor<16x4xf64>
  return
}

func.func @test_257_rows_onto_true() {
  %key = arith.constant dense<7> : tensor<i64>
  %other = arith.constant dense<9> : tensor<i64>
  %third = arith.constant dense<11> : tensor<i64>
  %x = tern.normal [257, 4] key %key : f64
  %w = tern.normal [16, 4] key %other : f64
  %old = tern.normal [16, 4] key %third : f64
  %copy = tern.normal [16, 4] key %third : f64
  %one = arith.constant dense<1.0> : tensor<f64>
  %flag = arith.constant dense<true> : tensor<i1>
  %scores = tern.normal [257, 16] key %other : f64
  %targets = tern.argmax %scores : tensor<257x16xf64>
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %targets, %one onto %old if %flag :
      tensor<257x4xf64>, tensor<16x4xf64>, tensor<257xi32>, tensor<f64> onto tensor<16x4xf64> if tensor<i1>
  %loss1, %dx1, %plain = tern.linear_cross_entropy_grad %x, %w, %targets, %one :
      tensor<257x4xf64>, tensor<16x4xf64>, tensor<257xi32>, tensor<f64>
  %expected = tern.accumulate %copy, %plain if %flag : tensor<16x4xf64>
  check.almost_equal %dw, %expected rtol 1.0e-12 : tensor<16x4xf64>
  return
}

func.func @test_257_rows_onto_false() {
  %key = arith.constant dense<7> : tensor<i64>
  %other = arith.constant dense<9> : tensor<i64>
  %third = arith.constant dense<11> : tensor<i64>
  %x = tern.normal [257, 4] key %key : f64
  %w = tern.normal [16, 4] key %other : f64
  %old = tern.normal [16, 4] key %third : f64
  %copy = tern.normal [16, 4] key %third : f64
  %one = arith.constant dense<1.0> : tensor<f64>
  %flag = arith.constant dense<false> : tensor<i1>
  %scores = tern.normal [257, 16] key %other : f64
  %targets = tern.argmax %scores : tensor<257x16xf64>
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %targets, %one onto %old if %flag :
      tensor<257x4xf64>, tensor<16x4xf64>, tensor<257xi32>, tensor<f64> onto tensor<16x4xf64> if tensor<i1>
  %loss1, %dx1, %plain = tern.linear_cross_entropy_grad %x, %w, %targets, %one :
      tensor<257x4xf64>, tensor<16x4xf64>, tensor<257xi32>, tensor<f64>
  %expected = tern.accumulate %copy, %plain if %flag : tensor<16x4xf64>
  check.almost_equal %dw, %expected rtol 1.0e-12 : tensor<16x4xf64>
  return
}

// Two chunks of 131 rows.
func.func @test_262_rows_in_chunks() {
  %key = arith.constant dense<7> : tensor<i64>
  %other = arith.constant dense<9> : tensor<i64>
  %x = tern.normal [262, 4] key %key : f64
  %w = tern.normal [16, 4] key %other : f64
  %half = arith.constant dense<0.5> : tensor<f64>
  %scores = tern.normal [262, 16] key %other : f64
  %targets = tern.argmax %scores : tensor<262x16xf64>
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %targets, %half ignore_index 3 :
      tensor<262x4xf64>, tensor<16x4xf64>, tensor<262xi32>, tensor<f64>
  %logits = tern.matmul %x, %w transpose_b : tensor<262x4xf64>, tensor<16x4xf64>
  %expected = tern.cross_entropy %logits, %targets ignore_index 3 : tensor<262x16xf64>, tensor<262xi32>
  %dlogits = tern.cross_entropy_grad %logits, %targets, %half ignore_index 3 :
      tensor<262x16xf64>, tensor<262xi32>, tensor<f64>
  %expected_dx = tern.matmul %dlogits, %w : tensor<262x16xf64>, tensor<16x4xf64>
  %expected_dw = tern.matmul %dlogits, %x transpose_a : tensor<262x16xf64>, tensor<262x4xf64>
  check.almost_equal %loss, %expected rtol 1.0e-12 : tensor<f64>
  check.almost_equal %dx, %expected_dx rtol 1.0e-10 atol 1.0e-14 : tensor<262x4xf64>
  check.almost_equal %dw, %expected_dw rtol 1.0e-10 atol 1.0e-14 : tensor<16x4xf64>
  return
}

func.func @mse(%p: tensor<2x3xf64>, %y: tensor<2x3xf64>) -> tensor<f64> {
  %loss = tern.mse %p, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %loss : tensor<f64>
}
check.gradient @mse

func.func @binary_cross_entropy(%p: tensor<2x3xf64>, %y: tensor<2x3xf64>) -> tensor<f64> {
  %loss = tern.binary_cross_entropy %p, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %loss : tensor<f64>
}
check.gradient @binary_cross_entropy low 0.1 high 0.9

func.func @cross_entropy(%l: tensor<2x3x5xf64>, %t: tensor<2x3xi32>) -> tensor<f64> {
  %loss = tern.cross_entropy %l, %t ignore_index 1 : tensor<2x3x5xf64>, tensor<2x3xi32>
  return %loss : tensor<f64>
}
check.gradient @cross_entropy classes 5

func.func @nll(%l: tensor<2x3x5xf64>, %t: tensor<2x3xi32>) -> tensor<f64> {
  %loss = tern.nll %l, %t ignore_index 1 : tensor<2x3x5xf64>, tensor<2x3xi32>
  return %loss : tensor<f64>
}
check.gradient @nll classes 5

func.func @linear_cross_entropy(%x: tensor<2x3x4xf64>, %w: tensor<5x4xf64>, %t: tensor<2x3xi32>) -> tensor<f64> {
  %loss = tern.linear_cross_entropy %x, %w, %t ignore_index 1 : tensor<2x3x4xf64>, tensor<5x4xf64>, tensor<2x3xi32>
  return %loss : tensor<f64>
}
check.gradient @linear_cross_entropy classes 5

// The cotangent of the loss depends on the loss.
func.func @scaled_twice(%x: tensor<2x3x4xf64>, %w: tensor<5x4xf64>, %t: tensor<2x3xi32>) -> tensor<f64> {
  %once = tern.linear_cross_entropy %x, %w, %t : tensor<2x3x4xf64>, tensor<5x4xf64>, tensor<2x3xi32>
  %loss = tern.mul %once, %once : tensor<f64>, tensor<f64>
  return %loss : tensor<f64>
}
check.gradient @scaled_twice classes 5

func.func @test_huber() {
  %p = arith.constant dense<[[-0.31, -1.673, 0.798], [-0.079, 0.756, 0.157]]> : tensor<2x3xf64>
  %y = arith.constant dense<[[0.223, 0.105, -0.809], [1.595, -1.654, 1.506]]> : tensor<2x3xf64>
  %expected = arith.constant dense<1.0766740833333335> : tensor<f64>
  %expected_half = arith.constant dense<0.6542500000000001> : tensor<f64>
  %loss = tern.huber %p, %y : tensor<2x3xf64>, tensor<2x3xf64>
  %half = tern.huber %p, %y delta 0.5 : tensor<2x3xf64>, tensor<2x3xf64>
  check.almost_equal %loss, %expected rtol 1.0e-13 : tensor<f64>
  check.almost_equal %half, %expected_half rtol 1.0e-13 : tensor<f64>
  return
}

// A class without probability adds nothing.
func.func @test_kl_div() {
  %q = arith.constant dense<[[-0.8087009389123497, -0.9267009389123498, -1.8407009389123499], [-0.6697038070368035, -3.918703807036803, -0.7587038070368035]]> : tensor<2x3xf64>
  %p = arith.constant dense<[[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]> : tensor<2x3xf64>
  %expected = arith.constant dense<2.03317586594229> : tensor<f64>
  %loss = tern.kl_div %q, %p : tensor<2x3xf64>, tensor<2x3xf64>
  check.almost_equal %loss, %expected rtol 1.0e-12 : tensor<f64>
  return
}

func.func @test_label_smoothing() {
  %logits = arith.constant dense<[[[1.454, -0.009, 1.108, 0.693, 0.42], [-0.833, -0.721, -0.602, -0.791, 1.839], [-0.635, -0.45, -0.322, 1.266, -0.089]], [[0.215, -0.978, -0.888, -1.644, -1.131], [-0.944, 1.409, 0.01, -1.558, -0.149], [-1.516, 0.264, -0.231, 1.433, -0.963]]]> : tensor<2x3x5xf64>
  %targets = arith.constant dense<[[1, -100, 4], [0, 2, -100]]> : tensor<2x3xi32>
  %half = arith.constant dense<0.5> : tensor<f64>
  %expected = arith.constant dense<1.7660032313716016> : tensor<f64>
  %expected_grad = arith.constant dense<[[[0.042759782302805, -0.10452052240055727, 0.029521861142956404, 0.01864532477583581, 0.013593554178960047], [0.0, 0.0, 0.0, 0.0, 0.0], [0.007925652271122583, 0.01004433706297388, 0.01175730395576698, 0.067274550251237, -0.09700184354110046]], [[-0.05406278407897757, 0.015982865005056128, 0.017723475577727393, 0.0069957476911276795, 0.013360695805066361], [0.004910143262667673, 0.07543302257046769, -0.09576272558434612, 0.0015102347181679622, 0.01390932503304279], [0.0, 0.0, 0.0, 0.0, 0.0]]]> : tensor<2x3x5xf64>
  %loss = tern.cross_entropy %logits, %targets label_smoothing 0.1 : tensor<2x3x5xf64>, tensor<2x3xi32>
  %grad = tern.cross_entropy_grad %logits, %targets, %half label_smoothing 0.1 : tensor<2x3x5xf64>, tensor<2x3xi32>, tensor<f64>
  check.almost_equal %loss, %expected rtol 1.0e-13 : tensor<f64>
  check.almost_equal %grad, %expected_grad rtol 1.0e-12 atol 1.0e-15 : tensor<2x3x5xf64>
  return
}

// One chunk and several, against the logits as a whole.
func.func @test_512_rows_smoothed() {
  %key = arith.constant dense<7> : tensor<i64>
  %other = arith.constant dense<9> : tensor<i64>
  %x = tern.normal [512, 4] key %key : f64
  %w = tern.normal [16, 4] key %other : f64
  %half = arith.constant dense<0.5> : tensor<f64>
  %scores = tern.normal [512, 16] key %other : f64
  %targets = tern.argmax %scores : tensor<512x16xf64>
  %loss, %dx, %dw = tern.linear_cross_entropy_grad %x, %w, %targets, %half ignore_index 3 label_smoothing 0.2 :
      tensor<512x4xf64>, tensor<16x4xf64>, tensor<512xi32>, tensor<f64>
  %logits = tern.matmul %x, %w transpose_b : tensor<512x4xf64>, tensor<16x4xf64>
  %expected = tern.cross_entropy %logits, %targets ignore_index 3 label_smoothing 0.2 : tensor<512x16xf64>, tensor<512xi32>
  %dlogits = tern.cross_entropy_grad %logits, %targets, %half ignore_index 3 label_smoothing 0.2 :
      tensor<512x16xf64>, tensor<512xi32>, tensor<f64>
  %expected_dx = tern.matmul %dlogits, %w : tensor<512x16xf64>, tensor<16x4xf64>
  %expected_dw = tern.matmul %dlogits, %x transpose_a : tensor<512x16xf64>, tensor<512x4xf64>
  check.almost_equal %loss, %expected rtol 1.0e-12 : tensor<f64>
  check.almost_equal %dx, %expected_dx rtol 1.0e-10 atol 1.0e-14 : tensor<512x4xf64>
  check.almost_equal %dw, %expected_dw rtol 1.0e-10 atol 1.0e-14 : tensor<16x4xf64>
  return
}

func.func @smoothed(%logits: tensor<6x5xf64>, %targets: tensor<6xi32>) -> tensor<f64> {
  %loss = tern.cross_entropy %logits, %targets ignore_index 0 label_smoothing 0.3 : tensor<6x5xf64>, tensor<6xi32>
  return %loss : tensor<f64>
}
check.gradient @smoothed classes 5

func.func @smoothed_product(%x: tensor<6x3xf64>, %w: tensor<5x3xf64>, %targets: tensor<6xi32>) -> tensor<f64> {
  %loss = tern.linear_cross_entropy %x, %w, %targets ignore_index 0 label_smoothing 0.3 :
      tensor<6x3xf64>, tensor<5x3xf64>, tensor<6xi32>
  return %loss : tensor<f64>
}
check.gradient @smoothed_product classes 5

func.func @near_and_far(%p: tensor<3x5xf64>, %y: tensor<3x5xf64>) -> tensor<f64> {
  %loss = tern.huber %p, %y delta 0.7 : tensor<3x5xf64>, tensor<3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @near_and_far

func.func @divergence(%q: tensor<3x5xf64>, %p: tensor<3x5xf64>) -> tensor<f64> {
  %loss = tern.kl_div %q, %p : tensor<3x5xf64>, tensor<3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @divergence low 0.1 high 1.0
