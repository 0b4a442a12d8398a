# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Reads pairs of a written date and its ISO form, and asks Python's calendar whether they say the same.
# Usage: data-dates.py FILE
import datetime
import re
import sys

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

weekdays = 0
for line in open(sys.argv[1]):
    text, iso = line.rstrip("\n").split("\t")
    date = datetime.date.fromisoformat(iso)
    words = re.findall(r"[a-z]+|\d+", text.lower())
    numbers = [int(word) for word in words if word.isdigit()]
    if len(numbers) == 3:
        assert numbers == [date.day, date.month, date.year], line
    else:
        assert sorted(numbers) == [date.day, date.year], line
        assert MONTHS.index([word for word in words if word[:3] in MONTHS and word not in DAYS][0][:3]) + 1 == date.month, line
    for word in words:
        if word in DAYS:
            assert DAYS[date.weekday()] == word, line
            weekdays += 1
assert weekdays > 50, weekdays
print("all dates agree with the calendar")
