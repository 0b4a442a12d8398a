// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Header, tabs, tooltip, theme; then everything starts.
"use strict";

const tabs = [...document.querySelectorAll("[role=tab]")];

function showTab(tab, focus = false) {
  for (const other of tabs) {
    const isShown = other === tab;
    other.setAttribute("aria-selected", String(isShown));
    other.tabIndex = isShown ? 0 : -1;
    byId(other.getAttribute("aria-controls")).hidden = !isShown;
  }
  if (focus) tab.focus();
  hideTip();
}

function openOp(op) {
  const node = findNode(op);
  if (!node) return;
  showTab(byId("tab-model"));
  redrawGraph();
  if (graphState.selected !== node) selectNode(node);
}

function startTabs() {
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => showTab(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) showTab(tabs[(index + step + tabs.length) % tabs.length], true);
    });
  }
  showTab(tabs[0]);
}

function showTip(event, content) {
  const tip = byId("tip");
  tip.replaceChildren(...content);
  tip.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const x = event.clientX + 16 + width > innerWidth ? event.clientX - 12 - width : event.clientX + 16;
  const y = event.clientY + 16 + height > innerHeight ? event.clientY - 12 - height : event.clientY + 16;
  tip.style.left = `${Math.max(4, x)}px`;
  tip.style.top = `${Math.max(4, y)}px`;
}

function hideTip() {
  byId("tip").hidden = true;
}

function startHeader() {
  const { options, name } = page;
  byId("title").textContent = name;
  const size = `batch ${options.batch}${options.seq ? ` · sequence ${options.seq}` : ""}`;
  const sizes = Object.entries(options.defines).map(([key, value]) => `${key} = ${value}`);
  byId("subtitle").textContent = [options.objective === "none" ? null : options.objective, size, options.precision, `-O${options.level}`, options.isa.split(" ")[0], ...sizes].filter(Boolean).join(" · ");
  byId("subtitle").title = options.isa;
  const seconds = page.steps.reduce((sum, step) => sum + step.seconds, 0);
  const changed = page.steps.filter((step) => step.pass && step.sections.length).length;
  const parameters = page.memory.classes.parameters;
  const facts = [["passes with effect", `${changed} of ${page.steps.length - 1}`], ["time in passes", timeText(seconds)],
    parameters ? ["parameters", bytesText(parameters)] : null, page.memory.classes.arena ? ["arena", bytesText(page.memory.classes.arena)] : null].filter(Boolean);
  byId("facts").replaceChildren(...facts.map(([key, value]) => make("div", {}, make("dt", {}, key), make("dd", {}, value))));
  byId("theme").addEventListener("click", () => {
    const isDark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = isDark ? "light" : "dark";
  });
}

startHeader();
startTabs();
startGraph();
startTrace();
startMemory();
startCost();
drawRemarks();
document.documentElement.dataset.ready = "true";
