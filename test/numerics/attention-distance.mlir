// Scores that depend on how far a key is: alibi, windows, relative positions with their gradient; keys of other lengths.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 --mcpu=x86-64-v3

// Three heads: slopes 1/16, 1/256 and, of four heads the first, 1/4. Queries stand at 2, 3, 4.
func.func @test_alibi() {
  %q = arith.constant dense<[[[-0.529, -1.047, 0.453, -1.283, 0.108, -0.403], [-1.326, 0.022, -1.388, -0.199, -1.29, -1.228], [-0.226, 0.981, -1.129, -0.83, 0.382, 1.343]]]> : tensor<1x3x6xf64>
  %k = arith.constant dense<[[[0.231, -0.31, 1.429, -1.36, 1.075, -0.631], [-1.067, -1.147, -0.575, 0.948, -0.958, 0.245], [0.417, -0.383, 0.143, -1.312, -1.321, -0.882], [0.541, -0.217, -0.558, 0.257, -0.14, -0.601], [0.883, 0.597, -0.768, 0.223, 0.076, 1.125]]]> : tensor<1x5x6xf64>
  %v = arith.constant dense<[[[0.688, -0.636, 1.441, -1.146, -0.246, 0.771], [-1.044, -0.033, -1.382, 0.505, 0.794, 0.219], [1.126, -0.559, 0.586, 0.283, 0.24, -0.131], [1.02, 1.334, -0.078, 0.492, -1.318, 0.604], [0.441, 1.479, 0.966, -0.646, -0.343, 0.506]]]> : tensor<1x5x6xf64>
  %expected = arith.constant dense<[[[-0.264855995825371, -0.25622573910858243, 1.0125236997652907, -0.5470287242703615, 0.23655071156191035, 0.2297482028030453], [-0.16005256443632318, -0.012428012561830015, -0.2661511882870121, 0.3419000018839645, -0.036144154996105404, 0.10215319045543687], [0.5355612213062058, 0.5829512652941619, 0.3632980200938428, -0.030227359278018756, -0.286518577496056, 0.47444019140077975]]]> : tensor<1x3x6xf64>
  %o = tern.attention %q, %k, %v heads 3 causal alibi : tensor<1x3x6xf64>, tensor<1x5x6xf64>, tensor<1x5x6xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x3x6xf64>
  return
}

// Without causal, keys ahead are as far as keys behind; more queries than keys.
func.func @test_alibi_both_ways() {
  %q = arith.constant dense<[[[-1.432, -0.115, -0.996, -1.149], [-1.323, 0.805, -1.112, -0.757], [-0.327, 1.114, -1.258, -0.152], [0.148, 1.15, 0.958, 1.092]]]> : tensor<1x4x4xf64>
  %k = arith.constant dense<[[[-0.665, -0.254, -0.424, 1.153], [1.373, -1.047, -0.971, -0.804], [-0.8, -0.045, 0.267, -0.712]]]> : tensor<1x3x4xf64>
  %v = arith.constant dense<[[[-1.488, -0.243, -0.392, 0.199], [1.359, 0.571, 0.046, 0.353], [0.529, -1.338, 1.199, 0.84]]]> : tensor<1x3x4xf64>
  %expected = arith.constant dense<[[[-0.3717646700329744, -0.7074939124743558, 0.2981079919826236, 0.46231415766853023], [-0.28380939448085374, -0.7968287749094357, 0.24371756928080954, 0.44095523135801895], [-0.10071078276935658, -0.6890766326379627, 0.1356226573929561, 0.3992753280900361], [0.050437320187628504, -0.5372164632440672, 0.04706562046625823, 0.3736562378345948]]]> : tensor<1x4x4xf64>
  %o = tern.attention %q, %k, %v heads 2 alibi : tensor<1x4x4xf64>, tensor<1x3x4xf64>, tensor<1x3x4xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x4x4xf64>
  return
}

