// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `main` of every compiled program. The program itself is one symbol, made by the compiler.

#include "runtime/cli/Commands.h"

int main(int argc, char **argv) { return tern::rt::runCommandLine(tern_program, argc, argv); }
