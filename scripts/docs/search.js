// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Search over the names and summaries in search-index.js, and the switch between light and dark. No network: the index is a
// script, so that it loads from file:// too.
"use strict";

const LIMIT = 20;

/** How well a row fits: all words must occur; the name counts more than the text, its beginning more than its middle. What
    is not shown counts least. */
function score(row, words) {
  const name = row[0].toLowerCase(), text = row[3].toLowerCase(), keywords = row[4].toLowerCase();
  const bare = name.split(/[.\s]/).pop().replace(/^(--)?tern-/, "");
  let total = 0;
  for (const word of words) {
    if (name === word || bare === word) total += 100;
    else if (bare.split(/[_-]/).includes(word)) total += 50;
    else if (bare.startsWith(word) || name.startsWith(word)) total += 40;
    else if (name.includes(word)) total += 20;
    else if (text.includes(word)) total += 5;
    else if (keywords.includes(word)) total += 1;
    else return 0;
  }
  const kinds = {op: 6, pass: 6, guide: 4, command: 4, interface: 3, attribute: 3, option: 2};
  return total + (kinds[row[1]] || 0) - name.length / 100;
}

function search(index, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return index.map(row => [score(row, words), row]).filter(pair => pair[0] > 0)
      .sort((a, b) => b[0] - a[0]).slice(0, LIMIT).map(pair => pair[1]);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function installSearch() {
  const query = document.getElementById("query"), results = document.getElementById("results");
  const root = document.body.dataset.root;
  let chosen = 0;

  function choose(number) {
    const items = results.children;
    if (!items.length) return;
    chosen = (number + items.length) % items.length;
    for (let i = 0; i < items.length; i++) items[i].classList.toggle("chosen", i === chosen);
    items[chosen].scrollIntoView({block: "nearest"});
  }

  function show() {
    const found = search(window.TERN_INDEX, query.value);
    results.replaceChildren(...found.map(row => {
      const link = element("a");
      link.href = root + row[2];
      link.append(element("code", "", row[0]), element("span", "kind", row[1]), element("span", "text", row[3]));
      const item = element("li");
      item.append(link);
      return item;
    }));
    if (query.value.trim() && !found.length) results.append(element("li", "nothing", "nothing of this name"));
    results.hidden = !query.value.trim();
    choose(0);
  }

  query.addEventListener("input", show);
  query.addEventListener("focus", show);
  query.addEventListener("keydown", event => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") results.children[chosen]?.querySelector("a")?.click();
    else if (event.key === "Escape") query.blur();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", event => { if (!event.target.closest(".search")) results.hidden = true; });
  results.addEventListener("click", () => { results.hidden = true; });
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.target.closest("input")) return;
    query.focus();
    event.preventDefault();
  });
}

function switchTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme || (dark ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try { localStorage.setItem("tern-theme", next); } catch (ignored) {} // a browser may keep nothing for files
}

installSearch();
document.getElementById("theme").addEventListener("click", switchTheme);
document.documentElement.dataset.ready = "true";