// The last two keys, of which padding takes some: the last query of row 1 sees none.
func.func @test_window() {
  %q = arith.constant dense<[[[1.124, 0.894, -0.323, -0.303], [-1.189, 0.403, -1.313, -1.298], [-0.874, -1.013, -0.48, -1.342], [-1.499, -1.046, -1.196, -0.409]], [[-1.423, 1.123, 0.342, -1.054], [-0.743, -0.458, -0.408, -1.131], [1.047, 1.479, -0.102, -0.048], [-1.242, -1.193, -0.472, -0.706]]]> : tensor<2x4x4xf64>
  %k = arith.constant dense<[[[0.987, -1.016], [-1.431, 1.353], [0.085, -1.06], [0.13, -1.419]], [[0.084, 1.436], [1.09, 0.589], [-0.717, -0.4], [-0.999, 0.816]]]> : tensor<2x4x2xf64>
  %v = arith.constant dense<[[[0.098, 0.837], [-0.511, -0.831], [0.935, 1.455], [1.058, 0.918]], [[0.955, 0.72], [-0.82, 0.053], [-0.433, -1.413], [-1.416, -0.662]]]> : tensor<2x4x2xf64>
  %expected = arith.constant dense<[[[0.098, 0.837, 0.098, 0.837], [-0.4729361797844678, -0.7267463840402172, -0.21724745436846535, -0.026436377482102147], [0.4840773712438633, 0.742130615949842, 0.7254860074358694, 1.1237766341621007], [1.0031719300135489, 1.1573713299408483, 0.9985216591211347, 1.1776737321296804]], [[0.955, 0.72, 0.955, 0.72], [0.17970975164655623, 0.4286655799145087, -0.10218252381050313, 0.32273760936247564], [-0.82, 0.053, -0.82, 0.053], [0.0, 0.0, 0.0, 0.0]]]> : tensor<2x4x4xf64>
  %n = arith.constant dense<[4, 2]> : tensor<2xi32>
  %o = tern.attention %q, %k, %v heads 2 kv_heads 1 causal window 2 lengths(%n : tensor<2xi32>) : tensor<2x4x4xf64>, tensor<2x4x2xf64>, tensor<2x4x2xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x4x4xf64>
  return
}

// Distances 0, 1 and 2 have a bucket each; 3 to 8 share three with all that is farther.
func.func @test_relative_causal() {
  %q = arith.constant dense<[[[-0.722, 0.578], [1.37, -0.158], [1.311, 1.464], [1.365, -0.406], [-0.839, -0.819], [-0.91, -0.887], [0.372, 1.201], [1.021, -0.062]]]> : tensor<1x8x2xf64>
  %k = arith.constant dense<[[[0.459, 0.899], [-1.246, 0.482], [1.229, 0.847], [0.75, -0.066], [-0.964, 0.867], [-0.502, 0.902], [1.415, -0.312], [-0.296, 1.34]]]> : tensor<1x8x2xf64>
  %v = arith.constant dense<[[[0.674, -0.99], [-1.119, -1.047], [1.215, 0.92], [-1.061, 0.98], [1.441, 0.472], [-0.449, 0.146], [-1.107, -1.457], [1.413, 0.449]]]> : tensor<1x8x2xf64>
  %expected = arith.constant dense<[[[0.674, -0.99], [0.470741836030137, -1.0220705173463576], [0.9277024984428952, 0.17908489672095318], [0.24913877603092727, 0.7447772304463792], [0.5277888791998753, 0.6091637733790778], [-0.08828318144581038, 0.13480675757147664], [0.09587981847380533, -0.29491093800490337], [-0.20064034362369443, -0.27812579880097876]]]> : tensor<1x8x2xf64>
  %table = arith.constant dense<[[0.08, 1.301], [-0.199, 1.115], [0.978, -0.867], [-0.744, -0.621], [-0.778, 0.259], [-0.722, -0.243]]> : tensor<6x2xf64>
  %o = tern.attention %q, %k, %v heads 2 causal scale 1.0 relative(%table : tensor<6x2xf64>) max_distance 9 : tensor<1x8x2xf64>, tensor<1x8x2xf64>, tensor<1x8x2xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<1x8x2xf64>
  return
}

