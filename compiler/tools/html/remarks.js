// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What passes said about ops: what they did, what they left and why.
"use strict";

const remarkState = { kind: null };
const kindText = { passed: "done", missed: "left", analysis: "found", failed: "failed" };

function remarkRows(remarks, withOp) {
  return remarks.map((remark) => {
    const op = remark.from.find((from) => findNode(from));
    return make("tr", { class: withOp && op !== undefined ? "link" : "", onclick: () => withOp && op !== undefined && openOp(op) },
      make("td", {}, make("span", { class: `kind ${remark.kind}` }, kindText[remark.kind])),
      withOp && make("td", {}, fromText(remark.from)), withOp && make("td", {}, make("code", {}, remark.from.map(placeText).join(", "))),
      make("td", {}, remark.pass), make("td", { class: "said" }, make("strong", {}, remark.name), ` ${remark.text}`));
  });
}

/** Those about the chosen op, to be opened under its head. */
function remarksOf(ops) {
  const about = page.remarks.filter((remark) => remark.from.some((from) => ops.has(from)));
  const mine = [...new Map(about.map((remark) => [[remark.pass, remark.name, remark.text].join(), remark])).values()]; // each once
  if (!mine.length) return null;
  const left = mine.filter((remark) => remark.kind === "missed").length;
  return make("details", { class: "said-of" }, make("summary", {}, `${mine.length} ${mine.length === 1 ? "remark" : "remarks"}${left ? `, ${left} of something left` : ""}`),
    make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, remarkRows(mine, false)))));
}

function drawRemarks() {
  const kinds = [...new Set(page.remarks.map((remark) => remark.kind))];
  const choice = (text, kind) => make("button", { "aria-pressed": String(remarkState.kind === kind), onclick: () => { remarkState.kind = kind; drawRemarks(); } }, text);
  const line = (remark) => (remark.from.length ? page.source.ops[remark.from[0]].line : 0);
  const shown = page.remarks.filter((remark) => !remarkState.kind || remark.kind === remarkState.kind).sort((a, b) => line(a) - line(b));
  byId("view-remarks").replaceChildren(make("div", { class: "panel" },
    make("div", { class: "bar" }, make("h2", {}, "What passes said"),
      make("div", { class: "choices", role: "group", "aria-label": "Kind" }, choice(`all ${page.remarks.length}`, null),
        kinds.map((kind) => choice(`${kindText[kind]} ${page.remarks.filter((remark) => remark.kind === kind).length}`, kind)))),
    make("div", { class: "scroll" }, make("table", { id: "remarks" },
      make("thead", {}, make("tr", {}, ["", "Op", "Line", "Pass", "Remark"].map((title) => make("th", { scope: "col" }, make("span", {}, title))))),
      make("tbody", {}, remarkRows(shown, true)))),
    shown.length ? "" : make("p", { class: "nothing" }, "Nothing.")));
}
