// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What became of one op, or of the whole program: the passes, and the IR after the chosen one with its changes.
"use strict";

const trace = { node: null, ops: null, step: 0, section: "*", onlyChanges: false, rows: [], request: 0 };
const rowHeight = 19, context = 3;

function showSubject(node) {
  trace.node = node;
  trace.ops = node ? opsOf(node) : null;
  const changed = changedSteps();
  if (!changed.has(trace.step)) trace.step = [...changed].find((step) => page.steps[step].pass) ?? 0;
  trace.onlyChanges = false;
  byId("subject").replaceChildren(...subject(node));
  drawPasses();
  showStep(trace.step);
}

function subject(node) {
  if (!node)
    return [make("h2", {}, "The whole program"), make("p", { class: "hint" }, "Choose an op in the graph to follow it alone through every pass.")];
  const op = page.source.ops[node.op];
  const source = page.source.lines[op.line - 1] || "";
  const facts = [node.type && ["result", node.type], ...node.params.map(([name, type]) => [name, type]), ...costFacts(trace.ops)].filter(Boolean);
  return [
    make("div", { class: "heading" }, make("h2", {}, shortName(node), node.label ? make("span", { class: "label" }, ` ${node.label}`) : null),
      make("code", { class: "place" }, `${page.source.file.split("/").pop()}:${op.line}:${op.column}`),
      make("button", { class: "plain", onclick: () => selectNode(node) }, "Whole program")),
    make("pre", { class: "source" }, highlighted(source.trim())),
    make("dl", { class: "facts" }, facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))),
    remarksOf(trace.ops),
  ].filter(Boolean);
}

function costFacts(ops) {
  const main = page.cost.find((entry) => entry.entry === page.graph.function);
  if (!main) return [];
  const mine = main.ops.filter((op) => op.from.some((from) => ops.has(from)));
  const sum = (key) => mine.reduce((total, op) => total + op[key], 0);
  return mine.length ? [[`@${main.entry}`, `${flopsText(sum("flops"))} · ${bytesText(sum("bytes"))}`]] : [];
}

// ---- passes -------------------------------------------------------------------------------------------------------------

function changedSteps() {
  const changed = new Set();
  page.steps.forEach((step, index) => {
    if (trace.ops ? step.from.some((op) => trace.ops.has(op)) : step.sections.length) changed.add(index);
  });
  return changed;
}

function drawPasses() {
  const changed = changedSteps();
  const longest = Math.max(...page.steps.map((step) => step.seconds));
  const children = [];
  let stage = null;
  page.steps.forEach((step, index) => {
    if (step.stage !== stage) {
      stage = step.stage;
      const total = page.steps.filter((other) => other.stage === stage).reduce((sum, other) => sum + other.seconds, 0);
      children.push(make("div", { class: "floor", role: "presentation" }, make("span", {}, `${stage} floor`), make("span", { class: "time" }, timeText(total))));
    }
    const bar = draw("svg", { class: "bar-time", width: 34, height: 6, "aria-hidden": "true" },
      draw("rect", { width: Math.max(step.seconds > 0 ? 1 : 0, 34 * Math.sqrt(step.seconds / longest)), height: 6, rx: 2 }));
    children.push(make("div", {
      class: `pass${changed.has(index) ? "" : " unchanged"}`, role: "option", id: `pass-${index}`, "data-step": index, "data-pass": step.pass,
      "aria-selected": "false", title: changed.has(index) ? null : "This pass left it as it was",
      onclick: () => showStep(index),
    }, make("span", { class: "pass-name" }, passText(step.pass)), bar, make("span", { class: "time" }, step.pass ? timeText(step.seconds) : "")));
  });
  byId("passes").replaceChildren(...children);
}

function passKeys(event) {
  const changed = [...changedSteps()];
  const at = changed.indexOf(trace.step);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? changed.length - 1 : at - 1, Home: 0, End: changed.length - 1 }[event.key];
  if (to === undefined || !changed.length) return;
  showStep(changed[Math.min(Math.max(to, 0), changed.length - 1)]);
  event.preventDefault();
}

async function showStep(index) {
  trace.step = index;
  const request = ++trace.request;
  for (const row of byId("passes").querySelectorAll(".pass")) row.setAttribute("aria-selected", String(Number(row.dataset.step) === index));
  byId("passes").setAttribute("aria-activedescendant", `pass-${index}`);
  byId(`pass-${index}`).scrollIntoView({ block: "nearest" });
  const floor = floors.indexOf(page.steps[index].stage);
  if (!program.ready[floor]) byId("lines").classList.add("loading");
  await ready(floor);
  if (request !== trace.request) return;
  byId("lines").classList.remove("loading");
  drawCode();
}