// Keys ahead and behind, other lengths than queries, padding.
func.func @test_relative_cross() {
  %q = arith.constant dense<[[[-1.107, 1.23], [-0.439, -0.126], [0.25, 1.213]], [[-0.238, 1.253], [0.005, 0.095], [0.071, -1.444]]]> : tensor<2x3x2xf64>
  %k = arith.constant dense<[[[-0.18, -0.951], [-1.488, 0.898], [-0.983, -0.08], [0.676, 0.169], [-0.522, 0.055], [0.166, 0.853], [-1.182, 0.181]], [[-0.755, -0.669], [0.817, 0.023], [0.185, 0.78], [1.237, -0.17], [0.338, 0.017], [0.036, 0.578], [-0.143, 0.1]]]> : tensor<2x7x2xf64>
  %v = arith.constant dense<[[[-0.066, 1.325], [0.598, 1.13], [1.327, -0.721], [0.179, 1.33], [1.02, -1.089], [-1.135, -0.174], [-1.282, -0.778]], [[-1.281, 0.508], [0.852, 1.191], [-1.037, 0.648], [0.481, -1.071], [1.148, 1.403], [-0.841, 1.358], [-0.305, -0.038]]]> : tensor<2x7x2xf64>
  %expected = arith.constant dense<[[[-0.06389139213227008, 0.1821721891599456], [0.20601932493438616, 0.3449382784143159], [0.4479950716152027, 0.05988426091868561]], [[-0.9115233336818318, 0.5183624456378428], [0.3504243599677981, 0.7179630769603358], [-0.6930147545525178, 0.2724198725530201]]]> : tensor<2x3x2xf64>
  %table = arith.constant dense<[[1.47, 0.997], [-1.016, -0.205], [0.047, -0.483], [-0.913, -0.544], [0.666, -1.442], [0.162, -0.179], [-1.446, -0.506], [0.372, 0.037]]> : tensor<8x2xf64>
  %n = arith.constant dense<[7, 4]> : tensor<2xi32>
  %o = tern.attention %q, %k, %v heads 2 lengths(%n : tensor<2xi32>) relative(%table : tensor<8x2xf64>) max_distance 5 : tensor<2x3x2xf64>, tensor<2x7x2xf64>, tensor<2x7x2xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x2xf64>
  return
}

// Queries of a cache: rows stand at 1 and 4.
func.func @test_relative_position() {
  %q = arith.constant dense<[[[-1.307, 1.455], [0.865, 1.415]], [[-1.186, -0.703], [-1.381, 0.837]]]> : tensor<2x2x2xf64>
  %k = arith.constant dense<[[[-0.689, -1.111], [-0.233, 1.234], [0.957, -0.724], [-1.052, 1.258], [0.212, 0.601], [-1.232, -1.327]], [[0.565, -0.224], [-1.283, 1.315], [0.403, 0.905], [-1.249, 1.069], [-1.3, 1.088], [-0.139, -0.483]]]> : tensor<2x6x2xf64>
  %v = arith.constant dense<[[[0.159, 1.28], [-0.696, -1.112], [0.081, -0.785], [-1.172, -1.016], [-1.349, -0.895], [-0.564, -0.585]], [[0.778, -0.63], [0.0, -0.966], [-0.459, -1.446], [-0.749, -1.454], [0.699, 0.153], [-0.932, -0.076]]]> : tensor<2x6x2xf64>
  %expected = arith.constant dense<[[[-0.2155512332182832, -0.9191609008766173], [-0.06416704350041211, -0.8522151288681842]], [[0.10502714787846018, -1.0556415562942962], [0.08885113263579036, -1.0703898030512748]]]> : tensor<2x2x2xf64>
  %table = arith.constant dense<[[1.304, -1.181], [0.957, -0.203], [-0.015, 1.004], [-0.321, 0.02]]> : tensor<4x2xf64>
  %p = arith.constant dense<[1, 4]> : tensor<2xi32>
  %o = tern.attention %q, %k, %v heads 2 causal position(%p : tensor<2xi32>) relative(%table : tensor<4x2xf64>) max_distance 4 : tensor<2x2x2xf64>, tensor<2x6x2xf64>, tensor<2x6x2xf64>
  check.almost_equal %o, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x2x2xf64>
  return
}

