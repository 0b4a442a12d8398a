// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The main function of the runtime's tests (the runtime archive holds the one of programs).

#include <csignal>
#include <gtest/gtest.h>

int main(int argc, char **argv) {
  std::signal(SIGXFSZ, SIG_IGN); // passing a file size limit is an error code then, as a full disk is
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
