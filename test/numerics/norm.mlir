// Norms against their formulas in f64, and their gradients.
// RUN: tern-run %s -O0
// RUN: tern-run %s -O3
// RUN: tern-run %s -O3 -threads=2

func.func @test_layer_norm() {
  %x = arith.constant dense<[[[-0.583, 1.111, -2.893, -1.794, 1.094], [2.468, 2.81, -2.308, 0.034, 1.549], [0.017, 1.114, -1.866, -2.577, -2.363]], [[-2.775, 0.31, 0.089, 0.412, -2.121], [-1.893, -1.777, 2.041, 2.942, 2.561], [-2.429, -2.628, 2.709, -0.228, 1.588]]]> : tensor<2x3x5xf64>
  %w = arith.constant dense<[-0.52, -0.099, 0.046, -0.21, 0.303]> : tensor<5xf64>
  %b = arith.constant dense<[-1.46, 0.603, 1.033, -0.956, -0.138]> : tensor<5xf64>
  %expected = arith.constant dense<[[[-1.4698741550277266, 0.49496914849280355, 0.9666152961982073, -0.7990199238188158, 0.18937950882024213], [-1.8920355939323672, 0.502684592288431, 0.9540156855594963, -0.8577942819583011, -0.0348066951830143], [-1.8732418236938972, 0.4494064081075221, 1.009803436225409, -0.747102615766917, -0.3946784700976898]], [[-0.7067630092523177, 0.5204580510247002, 1.0638319957829814, -1.1469355454369345, -0.43030472017001087], [-0.8148612061068686, 0.720483905098549, 1.0600867367508695, -1.1676483235727875, 0.11369191182920024], [-0.9133034422918331, 0.7163648762001252, 1.0959953753362752, -0.9529921342720257, 0.11691322811605154]]]> : tensor<2x3x5xf64>
  %y = tern.layer_norm %x weight %w bias %b : tensor<2x3x5xf64>, tensor<5xf64>, tensor<5xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x5xf64>
  return
}

func.func @test_rms_norm() {
  %x = arith.constant dense<[[[-0.583, 1.111, -2.893, -1.794, 1.094], [2.468, 2.81, -2.308, 0.034, 1.549], [0.017, 1.114, -1.866, -2.577, -2.363]], [[-2.775, 0.31, 0.089, 0.412, -2.121], [-1.893, -1.777, 2.041, 2.942, 2.561], [-2.429, -2.628, 2.709, -0.228, 1.588]]]> : tensor<2x3x5xf64>
  %w = arith.constant dense<[-0.52, -0.099, 0.046, -0.21, 0.303]> : tensor<5xf64>
  %expected = arith.constant dense<[[[0.17889399828520602, -0.06490424850703103, -0.07852901274508063, 0.2223133820885622, 0.19560674343441306], [-0.6158260901269519, -0.1334907274750785, -0.05094519412838037, -0.003426161235745572, 0.22521827696267183], [-0.004801520163959011, -0.059902766154115786, -0.04662254352868617, 0.29394102569340474, -0.3888954322028109]], [[0.9136192578881436, -0.019431029123068003, 0.002592070160633444, -0.05477916714655729, -0.40689486703545946], [0.4306698649448499, 0.07696852234009187, 0.0410763043400912, -0.27030401068737775, 0.3395023099369127], [0.5925469863460732, 0.1220541331757534, 0.05845999474026156, 0.02246187866663235, 0.22572780674084145]]]> : tensor<2x3x5xf64>
  %y = tern.rms_norm %x weight %w eps 1.0e-6 : tensor<2x3x5xf64>, tensor<5xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x3x5xf64>
  return
}

// A row without variance gives the bias.
func.func @test_constant_rows() {
  %x = arith.constant dense<3.0> : tensor<2x4xf64>
  %w = arith.constant dense<2.0> : tensor<4xf64>
  %b = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf64>
  %expected = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]]> : tensor<2x4xf64>
  %y = tern.layer_norm %x weight %w bias %b : tensor<2x4xf64>, tensor<4xf64>, tensor<4xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-14 : tensor<2x4xf64>
  return
}