// Many blocks of keys, queries that fill no tile: dropped keys are as good as absent, and so is what a window hides.
func.func @test_window_of_blocks() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [2, 301, 32] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [2, 301, 16] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [2, 301, 16] key %key_v : f32
  %o = tern.attention %q, %k, %v heads 4 kv_heads 2 causal window 37 : tensor<2x301x32xf32>, tensor<2x301x16xf32>, tensor<2x301x16xf32>
  %q1 = tern.slice %q offsets [0, 250, 0] sizes [2, 51, 32] : tensor<2x301x32xf32>
  %k1 = tern.slice %k offsets [0, 214, 0] sizes [2, 87, 16] : tensor<2x301x16xf32>
  %v1 = tern.slice %v offsets [0, 214, 0] sizes [2, 87, 16] : tensor<2x301x16xf32>
  %late = tern.attention %q1, %k1, %v1 heads 4 kv_heads 2 causal window 37 : tensor<2x51x32xf32>, tensor<2x87x16xf32>, tensor<2x87x16xf32>
  %o1 = tern.slice %o offsets [0, 250, 0] sizes [2, 51, 32] : tensor<2x301x32xf32>
  check.almost_equal %o1, %late rtol 1.0e-5 atol 1.0e-6 : tensor<2x51x32xf32>
  // The last query alone, against the keys of its window.
  %q2 = tern.slice %q offsets [0, 300, 0] sizes [2, 1, 32] : tensor<2x301x32xf32>
  %k2 = tern.slice %k offsets [0, 264, 0] sizes [2, 37, 16] : tensor<2x301x16xf32>
  %v2 = tern.slice %v offsets [0, 264, 0] sizes [2, 37, 16] : tensor<2x301x16xf32>
  %last = tern.attention %q2, %k2, %v2 heads 4 kv_heads 2 : tensor<2x1x32xf32>, tensor<2x37x16xf32>, tensor<2x37x16xf32>
  %o2 = tern.slice %o offsets [0, 300, 0] sizes [2, 1, 32] : tensor<2x301x32xf32>
  check.almost_equal %o2, %last rtol 1.0e-5 atol 1.0e-6 : tensor<2x1x32xf32>
  return
}

