// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A shared object like any other.

int answer(void) { return 42; }