// The variance is that of the centered values: nothing cancels.
func.func @test_layer_norm_far_from_zero_f32() {
  %x = arith.constant dense<[[1000.0, 1001.0, 1002.0, 1003.0]]> : tensor<1x4xf32>
  %w = arith.constant dense<1.0> : tensor<4xf32>
  %b = arith.constant dense<0.0> : tensor<4xf32>
  %expected = arith.constant dense<[[-1.3416354199689269, -0.447211806656309, 0.447211806656309, 1.3416354199689269]]> : tensor<1x4xf32>
  %y = tern.layer_norm %x weight %w bias %b : tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>
  check.almost_equal %y, %expected rtol 1.0e-5 : tensor<1x4xf32>
  return
}

func.func @weighted_layer_norm(%x: tensor<2x3x5xf64>, %weight: tensor<5xf64>, %bias: tensor<5xf64>, %w: tensor<2x3x5xf64>) -> tensor<f64> {
  %y = tern.layer_norm %x weight %weight bias %bias : tensor<2x3x5xf64>, tensor<5xf64>, tensor<5xf64>
  %p = tern.mul %y, %w : tensor<2x3x5xf64>, tensor<2x3x5xf64>
  %loss = tern.sum %p : tensor<2x3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_layer_norm

func.func @weighted_rms_norm(%x: tensor<2x3x5xf64>, %weight: tensor<5xf64>, %w: tensor<2x3x5xf64>) -> tensor<f64> {
  %y = tern.rms_norm %x weight %weight : tensor<2x3x5xf64>, tensor<5xf64>
  %p = tern.mul %y, %w : tensor<2x3x5xf64>, tensor<2x3x5xf64>
  %loss = tern.sum %p : tensor<2x3x5xf64>
  return %loss : tensor<f64>
}
check.gradient @weighted_rms_norm

// Wide enough that statistics, gradients and sums over rows share loops; no size is a multiple of a vector or of a task.
func.func @residual_norms(%x: tensor<67x37xf64>, %weight: tensor<37xf64>, %bias: tensor<37xf64>, %scale: tensor<37xf64>,
                          %w: tensor<67x37xf64>) -> tensor<f64> {
  %n = tern.layer_norm %x weight %weight bias %bias : tensor<67x37xf64>, tensor<37xf64>, tensor<37xf64>
  %h = tern.add %x, %n : tensor<67x37xf64>, tensor<67x37xf64>
  %r = tern.rms_norm %h weight %scale : tensor<67x37xf64>, tensor<37xf64>
  %s = tern.softmax %r : tensor<67x37xf64>
  %y = tern.add %h, %s : tensor<67x37xf64>, tensor<67x37xf64>
  %p = tern.mul %y, %w : tensor<67x37xf64>, tensor<67x37xf64>
  %loss = tern.sum %p : tensor<67x37xf64>
  return %loss : tensor<f64>
}
check.gradient @residual_norms

func.func @test_group_norm() {
  %x = arith.constant dense<[[[1.699, 1.794, 1.57, -1.666, 0.368, -0.305], [0.12, -1.479, -1.232, -0.222, -1.116, -0.18], [-1.901, -1.657, 0.84, -0.315, 0.051, 0.937]], [[-0.564, -1.77, 1.132, 0.356, 0.632, 0.484], [1.883, -0.549, 1.039, -0.525, 0.288, 0.642], [-0.742, -1.657, -0.104, 0.872, 0.362, -0.21]]]> : tensor<2x3x6xf64>
  %w = arith.constant dense<[0.57, -1.272, -1.286, -0.706, 1.263, -1.218]> : tensor<6xf64>
  %b = arith.constant dense<[-1.543, -1.606, -1.844, -0.898, 0.291, 1.283]> : tensor<6xf64>
  %expected = arith.constant dense<[[[-0.872030854881519, -3.1857180652485333, -3.2446820419922497, 0.4705845118160984, 1.4150547638312196, 1.338894023626079], [-1.4857363656801759, -0.34690919213811044, -0.7876425501335578, -0.9470883971239633, -1.1913472198024215, 1.1271742371636588], [-2.271232779438305, -0.19252239732795018, -2.6045539802303495, -0.8557839784733915, 0.8582963886210686, -0.7647537746645252]], [[-1.7420028474778269, 0.12552619294320522, -3.225471858874415, -0.9554490457743936, 1.236313389214539, 0.8070670517164399], [-0.5714260018570517, -1.17792231604795, -3.125099294128071, 0.547895785727807, 0.18619130345629978, 0.3419284589609606], [-1.82715310433132, 0.004895823151230827, -1.8914880951488082, -1.8359552126928222, 0.4120896591135954, 2.850144161667722]]]> : tensor<2x3x6xf64>
  %y = tern.group_norm %x weight %w bias %b groups 2 eps 1.0e-3 : tensor<2x3x6xf64>, tensor<6xf64>, tensor<6xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-13 : tensor<2x3x6xf64>
  return
}

// Running averages are used as they are.
func.func @test_batch_norm() {
  %x = arith.constant dense<[[[-0.677, -0.521, -0.846, -0.781], [1.11, 0.196, -0.966, -1.571], [1.135, 0.829, 1.314, -1.048]], [[0.182, 1.675, 0.371, 1.782], [-1.331, 1.9, -1.776, -0.335], [-1.907, 1.238, 0.749, 1.895]]]> : tensor<2x3x4xf64>
  %w = arith.constant dense<[1.22, 1.795, 0.154, 1.953]> : tensor<4xf64>
  %b = arith.constant dense<[0.996, -0.615, 1.898, -0.492]> : tensor<4xf64>
  %mean = arith.constant dense<[-1.227, -1.696, -0.136, -1.213]> : tensor<4xf64>
  %variance = arith.constant dense<[2.034, 2.102, 1.436, 1.8860000000000001]> : tensor<4xf64>
  %expected = arith.constant dense<[[[1.4663707565831965, 0.8393960392887854, 1.8067882715790837, 0.1221861800036469], [2.9946481056998735, 1.7268870692207503, 1.7913722048037177, -1.0009783621326516], [3.0160285946354732, 2.510404254641858, 2.084277473535674, -0.25741500069305145]], [[2.201004356410407, 3.5575694029297837, 1.9631328821259217, 3.766073169238247], [0.9070571660279048, 3.8360707721552956, 1.6873137540699963, 0.7562765417666715], [0.41445070095168435, 3.0166578547006786, 2.011693492468325, 3.9267283505817936]]]> : tensor<2x3x4xf64>
  %y = tern.batch_norm %x weight %w bias %b running %mean, %variance momentum 0.25 eps 1.0e-3 :
      tensor<2x3x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-13 : tensor<2x3x4xf64>
  return
}

// The variance that normalises is divided by n, the one that is remembered by n - 1.
func.func @test_batch_norm_in_training() {
  %x = arith.constant dense<[[[-0.677, -0.521, -0.846, -0.781], [1.11, 0.196, -0.966, -1.571], [1.135, 0.829, 1.314, -1.048]], [[0.182, 1.675, 0.371, 1.782], [-1.331, 1.9, -1.776, -0.335], [-1.907, 1.238, 0.749, 1.895]]]> : tensor<2x3x4xf64>
  %w = arith.constant dense<[1.22, 1.795, 0.154, 1.953]> : tensor<4xf64>
  %b = arith.constant dense<[0.996, -0.615, 1.898, -0.492]> : tensor<4xf64>
  %mean = arith.constant dense<[-1.227, -1.696, -0.136, -1.213]> : tensor<4xf64>
  %variance = arith.constant dense<[2.034, 2.102, 1.436, 1.8860000000000001]> : tensor<4xf64>
  %expected = arith.constant dense<[[[0.5443447773687833, -3.619845941578949, 1.8048846223761568, -1.6015125238035044], [2.4257151336438048, -2.088773190107595, 1.787790519395747, -2.737875826056877], [2.4520353680628735, -0.7370729785575719, 2.112578476023532, -1.985574551273948]], [[1.4487080320079793, 1.0694647449358243, 1.9782473167691457, 2.0851952530007933], [-0.14419255503405037, 1.549926905439387, 1.6724053242779813, -0.9599707101262835], [-0.7506107560493904, 0.1363004598689045, 2.0320937411574365, 2.24773835825982]]]> : tensor<2x3x4xf64>
  %expected_mean = arith.constant dense<[-0.9822500000000001, -1.0504583333333333, -0.15008333333333335, -0.9121666666666667]> : tensor<4xf64>
  %expected_variance = arith.constant dense<[1.9280481999999999, 1.7881809416666665, 1.4273166666666666, 1.9672259666666667]> : tensor<4xf64>
  %y, %m1, %v1 = tern.batch_norm %x weight %w bias %b running %mean, %variance momentum 0.25 eps 1.0e-3 training :
      tensor<2x3x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>
  check.almost_equal %y, %expected rtol 1.0e-12 atol 1.0e-13 : tensor<2x3x4xf64>
  check.almost_equal %m1, %expected_mean rtol 1.0e-12 : tensor<4xf64>
  check.almost_equal %v1, %expected_variance rtol 1.0e-12 : tensor<4xf64>
  return
}

func.func @grouped(%x: tensor<2x3x6xf64>, %w: tensor<6xf64>, %b: tensor<6xf64>, %v: tensor<2x3x6xf64>) -> tensor<f64> {
  %y = tern.group_norm %x weight %w bias %b groups 2 : tensor<2x3x6xf64>, tensor<6xf64>, tensor<6xf64>
  %p = tern.mul %y, %v : tensor<2x3x6xf64>, tensor<2x3x6xf64>
  %loss = tern.sum %p : tensor<2x3x6xf64>
  return %loss : tensor<f64>
}
check.gradient @grouped

func.func @batch_in_training(%x: tensor<5x3x4xf64>, %w: tensor<4xf64>, %b: tensor<4xf64>, %v: tensor<5x3x4xf64>) -> tensor<f64> {
  %one = arith.constant dense<1.0> : tensor<4xf64>
  %y, %m1, %v1 = tern.batch_norm %x weight %w bias %b running %one, %one training :
      tensor<5x3x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>
  %p = tern.mul %y, %v : tensor<5x3x4xf64>, tensor<5x3x4xf64>
  %loss = tern.sum %p : tensor<5x3x4xf64>
  return %loss : tensor<f64>
}
check.gradient @batch_in_training

// Outside of training x has its own slope in every channel.
func.func @batch(%x: tensor<5x4xf64>, %w: tensor<4xf64>, %b: tensor<4xf64>, %v: tensor<5x4xf64>) -> tensor<f64> {
  %mean = arith.constant dense<[0.5, -0.25, 1.0, 0.0]> : tensor<4xf64>
  %variance = arith.constant dense<[0.5, 2.0, 1.0, 0.25]> : tensor<4xf64>
  %y = tern.batch_norm %x weight %w bias %b running %mean, %variance :
      tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>
  %p = tern.mul %y, %v : tensor<5x4xf64>, tensor<5x4xf64>
  %loss = tern.sum %p : tensor<5x4xf64>
  return %loss : tensor<f64>
}
check.gradient @batch

func.func @batch_f32(%x: tensor<301x67xf32>, %w: tensor<67xf32>) -> (tensor<301x67xf32>, tensor<67xf32>, tensor<67xf32>) {
  %y, %m, %v = tern.batch_norm %x weight %w bias %w running %w, %w training :
      tensor<301x67xf32>, tensor<67xf32>, tensor<67xf32>, tensor<67xf32>, tensor<67xf32>
  return %y, %m, %v : tensor<301x67xf32>, tensor<67xf32>, tensor<67xf32>
}
check.deterministic @batch_f32 threads [1, 2, 3, 5]