// One query of a cache computes what its row of the whole does, whatever lies behind it: few queries take another way.
func.func @test_steps() {
  %key_q = arith.constant dense<6364136223846793005> : tensor<i64>
  %q = tern.normal [2, 600, 32] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [2, 600, 16] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [2, 600, 16] key %key_v : f32
  %key_t = arith.constant dense<5871781006564002453> : tensor<i64>
  %t = tern.normal [8, 4] key %key_t : f32
  %p = arith.constant dense<[411, 597]> : tensor<2xi32>
  %q0 = tern.slice %q offsets [0, 411, 0] sizes [1, 2, 32] : tensor<2x600x32xf32>
  %q1 = tern.slice %q offsets [1, 597, 0] sizes [1, 2, 32] : tensor<2x600x32xf32>
  %qs = tern.concat %q0, %q1 dim 0 : tensor<1x2x32xf32>, tensor<1x2x32xf32>
  %a = tern.attention %q, %k, %v heads 4 kv_heads 2 causal window 300 alibi : tensor<2x600x32xf32>, tensor<2x600x16xf32>, tensor<2x600x16xf32>
  %a0 = tern.slice %a offsets [0, 411, 0] sizes [1, 2, 32] : tensor<2x600x32xf32>
  %a1 = tern.slice %a offsets [1, 597, 0] sizes [1, 2, 32] : tensor<2x600x32xf32>
  %a_rows = tern.concat %a0, %a1 dim 0 : tensor<1x2x32xf32>, tensor<1x2x32xf32>
  %a_step = tern.attention %qs, %k, %v heads 4 kv_heads 2 causal window 300 alibi position(%p : tensor<2xi32>) : tensor<2x2x32xf32>, tensor<2x600x16xf32>, tensor<2x600x16xf32>
  check.almost_equal %a_step, %a_rows rtol 1.0e-5 atol 2.0e-6 : tensor<2x2x32xf32>
  %b = tern.attention %q, %k, %v heads 4 kv_heads 2 causal relative(%t : tensor<8x4xf32>) max_distance 100 : tensor<2x600x32xf32>, tensor<2x600x16xf32>, tensor<2x600x16xf32>
  %b0 = tern.slice %b offsets [0, 411, 0] sizes [1, 2, 32] : tensor<2x600x32xf32>
  %b1 = tern.slice %b offsets [1, 597, 0] sizes [1, 2, 32] : tensor<2x600x32xf32>
  %b_rows = tern.concat %b0, %b1 dim 0 : tensor<1x2x32xf32>, tensor<1x2x32xf32>
  %b_step = tern.attention %qs, %k, %v heads 4 kv_heads 2 causal position(%p : tensor<2xi32>) relative(%t : tensor<8x4xf32>) max_distance 100 : tensor<2x2x32xf32>, tensor<2x600x16xf32>, tensor<2x600x16xf32>
  check.almost_equal %b_step, %b_rows rtol 1.0e-5 atol 2.0e-6 : tensor<2x2x32xf32>
  %c = tern.attention %q, %k, %v heads 4 kv_heads 2 causal window 150 relative(%t : tensor<8x4xf32>) : tensor<2x600x32xf32>, tensor<2x600x16xf32>, tensor<2x600x16xf32>
  %c0 = tern.slice %c offsets [0, 411, 0] sizes [1, 2, 32] : tensor<2x600x32xf32>
  %c1 = tern.slice %c offsets [1, 597, 0] sizes [1, 2, 32] : tensor<2x600x32xf32>
  %c_rows = tern.concat %c0, %c1 dim 0 : tensor<1x2x32xf32>, tensor<1x2x32xf32>
  %c_step = tern.attention %qs, %k, %v heads 4 kv_heads 2 causal window 150 position(%p : tensor<2xi32>) relative(%t : tensor<8x4xf32>) : tensor<2x2x32xf32>, tensor<2x600x16xf32>, tensor<2x600x16xf32>
  check.almost_equal %c_step, %c_rows rtol 1.0e-5 atol 2.0e-6 : tensor<2x2x32xf32>
  return
}

