// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parametric: a module-style op that declares the parameters it uses.

#ifndef TERN_PARAMETRIC_TD
#define TERN_PARAMETRIC_TD

include "mlir/IR/OpBase.td"

def Tern_Parametric : OpInterface<"Parametric"> {
  let cppNamespace = "::tern";
  let description = [{
    An op such as `tern.linear` may name its parameters instead of taking them as operands ("module form").
    `hoist-params` asks what it declares, makes one `tern.param` per declaration, and gives them back as operands.
    ```c++
    mlir::LogicalResult printParameters(mlir::func::FuncOp function) {
      auto print = [](tern::Parametric op) {
        llvm::SmallVector<tern::ParameterDeclaration> declarations;
        if (op.isModuleForm() && mlir::failed(op.declareParameters(declarations)))
          return mlir::WalkResult::interrupt();
        for (const tern::ParameterDeclaration &declaration : declarations)
          llvm::outs() << declaration.name << "\n";
        return mlir::WalkResult::advance();
      };
      return mlir::failure(function.walk(print).wasInterrupted());
    }
    ```
  }];
  let methods = [
    InterfaceMethod<"True while the op still names its parameters.", "bool", "isModuleForm", (ins)>,
    InterfaceMethod<[{
      The parameters of the module form, in the order in which `setParameters` takes them. Sizes that come from an
      operand's type need that type to be static in the dimension used; emits an error otherwise.
    }], "::mlir::LogicalResult", "declareParameters",
      (ins "::llvm::SmallVectorImpl<::tern::ParameterDeclaration> &":$declarations)>,
    InterfaceMethod<"Turns the op into operand form.", "void", "setParameters", (ins "::mlir::ValueRange":$parameters)>,
  ];
}

#endif // TERN_PARAMETRIC_TD
