// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Short stories from a small probabilistic grammar. A story has one hero, one thing and one place, which its sentences
// come back to: so a sentence tells what the next one may be about.

#include "Draw.h"

namespace tern::examples {

static constexpr const char *names[] = {
    "Tom",   "Lily",  "Ben",   "Mia",   "Sam",   "Anna",  "Max",   "Lucy",  "Leo",   "Emma",  "Jack",  "Sara",
    "Tim",   "Zoe",   "Finn",  "Ruby",  "Noah",  "Ella",  "Oscar", "Nina",  "Hugo",  "Clara", "Felix", "Ida",
    "Adam",  "Rosa",  "Paul",  "Vera",  "Karl",  "June",  "Otto",  "Maya",  "Erik",  "Tess",  "Omar",  "Lena",
    "Ravi",  "Yuki",  "Luca",  "Aisha", "Diego", "Freya", "Ivan",  "Carla", "Hana",  "Pablo", "Greta", "Milo",
    "Nora",  "Rafi",  "Suki",  "Theo",  "Wanda", "Bruno", "Dora",  "Elias", "Gina",  "Henry", "Jana",  "Kofi"};
static constexpr const char *things[] = {"ball",   "kite",   "boat",  "drum",  "book",   "lamp",   "hat",    "cake",
                                         "bell",   "shell",  "stone", "map",   "rope",   "key",    "basket", "flute",
                                         "wagon",  "puppet", "clock", "shovel", "lantern", "feather", "button", "whistle"};
static constexpr const char *adjectives[] = {"red", "blue", "old", "tiny", "shiny", "heavy", "soft", "round", "broken", "golden"};
static constexpr const char *places[] = {"garden", "forest", "kitchen", "park",   "river", "beach",
                                         "market", "school", "barn",    "castle", "attic", "meadow"};
static constexpr const char *found[] = {"found", "saw", "picked up", "wanted", "lost", "made"};
static constexpr const char *moods[] = {"happy", "sad", "proud", "tired", "scared", "curious"};
static constexpr const char *helpers[] = {"a friendly dog", "a wise owl",   "the old baker", "a small frog",
                                          "the mailman",    "a quiet girl", "a big bear",    "the farmer"};
static constexpr const char *ends[] = {"went home and slept well", "laughed and ran home", "thanked everyone", "had a good day",
                                       "never forgot that day"};

namespace {
struct Cast {
  std::string name, thing, place;
};
} // namespace

static std::string article(const std::string &word) { return (word == "old" ? "an " : "a ") + word; }

static std::string opening(const Cast &cast, Draw &draw) {
  std::string adjective = draw.oneOf(adjectives);
  switch (draw.between(0, 2)) {
  case 0:
    return "One day " + cast.name + " " + draw.oneOf(found) + " " + article(adjective) + " " + cast.thing + " in the " + cast.place + ".";
  case 1:
    return cast.name + " went to the " + cast.place + " with " + article(adjective) + " " + cast.thing + ".";
  default:
    return "There was a child named " + cast.name + " who had " + article(adjective) + " " + cast.thing + ".";
  }
}

static std::string middle(const Cast &cast, Draw &draw) {
  switch (draw.between(0, 4)) {
  case 0:
    return cast.name + " was " + draw.oneOf(moods) + " because the " + cast.thing + " was " + draw.oneOf(adjectives) + ".";
  case 1:
    return "In the " + cast.place + ", " + cast.name + " met " + draw.oneOf(helpers) + " and showed the " + cast.thing + ".";
  case 2:
    return "\"Please help me with my " + cast.thing + "\", said " + cast.name + ".";
  case 3:
    return cast.name + " looked for the " + cast.thing + " everywhere in the " + cast.place + ".";
  default:
    return "Then " + draw.oneOf(helpers) + " gave " + cast.name + " another " + cast.thing + ".";
  }
}

std::string story(Draw &draw) {
  Cast cast{draw.oneOf(names), draw.oneOf(things), draw.oneOf(places)};
  std::string text = opening(cast, draw) + "\n";
  for (int left = draw.between(2, 5); left > 0; --left)
    text += middle(cast, draw) + "\n";
  return text + "In the end " + cast.name + " took the " + cast.thing + ", " + draw.oneOf(ends) + ".\n";
}

} // namespace tern::examples