// ---- lines --------------------------------------------------------------------------------------------------------------

const belongs = (line) => !trace.ops || lineOrigins(line).some((op) => trace.ops.has(op));
const sectionText = (section) => (section ? `@${section}` : "module");

/** The rows of one function: [kind, line], kind one of " ", "-", "+". */
function rowsOf(lines, edits) {
  const rows = [];
  let done = 0;
  const keep = (to) => { for (; done < to; done++) if (belongs(lines[done])) rows.push([" ", lines[done], done]); };
  for (const [at, removed, ...runs] of edits) {
    keep(at);
    const old = lines.slice(at, at + removed), now = [];
    for (let k = 0; k < runs.length; k += 2) for (let n = 0; n < runs[k + 1]; n++) now.push(runs[k] + n);
    // A line whose text stayed and whose origin alone is known better now is no change.
    while (old.length && now.length && program.text[old[0]] === program.text[now[0]]) { old.shift(); const line = now.shift(); if (belongs(line)) rows.push([" ", line, at]); }
    const kind = page.steps[trace.step].pass ? "+" : " "; // what was written is no change
    for (const line of old) if (belongs(line)) rows.push(["-", line, at]);
    for (const line of now) if (belongs(line)) rows.push([kind, line, at]);
    done = at + removed;
  }
  keep(lines.length);
  return rows;
}

/** Only what is near a change; the rest is one row that says how much it is. */
function condensed(rows) {
  const near = new Uint8Array(rows.length);
  rows.forEach(([kind], index) => { if (kind !== " ") near.fill(1, Math.max(0, index - context), index + context + 1); });
  const result = [];
  for (let index = 0; index < rows.length;) {
    if (near[index]) { result.push(rows[index++]); continue; }
    let end = index;
    while (end < rows.length && !near[end]) end++;
    result.push(["…", end - index]);
    index = end;
  }
  return result;
}

function drawCode() {
  const sections = before(trace.step);
  const changes = new Map(program.changes[trace.step].map(([section, erased, edits]) => [section, { erased, edits }]));
  const names = [...new Set([...sections.keys(), ...changes.keys()])];
  if (trace.section !== "*" && !names.includes(trace.section)) trace.section = "*";
  trace.rows = [];
  let added = 0, removed = 0;
  for (const name of names) {
    if (trace.section !== "*" && trace.section !== name) continue;
    const change = changes.get(name);
    const lines = sections.get(name) || [];
    const edits = change ? (change.erased ? [[0, lines.length]] : change.edits) : [];
    let rows = rowsOf(lines, edits);
    for (const [kind] of rows) { added += kind === "+"; removed += kind === "-"; }
    if (trace.onlyChanges) rows = change ? condensed(rows) : [];
    if (rows.some(([kind]) => kind !== "…")) trace.rows.push(["@", sectionText(name)], ...rows);
  }
  drawCodeBar(names, added, removed);
  const lines = byId("lines");
  lines.scrollTop = 0;
  const height = Math.max(1, trace.rows.length) * rowHeight;
  const inner = make("div", { class: "rows" });
  inner.style.height = `${height}px`;
  lines.replaceChildren(inner);
  if (!trace.rows.length) inner.append(make("p", { class: "nothing" }, emptyText()));
  drawRows();
  const first = trace.rows.findIndex(([kind]) => kind === "+" || kind === "-");
  if (first > context) lines.scrollTop = (first - context) * rowHeight;
}

function emptyText() {
  if (trace.onlyChanges) return "This pass changed nothing here.";
  return trace.node ? "Nothing comes from this op at this point." : "Nothing to show.";
}

function drawCodeBar(names, added, removed) {
  const step = page.steps[trace.step];
  const choice = make("select", { "aria-label": "Function", id: "section", onchange: (event) => { trace.section = event.target.value; drawCode(); } },
    make("option", { value: "*" }, "all functions"), names.map((name) => make("option", { value: name, selected: name === trace.section }, sectionText(name))));
  byId("code-bar").replaceChildren(
    make("h3", {}, step.pass ? `after ${passText(step.pass)}` : "as written"),
    step.pass && make("span", { class: "count added" }, `+${added}`), step.pass && make("span", { class: "count removed" }, `−${removed}`),
    make("span", { class: "space" }),
    make("label", {}, make("input", { type: "checkbox", id: "only-changes", checked: trace.onlyChanges, onchange: (event) => { trace.onlyChanges = event.target.checked; drawCode(); } }), "changes only"),
    choice);
}

