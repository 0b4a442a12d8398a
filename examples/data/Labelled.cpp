// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sentences that praise or complain. Negation turns a word around, "but" lets the second half decide: counting words is
// not enough.

#include "Draw.h"

namespace tern::examples {

static constexpr const char *subjects[] = {"the film",  "the soup",  "this book",  "the hotel", "her song",  "the train ride",
                                           "his story", "the phone", "the garden", "our guide", "the lesson", "the play"};
static constexpr const char *good[] = {"good", "wonderful", "charming", "clever", "delightful", "great", "lovely", "funny"};
static constexpr const char *bad[] = {"bad", "boring", "awful", "dull", "terrible", "slow", "ugly", "sad"};
static constexpr const char *degrees[] = {"", "really ", "quite ", "so ", "very "};

static std::string judgement(bool praises, Draw &draw) {
  bool isNegated = draw.chance(35);
  std::string word = praises != isNegated ? draw.oneOf(good) : draw.oneOf(bad);
  return draw.oneOf(subjects) + (isNegated ? " was not " : " was ") + draw.oneOf(degrees) + word;
}

std::string labelledLine(Draw &draw) {
  bool praises = draw.chance(50);
  std::string text = judgement(praises, draw);
  if (draw.chance(30))
    text = judgement(!praises, draw) + " but " + text;
  return text + "\t" + (praises ? "positive" : "negative");
}

} // namespace tern::examples
