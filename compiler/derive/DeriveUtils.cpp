// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entry arguments and parameter tables.

#include "compiler/derive/DeriveUtils.h"

using namespace mlir;

namespace tern {

static DictionaryAttr single(MLIRContext *context, StringRef name, StringRef value) {
  Builder b(context);
  return b.getDictionaryAttr(b.getNamedAttr(name, b.getStringAttr(value)));
}

BlockArgument appendArgument(func::FuncOp function, Type type, StringRef attribute, StringRef value) {
  unsigned index = function.getNumArguments();
  (void)function.insertArgument(index, type, single(function.getContext(), attribute, value), function.getLoc());
  return function.getArgument(index);
}

SmallVector<Parameter> parametersOf(func::FuncOp function) {
  SmallVector<Parameter> parameters;
  for (unsigned index = 0; index < function.getNumArguments(); ++index)
    if (auto row = function.getArgAttrOfType<ParameterAttr>(index, "tern.parameter"))
      parameters.push_back({index, row});
  return parameters;
}

std::string variableName(StringRef kind, ParameterAttr row) { return (kind + ":" + row.getName().getValue()).str(); }

void nameVariables(func::FuncOp function) {
  for (Parameter parameter : parametersOf(function))
    function.setArgAttr(parameter.index, "tern.variable",
                        StringAttr::get(function.getContext(), variableName("parameter", parameter.row)));
}

void appendResult(func::FuncOp function, Value value, StringRef attribute, StringRef text) {
  Operation *terminator = function.getBody().front().getTerminator();
  terminator->insertOperands(terminator->getNumOperands(), value);
  (void)function.insertResult(function.getNumResults(), value.getType(), single(function.getContext(), attribute, text));
}

} // namespace tern