/** Draws the rows in sight. */
function drawRows() {
  const lines = byId("lines"), inner = lines.firstElementChild;
  if (!inner || !trace.rows.length) return;
  const first = Math.max(0, Math.floor(lines.scrollTop / rowHeight) - 20);
  const last = Math.min(trace.rows.length, Math.ceil((lines.scrollTop + lines.clientHeight) / rowHeight) + 20);
  const visible = [];
  for (let index = first; index < last; index++) visible.push(drawRow(index));
  inner.replaceChildren(...visible);
}

function drawRow(index) {
  const [kind, line] = trace.rows[index];
  const kinds = { "@": "function", "…": "gap", "+": "added", "-": "removed", " ": "kept" };
  const row = make("div", { class: `row ${kinds[kind]}` });
  row.style.top = `${index * rowHeight}px`;
  if (kind === "@") row.append(line);
  else if (kind === "…") row.append(`⋯ ${line} ${line === 1 ? "line" : "lines"}`);
  else {
    const text = lineText(line);
    const from = lineOrigins(line);
    if (from.length) row.title = `from ${from.map((op) => `${opText(op)} (${placeText(op)})`).join(", ")}`;
    row.append(make("span", { class: "sign" }, kind === "-" ? "−" : kind), ...highlighted(text, changedPart(index, kind, text)));
  }
  return row;
}

/** Where a line that took the place of another differs from it: [begin, end], or null. */
function changedPart(index, kind, text) {
  if (kind === " ") return null;
  let begin = index;
  while (begin > 0 && trace.rows[begin - 1][0] === kind) begin--;
  let end = index;
  while (end < trace.rows.length && trace.rows[end][0] === kind) end++;
  const length = end - begin;
  const other = kind === "-" ? end : begin - length;
  const otherKind = kind === "-" ? "+" : "-";
  const partner = trace.rows[other + index - begin];
  const isPaired = length <= 200 && partner && partner[0] === otherKind && trace.rows[other + length]?.[0] !== otherKind && trace.rows[other - 1]?.[0] !== otherKind;
  if (!isPaired) return null;
  const old = lineText(partner[1]);
  let head = 0, tail = 0;
  while (head < text.length && text[head] === old[head]) head++;
  while (tail < text.length - head && tail < old.length - head && text[text.length - 1 - tail] === old[old.length - 1 - tail]) tail++;
  const isMostlyNew = text.length - head - tail > 0.75 * text.trim().length;
  return isMostlyNew ? null : [head, text.length - tail];
}

const tokenPattern = /("(?:[^"\\]|\\.)*")|([%^#@][\w.$-]+)|(\b[a-z_]+\.[a-z_][\w.]*)|(\b(?:tensor|memref|vector|index|[if]\d+|bf16)\b|![\w.]+)|(-?\b\d[\d.]*(?:e[+-]?\d+)?\b)/g;
const tokenClasses = [null, "string", "value", "op", "type", "number"];

/** The line as spans; what lies in `mark` is marked. */
function highlighted(text, mark = null) {
  const pieces = [];
  const add = (begin, end, style) => {
    if (begin >= end) return;
    const cuts = mark ? [begin, ...mark.filter((cut) => cut > begin && cut < end), end] : [begin, end];
    for (let k = 0; k + 1 < cuts.length; k++) {
      const isMarked = mark && cuts[k] >= mark[0] && cuts[k + 1] <= mark[1];
      const classes = [style, isMarked && "marked"].filter(Boolean).join(" ");
      pieces.push(classes ? make("span", { class: classes }, text.slice(cuts[k], cuts[k + 1])) : text.slice(cuts[k], cuts[k + 1]));
    }
  };
  let done = 0;
  for (const match of text.matchAll(tokenPattern)) {
    add(done, match.index, "");
    done = match.index + match[0].length;
    add(match.index, done, tokenClasses[match.findIndex((group, index) => index > 0 && group !== undefined)]);
  }
  add(done, text.length, "");
  return pieces;
}

function startTrace() {
  byId("passes").addEventListener("keydown", passKeys);
  let pending = false;
  byId("lines").addEventListener("scroll", () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; drawRows(); });
  });
  new ResizeObserver(drawRows).observe(byId("lines"));
  showSubject(null);
}
