// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products by OpenBLAS, for test/bench/peers. It packs both operands inside of every call; only f32.

#include "Driver.h"

#include <cblas.h>

#include <memory>

using namespace tern::bench;

namespace {

struct Gemm {
  explicit Gemm(const Product &product)
      : product(product), x(values(size_t(product.m * product.k))), w(values(size_t(product.k * product.n))),
        y(values(size_t(product.m * product.n))) {}

  void run() {
    int m = int(product.m), n = int(product.n), k = int(product.k);
    if (product.form == "y")
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, x.data(), k, w.data(), n, 0, y.data(), n);
    else if (product.form == "dx")
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, k, n, 1, y.data(), n, w.data(), n, 0, x.data(), k);
    else
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, k, n, m, 1, x.data(), k, y.data(), n, 0, w.data(), n);
  }

  Product product;
  std::vector<float> x, w, y; // (M, K), (K, N), (M, N)
};

} // namespace

int main() {
  return serve([](const Product &product) -> std::function<void()> {
    if (product.precision != "f32")
      return nullptr;
    auto work = std::make_shared<Gemm>(product);
    return [work] { work->run(); };
  });
}
