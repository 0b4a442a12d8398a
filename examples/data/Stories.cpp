// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Short stories from a small probabilistic grammar. A story has one hero, one thing of one kind and one place, and its
// sentences name all of them: so two sentences tell whether they are of one story, even when a word is hidden.

#include "Draw.h"

namespace tern::examples {

static constexpr const char *boys[] = {"Tom",  "Ben",   "Sam",   "Max",   "Leo",   "Jack", "Tim",   "Finn",
                                       "Noah", "Oscar", "Hugo",  "Felix", "Adam",  "Paul", "Karl",  "Otto",
                                       "Erik", "Omar",  "Ravi",  "Luca",  "Diego", "Ivan", "Pablo", "Milo",
                                       "Rafi", "Theo",  "Bruno", "Elias", "Henry", "Kofi"};
static constexpr const char *girls[] = {"Lily", "Mia",  "Anna",  "Lucy",  "Emma",  "Sara",  "Zoe",  "Ruby",
                                        "Ella", "Nina", "Clara", "Ida",   "Rosa",  "Vera",  "June", "Maya",
                                        "Tess", "Lena", "Yuki",  "Aisha", "Freya", "Carla", "Hana", "Greta",
                                        "Nora", "Suki", "Wanda", "Dora",  "Gina",  "Jana"};
static constexpr const char *things[] = {
    "ball", "kite", "boat",   "drum",  "book",  "lamp",   "hat",   "cake",   "bell",    "shell",   "stone",  "map",
    "rope", "key",  "basket", "flute", "wagon", "puppet", "clock", "shovel", "lantern", "feather", "button", "whistle"};
static constexpr const char *kinds[] = {"red",   "blue", "old",   "tiny",   "shiny",
                                        "heavy", "soft", "round", "wooden", "golden"};
static constexpr const char *places[] = {"garden", "forest", "kitchen", "park",   "valley", "cave",
                                         "market", "school", "barn",    "castle", "attic",  "meadow"};
static constexpr const char *found[] = {"found", "saw", "picked up", "wanted", "lost", "made"};
static constexpr const char *moods[] = {"happy", "sad", "proud", "tired", "scared", "curious"};
static constexpr const char *helpers[] = {"a friendly dog", "a wise owl",   "the old baker", "a small frog",
                                          "the mailman",    "a quiet girl", "a big bear",    "the farmer"};
static constexpr const char *ends[] = {"went home and slept well", "laughed and ran home", "thanked everyone",
                                       "had a good day", "never forgot that day"};
static constexpr const char *states[] = {"safe", "gone", "broken", "lost", "clean", "new"};

namespace {
struct Cast {
  std::string name, child, his, kind, thing, place;
};
} // namespace

static Cast drawCast(Draw &draw) {
  bool isBoy = draw.chance(50);
  return {isBoy ? draw.oneOf(boys) : draw.oneOf(girls),
          isBoy ? "boy" : "girl",
          isBoy ? "his" : "her",
          draw.oneOf(kinds),
          draw.oneOf(things),
          draw.oneOf(places)};
}

static std::string opening(const Cast &cast, Draw &draw) {
  std::string own = (cast.kind == "old" ? "an " : "a ") + cast.kind + " " + cast.thing;
  switch (draw.between(0, 2)) {
  case 0:
    return "One day " + cast.name + " " + draw.oneOf(found) + " " + own + " in the " + cast.place + ".";
  case 1:
    return cast.name + " went to the " + cast.place + " with " + own + ".";
  default:
    return "Near the " + cast.place + " lived a " + cast.child + " named " + cast.name + " who had " + own + ".";
  }
}

static std::string middle(const Cast &cast, Draw &draw) {
  std::string own = cast.kind + " " + cast.thing, his = cast.his + " " + own, inPlace = " in the " + cast.place;
  std::string mood = draw.oneOf(moods); // the order of draws in one expression is the compiler's
  switch (draw.between(0, 4)) {
  case 0:
    return cast.name + " was " + mood + inPlace + " because " + his + " was " + draw.oneOf(states) + ".";
  case 1:
    return "In the " + cast.place + ", " + cast.name + " met " + draw.oneOf(helpers) + " and showed " + his + ".";
  case 2:
    return "\"Please come to the " + cast.place + " and help me with my " + own + "\", said " + cast.name + ".";
  case 3:
    return cast.name + " looked for " + his + " everywhere" + inPlace + ".";
  default:
    return "Then " + draw.oneOf(helpers) + " gave " + cast.name + " another " + own + inPlace + ".";
  }
}

static std::string ending(const Cast &cast, Draw &draw) {
  return "In the end " + cast.name + " took " + cast.his + " " + cast.kind + " " + cast.thing + " from the " +
         cast.place + " and " + draw.oneOf(ends) + ".";
}

std::string story(Draw &draw) {
  Cast who = drawCast(draw);
  std::string text = opening(who, draw) + "\n";
  for (int left = draw.between(2, 5); left > 0; --left)
    text += middle(who, draw) + "\n";
  return text + ending(who, draw) + "\n";
}

} // namespace tern::examples
