// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The graph of a model as it is written: ops, the values between them, and what later passes know of shapes and
// parameters.

#ifndef TERN_COMPILER_TOOLS_MODELGRAPH_H
#define TERN_COMPILER_TOOLS_MODELGRAPH_H

#include "compiler/tools/Origins.h"

#include "llvm/Support/JSON.h"

namespace tern {

class ModelGraph {
public:
  /// Of @forward, or of the first function with a body, of a module that has just been read.
  ModelGraph(mlir::ModuleOp model, const Origins &origins);

  /// Adds shapes and parameters of the same function after parameters became arguments and sizes became numbers.
  void specialize(mlir::ModuleOp module);

  /// {"function", "nodes": [{"id", "op", "name", "label", "type", "inputs", "params", "body"?, "repeat"?}]}
  llvm::json::Value json() const;

private:
  struct Param {
    std::string name, type;
  };
  struct Node {
    int op = -1; // index of Origins::ops, or -1 for an input
    std::string name, label, type;
    std::vector<unsigned> inputs;
    std::vector<Param> params;
    std::vector<unsigned> body;
    bool hasBody = false;
    int64_t repeat = 0; // of a body
  };
  using ValueNodes = llvm::DenseMap<mlir::Value, unsigned>;

  unsigned add(std::string name, std::string label, mlir::Type type, int op);
  void addBlock(mlir::Block &block, ValueNodes &values, std::vector<unsigned> &into);
  void addArguments(mlir::Block &block, ValueNodes &values, std::vector<unsigned> &into, mlir::ValueRange starts);
  llvm::json::Value jsonOf(unsigned node) const;

  const Origins &origins;
  std::string function;
  std::vector<Node> nodes;
  std::vector<unsigned> top;
  llvm::DenseMap<unsigned, unsigned> nodeOfOp;
};

} // namespace tern

#endif // TERN_COMPILER_TOOLS_MODELGRAPH_H
