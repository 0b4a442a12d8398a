// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FLOPs and bytes per op as a table.
"use strict";

const costState = { entry: null, grouped: true, sort: "flops", up: false };
const costColumns = [
  { key: "op", title: "Op", text: true }, { key: "place", title: "Line", text: true, order: (row) => row.line },
  { key: "flops", title: "FLOPs" }, { key: "flopShare", title: "Share", bar: true },
  { key: "bytes", title: "Bytes" }, { key: "byteShare", title: "Share", bar: true }, { key: "intensity", title: "FLOP / byte" },
];

function costRows(entry) {
  const rows = new Map();
  entry.ops.forEach((op, index) => {
    const key = costState.grouped ? op.from.join() : String(index);
    const from = op.from.length ? op.from[0] : -1;
    const row = rows.get(key) || {
      op: costState.grouped ? fromText(op.from) : op.name.replace(/^tern\./, ""), place: op.from.map(placeText).join(", "),
      detail: costState.grouped ? "" : fromText(op.from), line: from < 0 ? 0 : page.source.ops[from].line, from, flops: 0, bytes: 0, repeats: op.repeats, count: 0,
    };
    row.flops += op.flops;
    row.bytes += op.bytes;
    row.count++;
    rows.set(key, row);
  });
  const result = [...rows.values()];
  const flops = result.reduce((sum, row) => sum + row.flops, 0), bytes = result.reduce((sum, row) => sum + row.bytes, 0);
  for (const row of result) {
    row.flopShare = flops ? row.flops / flops : 0;
    row.byteShare = bytes ? row.bytes / bytes : 0;
    row.intensity = row.bytes ? row.flops / row.bytes : 0;
  }
  const column = costColumns.find((candidate) => candidate.key === costState.sort);
  const value = column.order || ((row) => row[column.key]);
  result.sort((a, b) => (costState.up ? 1 : -1) * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
  return { rows: result, flops, bytes };
}

function drawCost() {
  const view = byId("view-cost");
  if (!costState.entry) {
    view.replaceChildren(make("p", { class: "nothing" }, "No op of this program costs anything."));
    return;
  }
  const { rows, flops, bytes } = costRows(costState.entry);
  const entries = make("div", { class: "choices", role: "group", "aria-label": "Entry" }, page.cost.map((entry) =>
    make("button", { "aria-pressed": String(entry === costState.entry), onclick: () => { costState.entry = entry; drawCost(); } }, `@${entry.entry}`)));
  const grouping = make("div", { class: "choices", role: "group", "aria-label": "Rows" }, [["Ops as written", true], ["Ops as compiled", false]].map(([text, grouped]) =>
    make("button", { "aria-pressed": String(costState.grouped === grouped), onclick: () => { costState.grouped = grouped; drawCost(); } }, text)));
  const head = make("tr", {}, costColumns.map((column) => make("th", { scope: "col", class: column.text ? "" : "number", "aria-sort": costState.sort === column.key ? (costState.up ? "ascending" : "descending") : "none" },
    make("button", { "data-key": column.key, onclick: () => sortBy(column) }, ...(column.text ? [column.title, orderMark(column)] : [orderMark(column), column.title])))));
  const body = rows.map((row) => make("tr", { class: row.from >= 0 && findNode(row.from) ? "link" : "", onclick: () => row.from >= 0 && findNode(row.from) && openOp(row.from) },
    make("td", {}, row.op, row.detail && row.detail !== row.op ? make("span", { class: "hint" }, ` ${row.detail}`) : "", row.repeats > 1 ? make("span", { class: "repeat" }, ` ×${row.repeats}`) : "", costState.grouped && row.count > 1 ? make("span", { class: "hint" }, ` ${row.count} ops`) : ""),
    make("td", {}, make("code", {}, row.place)),
    make("td", { class: "number" }, row.flops ? flopsText(row.flops) : "–"), shareCell(row.flopShare, "flops"),
    make("td", { class: "number" }, row.bytes ? bytesText(row.bytes) : "–"), shareCell(row.byteShare, "bytes"),
    make("td", { class: "number" }, row.bytes && row.flops ? row.intensity.toFixed(row.intensity < 10 ? 2 : 0) : "–")));
  view.replaceChildren(make("div", { class: "panel" },
    make("div", { class: "bar" }, make("h2", {}, "Cost of one call"), entries, make("span", { class: "space" }), grouping),
    make("p", { class: "hint" }, "Counted from shapes at the end of the model floor, every repeat included. Bytes are those of each op alone, read and written once: what fusion keeps in registers is still counted."),
    make("div", { class: "scroll" }, make("table", { id: "cost" }, make("thead", {}, head), make("tbody", {}, body),
      make("tfoot", {}, make("tr", {}, make("td", {}, `${rows.length} rows`), make("td"), make("td", { class: "number" }, flopsText(flops)), make("td"), make("td", { class: "number" }, bytesText(bytes)), make("td"), make("td", { class: "number" }, bytes ? (flops / bytes).toFixed(2) : "–")))))));
}

function orderMark(column) {
  return make("span", { class: "order", "aria-hidden": "true" }, costState.sort === column.key ? (costState.up ? "↑" : "↓") : "");
}

function shareCell(share, kind) {
  return make("td", { class: "number share-cell" }, draw("svg", { width: 54, height: 8, "aria-hidden": "true" }, draw("rect", { class: "track", width: 54, height: 8, rx: 4 }), draw("rect", { class: `fill ${kind}`, width: share > 0 ? Math.max(1, 54 * share) : 0, height: 8, rx: 4 })),
    make("span", {}, `${(100 * share).toFixed(1)} %`));
}

function sortBy(column) {
  costState.up = costState.sort === column.key ? !costState.up : Boolean(column.text);
  costState.sort = column.key;
  drawCost();
  document.querySelector(`#cost [data-key="${column.key}"]`).focus();
}

function startCost() {
  costState.entry = page.cost.find((entry) => entry.entry === "grad") || page.cost.find((entry) => entry.entry === "forward") || page.cost[0] || null;
  drawCost();
}
