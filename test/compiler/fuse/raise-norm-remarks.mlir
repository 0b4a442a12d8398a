// Something over its root mean square that is no norm says what is missing. Other products and quotients say nothing.
// RUN: tern-opt %s --tern-raise-norm --remarks=raise-norm --verify-diagnostics --mlir-print-op-on-diagnostic=false -o %t

func.func @raised(%x: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tern.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32>
  %mean = tern.mean %square dims [-1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %mean, %eps : tensor<4x1xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<4x1xf32>
  %n = tern.mul %r, %x : tensor<4x1xf32>, tensor<4x8xf32>
  // expected-remark @+1 {{[passed] raise-norm: raised: tern.mul became tern.rms_norm}}
  %y = tern.mul %n, %w : tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}

func.func @no_mean(%x: tensor<4x8xf32>, %s: tensor<f32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %root = tern.sqrt %s : tensor<f32>
  %n = tern.div %x, %root : tensor<4x8xf32>, tensor<f32>
  %y = tern.mul %n, %w : tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}

func.func @no_eps(%x: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %square = tern.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32>
  %mean = tern.mean %square dims [-1] keep_dims : tensor<4x8xf32>
  %root = tern.sqrt %mean : tensor<4x1xf32>
  // expected-remark @+1 {{[missed] raise-norm: not raised: no constant eps > 0 is added to the mean under the root}}
  %n = tern.div %x, %root : tensor<4x8xf32>, tensor<4x1xf32>
  %y = tern.mul %n, %w : tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}

func.func @over_the_first_dimension(%x: tensor<8x8xf32>, %w: tensor<8xf32>) -> tensor<8x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tern.mul %x, %x : tensor<8x8xf32>, tensor<8x8xf32>
  %mean = tern.mean %square dims [0] keep_dims : tensor<8x8xf32>
  %shifted = tern.add %mean, %eps : tensor<1x8xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<1x8xf32>
  // expected-remark @+1 {{the mean is not over the last dimension alone, kept with extent 1}}
  %n = tern.mul %x, %r : tensor<8x8xf32>, tensor<1x8xf32>
  %y = tern.mul %n, %w : tensor<8x8xf32>, tensor<8xf32>
  return %y : tensor<8x8xf32>
}

func.func @no_square(%x: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %power = tern.exp %x : tensor<4x8xf32>
  %mean = tern.mean %power dims [-1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %mean, %eps : tensor<4x1xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<4x1xf32>
  // expected-remark @+1 {{the mean is not of a square, written s * s}}
  %n = tern.mul %x, %r : tensor<4x8xf32>, tensor<4x1xf32>
  %y = tern.mul %n, %w : tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}

func.func @square_of_another(%x: tensor<4x8xf32>, %z: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tern.mul %z, %z : tensor<4x8xf32>, tensor<4x8xf32>
  %mean = tern.mean %square dims [-1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %mean, %eps : tensor<4x1xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<4x1xf32>
  // expected-remark @+1 {{what is scaled is not what was squared}}
  %n = tern.mul %x, %r : tensor<4x8xf32>, tensor<4x1xf32>
  %y = tern.mul %n, %w : tensor<4x8xf32>, tensor<8xf32>
  return %y : tensor<4x8xf32>
}

func.func @no_weight(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tern.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32>
  %mean = tern.mean %square dims [-1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %mean, %eps : tensor<4x1xf32>, tensor<f32>
  %r = tern.rsqrt %shifted : tensor<4x1xf32>
  // expected-remark @+1 {{no weight over the last dimension multiplies it}}
  %n = tern.mul %x, %r : tensor<4x8xf32>, tensor<4x1xf32>
  return %n : tensor<4x8xf32>
}

func.func @no_bias(%x: tensor<4x8xf32>, %w: tensor<8xf32>) -> tensor<4x8xf32> {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %mean = tern.mean %x dims [1] keep_dims : tensor<4x8xf32>
  %c = tern.sub %x, %mean : tensor<4x8xf32>, tensor<4x1xf32>
  %square = tern.mul %c, %c : tensor<4x8xf32>, tensor<4x8xf32>
  %variance = tern.mean %square dims [1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %eps, %variance : tensor<f32>, tensor<4x1xf32>
  %deviation = tern.sqrt %shifted : tensor<4x1xf32>
  // expected-remark @+1 {{the mean is subtracted, as in a layer norm, but no bias over the last dimension is added}}
  %n = tern.div %c, %deviation : tensor<4x8xf32>, tensor<4x1xf32>
  %y = tern.mul %w, %n : tensor<8xf32>, tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

func.func @read_before_the_bias(%x: tensor<4x8xf32>, %w: tensor<8xf32>, %b: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %eps = arith.constant dense<1.0e-5> : tensor<f32>
  %mean = tern.mean %x dims [1] keep_dims : tensor<4x8xf32>
  %c = tern.sub %x, %mean : tensor<4x8xf32>, tensor<4x1xf32>
  %square = tern.mul %c, %c : tensor<4x8xf32>, tensor<4x8xf32>
  %variance = tern.mean %square dims [1] keep_dims : tensor<4x8xf32>
  %shifted = tern.add %eps, %variance : tensor<f32>, tensor<4x1xf32>
  %deviation = tern.sqrt %shifted : tensor<4x1xf32>
  // expected-remark @+1 {{somebody else reads the value before the bias is added}}
  %n = tern.div %c, %deviation : tensor<4x8xf32>, tensor<4x1xf32>
  %scaled = tern.mul %w, %n : tensor<8xf32>, tensor<4x8xf32>
  %y = tern.add %scaled, %b : tensor<4x8xf32>, tensor<8xf32>
  return %y, %scaled : tensor<4x8xf32>, tensor<4x8xf32>
}
