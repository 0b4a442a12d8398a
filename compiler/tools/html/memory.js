// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memory plan as a picture: program order to the right, offsets downwards, one rectangle per buffer.
"use strict";

const memoryState = { entry: null, whole: false, selected: null };
const classOrder = ["parameters", "gradients", "optimizer", "cache", "io", "activations", "workspace", "scratch"];
const classMeaning = {
  parameters: "weights", gradients: "one per trained parameter", optimizer: "optimizer state", cache: "key-value cache",
  io: "inputs and outputs", activations: "kept from forward to backward", workspace: "temporaries", scratch: "of each thread, beside the arena",
};

/** Positions of the program -> x: statements that hold no others are equally wide. */
function timeScale(entry, width) {
  const leaves = entry.positions.filter((row) => !entry.positions.some((inner) => inner !== row && inner.depth > row.depth && inner.begin > row.begin && inner.end < row.end));
  const slot = width / Math.max(1, leaves.length);
  const at = (position, isEnd) => {
    let low = 0, high = leaves.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (leaves[middle].end < position) low = middle + 1; else high = middle;
    }
    const isInside = low < leaves.length && leaves[low].begin <= position;
    return slot * (isEnd && isInside ? low + 1 : low);
  };
  return { begin: (position) => at(position, false), end: (position) => Math.max(at(position, true), 0), leaves, slot };
}

function drawMemory() {
  const view = byId("view-memory");
  const entry = memoryState.entry;
  if (!entry) {
    view.replaceChildren(make("p", { class: "nothing" }, "This program plans no memory: it has no entry."));
    return;
  }
  const choices = make("div", { class: "choices", role: "group", "aria-label": "Entry" }, page.memory.entries.map((other) =>
    make("button", { "aria-pressed": String(other === entry), onclick: () => { memoryState.entry = other; memoryState.selected = null; drawMemory(); } }, `@${other.entry}`)));
  const range = make("div", { class: "choices", role: "group", "aria-label": "Range" }, [["Temporaries", false], ["Whole arena", true]].map(([text, whole]) =>
    make("button", { "aria-pressed": String(memoryState.whole === whole), onclick: () => { memoryState.whole = whole; drawMemory(); } }, text)));
  const picture = make("div", { class: "picture", id: "picture" });
  const list = make("div", { class: "buffers", id: "buffer-detail", "aria-live": "polite" });
  view.replaceChildren(
    make("div", { class: "panel" }, make("div", { class: "bar" }, make("h2", {}, "Memory plan"), choices, make("span", { class: "space" }), range),
      make("p", { class: "hint" }, memoryHint(entry)), picture, list),
    make("div", { class: "panel classes" }, make("div", { class: "bar" }, make("h2", {}, "The arena"), make("span", { class: "space" }), make("strong", {}, bytesText(page.memory.classes.arena))), drawClasses()));
  drawPicture(entry, picture);
  showBuffer(memoryState.selected);
}

function memoryHint(entry) {
  const count = shownBuffers(entry).length;
  if (memoryState.whole) return `All ${count} buffers of @${entry.entry} at their offsets: strong while the entry uses them, faint while they are kept, faintest what only other entries use.`;
  const slack = entry.transient ? (100 * (entry.transient - entry.peak)) / entry.transient : 0;
  return `${count} temporaries in ${bytesText(entry.transient)}: at the fullest moment ${bytesText(entry.peak)} are alive, ${slack < 0.05 ? "so no placement needs less" : `${slack.toFixed(1)} % is lost to placement`}.`;
}

const isTemporary = (buffer) => buffer.class === "activations" || buffer.class === "workspace";
const shownBuffers = (entry) => entry.buffers.filter((buffer) => buffer.class !== "scratch" && (memoryState.whole || isTemporary(buffer)));

function drawClasses() {
  const total = page.memory.classes.arena || 1;
  const rows = classOrder.filter((name) => name !== "scratch" && page.memory.classes[name]).map((name) => {
    const bytes = page.memory.classes[name];
    return make("div", { class: "class-row" },
      make("span", { class: `swatch ${name}` }), make("span", { class: "class-name" }, name), make("span", { class: "hint" }, classMeaning[name]),
      draw("svg", { class: "share", width: 120, height: 8, "aria-hidden": "true" }, draw("rect", { class: "track", width: 120, height: 8, rx: 4 }), draw("rect", { class: `fill ${name}`, width: Math.max(2, (120 * bytes) / total), height: 8, rx: 4 })),
      make("span", { class: "number" }, bytesText(bytes)));
  });
  const scratch = page.memory.classes.scratch_per_thread;
  if (scratch) rows.push(make("div", { class: "class-row" }, make("span", { class: "swatch scratch" }), make("span", { class: "class-name" }, "scratch"), make("span", { class: "hint" }, classMeaning.scratch), make("span"), make("span", { class: "number" }, bytesText(scratch))));
  return make("div", { class: "class-rows" }, rows);
}

