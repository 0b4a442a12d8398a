// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Averaging: an op that keeps running averages while a model is trained, and uses them when it is not.

#ifndef TERN_AVERAGING_TD
#define TERN_AVERAGING_TD

include "mlir/IR/OpBase.td"

def Tern_Averaging : OpInterface<"Averaging"> {
  let cppNamespace = "::tern";
  let description = [{
    Running averages are parameters that are not trained. In a model file the op reads them; `track-averages` gives it its form
    for training in the program that trains, and makes the new averages results of that program.
    ```c++
    void printAverages(mlir::func::FuncOp function) {
      function.walk([&](tern::Averaging op) {
        for (auto [before, after] : op.getAverages())
          llvm::outs() << before << " becomes " << after << "\n";
      });
    }
    ```
  }];
  let methods = [
    InterfaceMethod<"Each running average and its new value; none unless in the form for training.",
      "::llvm::SmallVector<std::pair<::mlir::Value, ::mlir::Value>>", "getAverages", (ins)>,
    InterfaceMethod<"Replaces the op by its form for training, which is returned.",
      "::mlir::Operation *", "makeTraining", (ins "::mlir::OpBuilder &":$b)>,
  ];
}

#endif // TERN_AVERAGING_TD
