// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequential: an op that knows how its results follow from a sequence, so that it can be run on a piece of one.

#ifndef TERN_SEQUENTIAL_TD
#define TERN_SEQUENTIAL_TD

include "mlir/IR/OpBase.td"

def Tern_Sequential : OpInterface<"Sequential"> {
  let cppNamespace = "::tern";
  let description = [{
    Generation runs a model on pieces of a sequence: a chunk of the prompt, then one token after the other. An op can take
    part when what it computes at a position depends on that position and on earlier ones only. It says so in three steps:

    * `followSequence`: which dimension of each result runs along the sequence, given those of the operands. An op that looks
      at later positions, or mixes positions up, fails. By default the op works element by element.
    * `resizeSequence`: the sequence gets another length; types are changed by the pass, the op changes the sizes that stand
      in its attributes.
    * `buildStep`: an op that looks back takes what it needs from the `StepBuilder`: the position of the first token, rows of
      earlier calls from a cache, a state. It is no longer position-wise then, and says that too.

    `derive-decode` asks. An op without the interface on the way from the tokens to the logits is an error, unless it is an
    elementwise op of another dialect.
    ```c++
    bool isAlongSequence(tern::Sequential op, const tern::SequenceDims &dims) {
      return llvm::any_of(op->getResults(), [&](mlir::Value result) { return dims.of(result).has_value(); });
    }
    ```
  }];
  let methods = [
    InterfaceMethod<[{
      Sets the dimension of every result that runs along the sequence. Asked only when an operand does. Fails, without a message,
      when a result depends on later positions.
    }], "::llvm::LogicalResult", "followSequence", (ins "::tern::SequenceDims &":$dims), "",
      "return dims.followElementwise($_op);">,
    InterfaceMethod<[{
      Whether each position of the results follows from the same position of the operands alone, whatever the position is.
    }], "bool", "isPositionwise", (ins), "", "return true;">,
    InterfaceMethod<[{
      Changes sizes in attributes from `dims.length()` to `length` tokens.
    }], "void", "resizeSequence", (ins "const ::tern::SequenceDims &":$dims, "int64_t":$length), "", "return;">,
    InterfaceMethod<[{
      Rewrites the op in place so that it continues a sequence. Emits an error when it cannot.
    }], "::llvm::LogicalResult", "buildStep", (ins "::tern::StepBuilder &":$step), "", "return ::llvm::success();">,
  ];
}

#endif // TERN_SEQUENTIAL_TD