function drawPicture(entry, into) {
  const buffers = shownBuffers(entry);
  const left = 78, right = 14, top = 74, bottom = 56;
  const width = Math.max(360, into.clientWidth || 900), height = memoryState.whole ? 560 : 500;
  const inner = { width: width - left - right, height: height - top - bottom };
  const low = memoryState.whole ? 0 : Math.min(...buffers.map((buffer) => buffer.offset));
  const high = memoryState.whole ? page.memory.classes.arena : Math.max(...buffers.map((buffer) => buffer.offset + buffer.bytes));
  const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `Memory plan of ${entry.entry}`, id: "memory-plan" });
  if (!buffers.length) {
    into.replaceChildren(make("p", { class: "nothing" }, "This entry needs no temporaries."));
    return;
  }
  const scale = timeScale(entry, inner.width);
  const y = (offset) => ((offset - low) / Math.max(1, high - low)) * inner.height;
  const body = draw("g", { transform: `translate(${left} ${top})` });
  drawAxes(body, inner, low, high, y);
  drawProgram(entry, scale, inner, body);
  drawAlive(entry, scale, inner, body);
  if (memoryState.whole) drawIdle(buffers, y, inner, body);
  for (const buffer of [...buffers].sort((a, b) => b.bytes - a.bytes)) body.append(drawBuffer(buffer, scale, y, inner));
  svg.append(body);
  svg.addEventListener("keydown", bufferKeys);
  into.replaceChildren(svg);
  const firstBuffer = svg.querySelector(".buffer");
  if (firstBuffer) firstBuffer.setAttribute("tabindex", 0);
}

function niceStep(span, count) {
  const rough = span / count, base = 2 ** Math.floor(Math.log2(Math.max(1, rough)));
  return rough / base > 1.5 ? base * 2 : base;
}

function drawAxes(body, inner, low, high, y) {
  const step = niceStep(high - low, 7);
  for (let offset = low; offset <= high; offset += step) {
    body.append(draw("line", { class: "grid", x1: 0, x2: inner.width, y1: y(offset), y2: y(offset) }));
    body.append(draw("text", { class: "tick", x: -8, y: y(offset) + 3.5, "text-anchor": "end" }, bytesText(offset - low)));
  }
  body.append(draw("text", { class: "axis", x: -70, y: -10 }, "offset"));
  body.append(draw("text", { class: "axis", x: inner.width, y: inner.height + 50, "text-anchor": "end" }, "program order →"));
}

/** What runs when: one band per depth of loops, named where there is room. */
function drawProgram(entry, scale, inner, body) {
  const depth = Math.max(0, ...entry.positions.map((row) => row.depth));
  const bands = [];
  for (const row of entry.positions) {
    const x1 = scale.begin(row.begin), x2 = scale.end(row.end);
    const last = bands[bands.length - 1];
    const text = fromText(row.from);
    if (last && last.depth === row.depth && last.text === text && Math.abs(last.x2 - x1) < 0.5) last.x2 = x2;
    else bands.push({ depth: row.depth, x1, x2, text, from: row.from });
  }
  for (const band of bands) {
    const y = inner.height + 6 + 14 * Math.min(band.depth, 1);
    const group = draw("g", { class: "band", transform: `translate(${band.x1} ${y})`, onmousemove: (event) => showTip(event, [make("strong", {}, band.text)]), onmouseleave: hideTip },
      draw("rect", { width: Math.max(0.5, band.x2 - band.x1 - 0.6), height: 12, rx: 2 }));
    const room = Math.floor((band.x2 - band.x1 - 6) / 5.4);
    if (room >= 4) group.append(draw("text", { x: 4, y: 9 }, clipped(band.text, room)));
    body.append(group);
  }
  return depth;
}

/** Bytes alive at each moment, above the picture. */
function drawAlive(entry, scale, inner, body) {
  const temporaries = entry.buffers.filter(isTemporary);
  const height = 44, y0 = -16;
  const alive = new Float64Array(scale.leaves.length + 1);
  for (const buffer of temporaries) {
    const from = Math.round(scale.begin(buffer.begin) / scale.slot), to = Math.max(from + 1, Math.round(scale.end(buffer.end) / scale.slot));
    for (let k = from; k < to; k++) alive[k] += buffer.bytes;
  }
  const most = Math.max(...alive, 1);
  let path = `M0 ${y0}`;
  for (let k = 0; k < scale.leaves.length; k++) path += `L${k * scale.slot} ${y0 - (height * alive[k]) / most}H${(k + 1) * scale.slot}`;
  body.append(draw("path", { class: "alive", d: `${path}V${y0}Z` }));
  body.append(draw("text", { class: "tick", x: -8, y: y0 - height + 8, "text-anchor": "end" }, bytesText(most)));
  body.append(draw("text", { class: "axis", x: 0, y: y0 - height - 4 }, "temporaries alive"));
}

