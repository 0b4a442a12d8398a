// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Iterative: an op that runs its body several times and carries values from one iteration to the next.

#ifndef TERN_ITERATIVE_TD
#define TERN_ITERATIVE_TD

include "mlir/IR/OpBase.td"

def Tern_Iterative : OpInterface<"Iterative"> {
  let cppNamespace = "::tern";
  let description = [{
    A repeat over layers or a scan over time. Carried values start as the inits, go from one iteration to the next and leave
    as the first results. Stacked operands are read slice by slice; what the body yields beyond the carried values is stacked
    to the other results. The body takes the number of the iteration, the carried values, then the slices. Who derives a
    program that does one iteration at a time finds its state here:
    ```c++
    void printState(tern::Iterative loop) {
      for (auto [start, end] : llvm::zip_equal(loop.getInits(), loop.getCarriedResults()))
        llvm::outs() << "starts as " << start << ", ends as " << end << "\n";
    }
    ```
  }];
  let methods = [
    InterfaceMethod<"What the carried values start as.", "::mlir::OperandRange", "getInits", (ins)>,
    InterfaceMethod<"What is read slice by slice.", "::mlir::OperandRange", "getStacked", (ins)>,
    InterfaceMethod<"The number of iterations, or -1 while it is not known.", "int64_t", "getTripCount", (ins)>,
    InterfaceMethod<"What an iteration is called in messages: layer, step.", "::llvm::StringRef", "getIterationName", (ins)>,
    InterfaceMethod<"The type of one slice of a stacked operand.", "::mlir::Type", "getSliceType",
                    (ins "::mlir::Type":$stacked)>,
    InterfaceMethod<"The type of a result that stacks values of this type.", "::mlir::Type", "getStackType",
                    (ins "::mlir::Type":$slice)>,
    InterfaceMethod<"The number of the iteration, in the body.", "::mlir::BlockArgument", "getIndex", (ins), "",
                    "return $_op->getRegion(0).getArgument(0);">,
    InterfaceMethod<"The carried values in the body.", "::mlir::MutableArrayRef<::mlir::BlockArgument>",
                    "getCarriedArguments", (ins), "",
                    "return $_op->getRegion(0).getArguments().slice(1, $_op.getInits().size());">,
    InterfaceMethod<"The slices in the body.", "::mlir::MutableArrayRef<::mlir::BlockArgument>", "getSliceArguments",
                    (ins), "", "return $_op->getRegion(0).getArguments().drop_front(1 + $_op.getInits().size());">,
    InterfaceMethod<"The carried values after the last iteration.", "::mlir::ResultRange", "getCarriedResults", (ins), "",
                    "return $_op->getResults().take_front($_op.getInits().size());">,
    InterfaceMethod<"What was stacked.", "::mlir::ResultRange", "getStackedResults", (ins), "",
                    "return $_op->getResults().drop_front($_op.getInits().size());">,
    InterfaceMethod<"The end of the body: the next carried values, then what is stacked.", "::mlir::Operation *",
                    "getYield", (ins), "", "return $_op->getRegion(0).front().getTerminator();">,
  ];
}

#endif // TERN_ITERATIVE_TD
