// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products by oneDNN, for test/bench/peers. The weights of y and dx are in the layout that the library asks for, made
// before the clock starts; activations are row-major. Precisions: f32, bf16 (bf16 results), bf16f32 (bf16 in, f32 out).

#include "Driver.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <memory>

using namespace tern::bench;
using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

namespace {

class MatMul {
public:
  explicit MatMul(const Product &product) {
    bool isForward = product.form == "y", isWeightGradient = product.form == "dw";
    Type in = product.precision == "f32" ? Type::f32 : Type::bf16, out = product.precision == "bf16" ? Type::bf16 : Type::f32;
    long rows = isWeightGradient ? product.k : product.m, columns = isForward || isWeightGradient ? product.n : product.k;
    long depth = isForward ? product.k : isWeightGradient ? product.m : product.n;
    dnnl::memory::desc left({rows, depth}, in, isWeightGradient ? Tag::ba : Tag::ab);
    dnnl::memory::desc right({depth, columns}, in, isWeightGradient ? Tag::ab : Tag::any);
    dnnl::memory::desc result({rows, columns}, out, Tag::ab);
    dnnl::matmul::primitive_desc primitive(dnnl::matmul::desc(left, right, result), engine);
    source = filled(left);
    weights = filled({{depth, columns}, in, Tag::ab});
    if (primitive.weights_desc() != weights.get_desc()) {
      dnnl::memory packed(primitive.weights_desc(), engine);
      dnnl::reorder(weights, packed).execute(stream, weights, packed);
      stream.wait();
      weights = packed;
    }
    destination = dnnl::memory(result, engine);
    product_ = dnnl::matmul(primitive);
  }

  void run() {
    product_.execute(stream,
                     {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, destination}});
    stream.wait();
  }

private:
  dnnl::memory filled(const dnnl::memory::desc &desc) {
    dnnl::memory memory(desc, engine);
    std::vector<float> data = values(desc.get_size() / (desc.data_type() == Type::f32 ? 4 : 2));
    if (desc.data_type() == Type::f32)
      std::memcpy(memory.get_data_handle(), data.data(), desc.get_size());
    else
      std::memcpy(memory.get_data_handle(), bf16Values(data).data(), desc.get_size());
    return memory;
  }

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::memory source, weights, destination;
  dnnl::matmul product_;
};

} // namespace

int main() {
  return serve([](const Product &product) -> std::function<void()> {
    if (product.precision != "f32" && product.precision != "bf16" && product.precision != "bf16f32")
      return nullptr;
    auto work = std::make_shared<MatMul>(product);
    return [work] { work->run(); };
  });
}
