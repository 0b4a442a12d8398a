// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dates as people write them and as ISO 8601 does; digits and the same ones backwards.

#include "Draw.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace tern::examples {

static constexpr const char *months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};
static constexpr const char *weekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

struct Date {
  int year, month, day;
};

static int daysOf(int year, int month) {
  static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && isLeap);
}

// Monday is 0 (Sakamoto's method counts Sunday as 0).
static int weekdayOf(Date date) {
  static constexpr int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
  int year = date.year - (date.month < 3);
  int sunday = (year + year / 4 - year / 100 + year / 400 + shift[date.month - 1] + date.day) % 7;
  return (sunday + 6) % 7;
}

static std::string capitalized(std::string word) {
  word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
  return word;
}

static std::string written(Date date, Draw &draw) {
  std::string month = months[date.month - 1], day = std::to_string(date.day), year = std::to_string(date.year);
  if (draw.chance(30))
    month = month.substr(0, 3);
  if (draw.chance(50))
    month = capitalized(month);
  std::string weekday = weekdays[weekdayOf(date)], number = std::to_string(date.month);
  switch (draw.between(0, 5)) {
  case 0:
    return day + " " + month + " " + year;
  case 1:
    return month + " " + day + ", " + year;
  case 2:
    return weekday + " " + day + " " + month + " " + year;
  case 3:
    return weekday + ", " + month + " " + day + ", " + year;
  case 4:
    return day + "/" + number + "/" + year; // the day first
  default:
    return year + " " + month + " " + day;
  }
}

std::string datePair(Draw &draw) {
  Date date{draw.between(1900, 2099), draw.between(1, 12), 1};
  date.day = draw.between(1, daysOf(date.year, date.month));
  char iso[16];
  std::snprintf(iso, sizeof(iso), "%04d-%02d-%02d", date.year, date.month, date.day);
  return written(date, draw) + "\t" + iso;
}

std::string reversalPair(Draw &draw) {
  std::string digits;
  for (int left = draw.between(3, 10); left > 0; --left)
    digits += static_cast<char>('0' + draw.between(0, 9));
  return digits + "\t" + std::string(digits.rbegin(), digits.rend());
}

} // namespace tern::examples