/** What other entries keep in the arena meanwhile. */
function drawIdle(buffers, y, inner, body) {
  const known = new Set(buffers.map((buffer) => buffer.name));
  for (const buffer of page.memory.entries.flatMap((entry) => entry.buffers)) {
    if (!buffer.name || known.has(buffer.name)) continue;
    known.add(buffer.name);
    body.append(draw("rect", { class: `idle ${buffer.class}`, x: 0, y: y(buffer.offset), width: inner.width, height: Math.max(0.6, y(buffer.offset + buffer.bytes) - y(buffer.offset) - 0.5),
      onmousemove: (event) => showTip(event, [...bufferTip(buffer), make("p", { class: "hint" }, "This entry does not use it.")]), onmouseleave: hideTip }));
  }
}

const bufferName = (buffer) => buffer.name.replace(/^(parameter|gradient|state0|state1|state\d+|input|output|cache):/, "").replace(/:memref.*/, "") || fromText(buffer.from);

function drawBuffer(buffer, scale, y, inner) {
  const x1 = scale.begin(buffer.begin), x2 = Math.max(scale.end(buffer.end), x1 + 1.5);
  const top = y(buffer.offset), height = Math.max(0.8, y(buffer.offset + buffer.bytes) - top);
  const group = draw("g", {
    class: `buffer ${buffer.class}`, tabindex: -1, role: "img", "data-offset": buffer.offset, "data-bytes": buffer.bytes,
    "aria-label": `${bufferName(buffer)}, ${bytesText(buffer.bytes)} at ${buffer.offset}, ${buffer.class}`,
    onmousemove: (event) => showTip(event, bufferTip(buffer)), onmouseleave: hideTip,
    onfocus: () => showBuffer(buffer), onclick: () => showBuffer(buffer),
  });
  if (!isTemporary(buffer)) group.append(draw("rect", { class: "kept", x: 0, y: top, width: inner.width, height }));
  const inset = height > 3 ? 0.5 : 0;
  group.append(draw("rect", { class: "lives", x: x1, y: top + inset, width: Math.max(1, x2 - x1 - 0.6), height: Math.max(0.6, height - 2 * inset), rx: height > 8 ? 2 : 0 }));
  const room = Math.floor((x2 - x1 - 10) / 6);
  if (height >= 15 && room >= 6) group.append(draw("text", { x: x1 + 6, y: top + Math.min(height / 2 + 4, 14) }, clipped(bufferName(buffer), room)));
  buffer.group = group;
  return group;
}

function bufferTip(buffer) {
  const rows = [["class", `${buffer.class}, ${classMeaning[buffer.class]}`], ["bytes", `${bytesText(buffer.bytes)} (${buffer.bytes.toLocaleString("en")})`], ["offset", buffer.offset.toLocaleString("en")],
    ["type", buffer.type], ["from", fromText(buffer.from) + (buffer.from.length ? ` at ${buffer.from.map(placeText).join(", ")}` : "")]];
  return [make("strong", {}, bufferName(buffer)), make("dl", {}, rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))))];
}

function showBuffer(buffer) {
  memoryState.selected?.group?.classList.remove("selected");
  memoryState.selected = buffer;
  const detail = byId("buffer-detail");
  if (!buffer) {
    detail.replaceChildren(make("p", { class: "hint" }, "Point at a rectangle, or walk through them with the arrow keys."));
    return;
  }
  buffer.group?.classList.add("selected");
  const op = buffer.from.find((from) => findNode(from));
  detail.replaceChildren(make("span", { class: `swatch ${buffer.class}` }), ...bufferTip(buffer),
    op === undefined ? "" : make("button", { class: "plain", onclick: () => openOp(op) }, "Show the op"));
}

function bufferKeys(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const all = shownBuffers(memoryState.entry).sort((a, b) => a.offset - b.offset || a.begin - b.begin);
  const at = all.indexOf(memoryState.selected);
  const next = all[(at + step + all.length) % all.length];
  for (const buffer of all) buffer.group.setAttribute("tabindex", buffer === next ? 0 : -1);
  next.group.focus();
  event.preventDefault();
}

function startMemory() {
  const entries = page.memory.entries;
  memoryState.entry = entries.find((entry) => entry.entry === "grad") || entries.reduce((most, entry) => (!most || entry.transient > most.transient ? entry : most), null);
  if (memoryState.entry && !memoryState.entry.buffers.some(isTemporary)) memoryState.whole = true;
  let width = 0;
  new ResizeObserver(() => {
    const now = byId("view-memory").clientWidth;
    if (now && now !== width) { width = now; drawMemory(); }
  }).observe(byId("view-memory"));
}