// Factors of bf16 come in pairs of rows, whose windows start at different keys.
func.func @test_pairs() {
  %key_q = arith.constant dense<5871781006564002453> : tensor<i64>
  %q = tern.normal [1, 77, 32] key %key_q : f32
  %key_k = arith.constant dense<7640891576956012809> : tensor<i64>
  %k = tern.normal [1, 77, 32] key %key_k : f32
  %key_v = arith.constant dense<3916889542861472343> : tensor<i64>
  %v = tern.normal [1, 77, 32] key %key_v : f32
  %key_g = arith.constant dense<6364136223846793005> : tensor<i64>
  %g = tern.normal [1, 77, 32] key %key_g : f32
  %key_t = arith.constant dense<5871781006564002499> : tensor<i64>
  %t = tern.normal [8, 2] key %key_t : f32
  %qn = arith.truncf %q : tensor<1x77x32xf32> to tensor<1x77x32xbf16>
  %kn = arith.truncf %k : tensor<1x77x32xf32> to tensor<1x77x32xbf16>
  %vn = arith.truncf %v : tensor<1x77x32xf32> to tensor<1x77x32xbf16>
  %gn = arith.truncf %g : tensor<1x77x32xf32> to tensor<1x77x32xbf16>
  %qw = arith.extf %qn : tensor<1x77x32xbf16> to tensor<1x77x32xf32>
  %kw = arith.extf %kn : tensor<1x77x32xbf16> to tensor<1x77x32xf32>
  %vw = arith.extf %vn : tensor<1x77x32xbf16> to tensor<1x77x32xf32>
  %gw = arith.extf %gn : tensor<1x77x32xbf16> to tensor<1x77x32xf32>
  %on, %ln = tern.attention %qn, %kn, %vn heads 2 causal window 11 relative(%t : tensor<8x2xf32>) max_distance 10 statistics : tensor<1x77x32xbf16>, tensor<1x77x32xbf16>, tensor<1x77x32xbf16>
  %o, %l = tern.attention %qw, %kw, %vw heads 2 causal window 11 relative(%t : tensor<8x2xf32>) max_distance 10 statistics : tensor<1x77x32xf32>, tensor<1x77x32xf32>, tensor<1x77x32xf32>
  %n:4 = tern.attention_grad %qn, %kn, %vn, %on, %ln, %gn heads 2 kv_heads 2 causal window 11 scale 0.25 relative(%t : tensor<8x2xf32>) max_distance 10 : tensor<1x77x32xbf16>, tensor<1x77x32xbf16>, tensor<1x77x32xbf16>, tensor<1x77x32xbf16>, tensor<1x2x77xf32>, tensor<1x77x32xbf16>
  %w:4 = tern.attention_grad %qw, %kw, %vw, %o, %l, %gw heads 2 kv_heads 2 causal window 11 scale 0.25 relative(%t : tensor<8x2xf32>) max_distance 10 : tensor<1x77x32xf32>, tensor<1x77x32xf32>, tensor<1x77x32xf32>, tensor<1x77x32xf32>, tensor<1x2x77xf32>, tensor<1x77x32xf32>
  %oe = arith.extf %on : tensor<1x77x32xbf16> to tensor<1x77x32xf32>
  check.almost_equal %oe, %o rtol 2.0e-2 atol 2.0e-2 : tensor<1x77x32xf32>
  check.almost_equal %ln, %l rtol 1.0e-5 atol 1.0e-5 : tensor<1x2x77xf32>
  %dq = arith.extf %n#0 : tensor<1x77x32xbf16> to tensor<1x77x32xf32>
  check.almost_equal %dq, %w#0 rtol 3.0e-2 atol 3.0e-2 : tensor<1x77x32xf32>
  %dk = arith.extf %n#1 : tensor<1x77x32xbf16> to tensor<1x77x32xf32>
  check.almost_equal %dk, %w#1 rtol 3.0e-2 atol 3.0e-2 : tensor<1x77x32xf32>
  %dv = arith.extf %n#2 : tensor<1x77x32xbf16> to tensor<1x77x32xf32>
  check.almost_equal %dv, %w#2 rtol 3.0e-2 atol 3.0e-2 : tensor<1x77x32xf32>
  check.almost_equal %n#3, %w#3 rtol 2.0e-2 atol 1.0e-1 : tensor<8x2xf32>
  return
}

func.func @weighted_cross(%q: tensor<2x3x4xf64>, %k: tensor<2x5x2xf64>, %v: tensor<2x5x2xf64>, %w: tensor<2x3x4xf64>) -> tensor<f64> {
  %n = arith.constant dense<[5, 2]> : tensor<2xi32>
  %y = tern.attention %q, %k, %v heads 2 kv_heads 1 lengths(%n : tensor<2xi32>) : tensor<2x3x4xf64>, tensor<2x5x2xf64>, tensor<2x5x2xf64>
  %p = tern.mul %y, %w : tensor<2x3x4xf64>, tensor<2x3x4xf64>
  %loss = tern.sum %p : tensor<2x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_cross

func.func @weighted_alibi(%q: tensor<2x3x8xf64>, %k: tensor<2x5x4xf64>, %v: tensor<2x5x4xf64>, %w: tensor<2x3x8xf64>) -> tensor<f64> {
  %n = arith.constant dense<[5, 3]> : tensor<2xi32>
  %y = tern.attention %q, %k, %v heads 4 kv_heads 2 causal alibi lengths(%n : tensor<2xi32>) : tensor<2x3x8xf64>, tensor<2x5x4xf64>, tensor<2x5x4xf64>
  %p = tern.mul %y, %w : tensor<2x3x8xf64>, tensor<2x3x8xf64>
  %loss = tern.sum %p : tensor<2x3x8xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_alibi

func.func @weighted_window(%q: tensor<2x7x4xf64>, %k: tensor<2x7x4xf64>, %v: tensor<2x7x4xf64>, %w: tensor<2x7x4xf64>) -> tensor<f64> {
  %y = tern.attention %q, %k, %v heads 2 causal window 3 : tensor<2x7x4xf64>, tensor<2x7x4xf64>, tensor<2x7x4xf64>
  %p = tern.mul %y, %w : tensor<2x7x4xf64>, tensor<2x7x4xf64>
  %loss = tern.sum %p : tensor<2x7x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_window

func.func @weighted_relative(%q: tensor<2x8x4xf64>, %k: tensor<2x8x4xf64>, %v: tensor<2x8x4xf64>, %t: tensor<6x2xf64>, %w: tensor<2x8x4xf64>) -> tensor<f64> {
  %y = tern.attention %q, %k, %v heads 2 causal scale 1.0 relative(%t : tensor<6x2xf64>) max_distance 9 : tensor<2x8x4xf64>, tensor<2x8x4xf64>, tensor<2x8x4xf64>
  %p = tern.mul %y, %w : tensor<2x8x4xf64>, tensor<2x8x4xf64>
  %loss = tern.sum %p : tensor<2x8x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_relative

func.func @weighted_relative_both_ways(%q: tensor<2x5x8xf64>, %k: tensor<2x6x4xf64>, %v: tensor<2x6x4xf64>, %t: tensor<8x4xf64>, %w: tensor<2x5x8xf64>) -> tensor<f64> {
  %n = arith.constant dense<[6, 4]> : tensor<2xi32>
  %key = arith.constant dense<5871781006564002453> : tensor<i64>
  %y = tern.attention %q, %k, %v heads 4 kv_heads 2 dropout 0.3 lengths(%n : tensor<2xi32>) relative(%t : tensor<8x4xf64>) max_distance 5 key %key : tensor<2x5x8xf64>, tensor<2x6x4xf64>, tensor<2x6x4xf64>
  %p = tern.mul %y, %w : tensor<2x5x8xf64>, tensor<2x5x8xf64>
  %loss = tern.sum %p : tensor<2x5x8xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_relative_both_ways

func.func @weighted_relative_window(%q: tensor<2x9x4xf64>, %k: tensor<2x9x4xf64>, %v: tensor<2x9x4xf64>, %t: tensor<6x2xf64>, %w: tensor<2x9x4xf64>) -> tensor<f64> {
  %n = arith.constant dense<[9, 6]> : tensor<2xi32>
  %y = tern.attention %q, %k, %v heads 2 causal window 4 lengths(%n : tensor<2xi32>) relative(%t : tensor<6x2xf64>) max_distance 7 : tensor<2x9x4xf64>, tensor<2x9x4xf64>, tensor<2x9x4xf64>
  %p = tern.mul %y, %w : tensor<2x9x4xf64>, tensor<2x9x4xf64>
  %loss = tern.sum %p : tensor<2x9x4xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_relative_window

func.func @relative_gradients(%q: tensor<3x137x32xf32>, %k: tensor<3x137x16xf32>, %t: tensor<8x4xf32>) -> (tensor<3x137x32xf32>, tensor<3x137x16xf32>, tensor<8x4xf32>) {
  %o, %l = tern.attention %q, %k, %k heads 4 kv_heads 2 relative(%t : tensor<8x4xf32>) statistics : tensor<3x137x32xf32>, tensor<3x137x16xf32>, tensor<3x137x16xf32>
  %r:4 = tern.attention_grad %q, %k, %k, %o, %l, %q heads 4 kv_heads 2 scale 0.5 relative(%t : tensor<8x4xf32>) : tensor<3x137x32xf32>,
      tensor<3x137x16xf32>, tensor<3x137x16xf32>, tensor<3x137x32xf32>, tensor<3x4x137xf32>, tensor<3x137x32xf32>
  return %r#0, %r#1, %r#3 : tensor<3x137x32xf32>, tensor<3x137x16xf32>, tensor<8x4xf32>
}
check.deterministic @relative_gradients threads [1, 2, 3, 5]
