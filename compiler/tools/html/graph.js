// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The graph of the model, drawn top to bottom: ranks by longest path, one lane on the right per value that skips ranks.
"use strict";

const graphState = { folded: new Set(), selected: null, order: [] };
const nodeWidth = 216, rankGap = 22, columnGap = 16, laneGap = 13, padding = 14;

const isSmall = (node) => node.name === "input" || /\.(param|yield|return|hyper)$/.test(node.name);
const shortName = (node) => (node.name === "input" ? node.label || "input" : node.name.replace(/^tern\.|^func\./, ""));

function rankNodes(nodes) {
  const rank = new Map();
  const inside = new Set(nodes.map((node) => node.id));
  for (const node of nodes) {
    const sources = node.inputs.filter((id) => inside.has(id));
    rank.set(node.id, sources.length ? Math.max(...sources.map((id) => rank.get(id))) + 1 : 0);
  }
  for (const node of nodes) {
    const users = nodes.filter((user) => user.inputs.includes(node.id));
    const isSource = !node.inputs.some((id) => inside.has(id));
    if (isSource && users.length) rank.set(node.id, Math.max(0, Math.min(...users.map((user) => rank.get(user.id))) - 1));
  }
  return rank;
}

function sizeOf(node) {
  if (node.body && !graphState.folded.has(node.id)) {
    node.inner = layout(node.body);
    return { width: Math.max(nodeWidth, node.inner.width) + 2 * padding, height: node.inner.height + 40 + padding };
  }
  if (isSmall(node)) return { width: node.params.length || node.label.length > 14 ? nodeWidth - 40 : 150, height: 28 };
  return { width: nodeWidth, height: node.params.length ? 60 : 44 };
}

/** Gives every node x, y, width, height, and the edges their paths. */
function layout(nodes) {
  const rank = rankNodes(nodes);
  const ranks = [];
  for (const node of nodes) {
    Object.assign(node, sizeOf(node));
    (ranks[rank.get(node.id)] ||= []).push(node);
  }
  const rows = ranks.filter(Boolean);
  // What stands first in a row continues the row above; parameters stand beside it.
  for (const row of rows) row.sort((a, b) => isSource(a) - isSource(b) || a.id - b.id);
  const widths = rows.map((row) => row.filter((node, index) => index === 0 || !isSource(node)).reduce((sum, node) => sum + node.width + columnGap, -columnGap));
  const main = Math.max(...widths); // of what is not beside
  let y = 0, width = 0;
  rows.forEach((row, index) => {
    const height = Math.max(...row.map((node) => node.height));
    let x = (main - widths[index]) / 2;
    for (const node of row) {
      node.x = x;
      node.y = y + (height - node.height) / 2;
      x += node.width + columnGap;
    }
    width = Math.max(width, x - columnGap);
    y += height + rankGap;
  });
  const edges = route(nodes, rank, width);
  return { nodes, edges, width: edges.width, height: y - rankGap };
}

const isSource = (node) => (node.inputs.length === 0 ? 1 : 0);

function route(nodes, rank, width) {
  const places = new Map(nodes.map((node) => [node.id, node]));
  const edges = [];
  const lanes = []; // where each lane is free again
  for (const target of nodes)
    for (const id of new Set(target.inputs)) {
      const source = places.get(id);
      if (!source) continue;
      const skips = rank.get(target.id) - rank.get(id) > 1;
      edges.push({ source, target, skips });
    }
  const skipping = edges.filter((edge) => edge.skips).sort((a, b) => a.source.y - b.source.y || b.target.y - a.target.y);
  for (const edge of skipping) {
    let lane = lanes.findIndex((free) => free <= edge.source.y);
    if (lane < 0) lane = lanes.length;
    lanes[lane] = edge.target.y;
    edge.lane = lane;
  }
  for (const edge of edges) edge.path = edge.skips ? around(edge, width + laneGap * (edge.lane + 1)) : straight(edge);
  edges.width = width + laneGap * (lanes.length ? lanes.length + 0.5 : 0);
  return edges;
}

function straight({ source, target }) {
  const x1 = source.x + source.width / 2, y1 = source.y + source.height;
  const x2 = Math.min(Math.max(x1, target.x + 18), target.x + target.width - 18), y2 = target.y;
  const aligned = Math.abs(x1 - (target.x + target.width / 2)) < 1;
  const end = aligned ? x1 : x2;
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${middle} ${end} ${middle} ${end} ${y2}`;
}

function around({ source, target }, x) {
  const r = 7;
  const y1 = source.y + source.height / 2, y2 = target.y + target.height / 2;
  const x1 = source.x + source.width, x2 = target.x + target.width;
  return `M${x1} ${y1}H${x - r}Q${x} ${y1} ${x} ${y1 + r}V${y2 - r}Q${x} ${y2} ${x - r} ${y2}H${x2}`;
}

function drawGraph() {
  const result = layout(page.graph.nodes);
  graphState.order = [];
  const margin = 16;
  const svg = draw("svg", {
    viewBox: `0 0 ${result.width + 2 * margin} ${result.height + 2 * margin}`, role: "tree", "aria-label": "Graph of the model",
  });
  svg.append(draw("defs", {}, draw("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto" },
    draw("path", { d: "M0 0L8 4L0 8z", class: "arrow" }))));
  const root = draw("g", { transform: `translate(${margin} ${margin})` });
  drawNodes(result, root);
  svg.append(root);
  // A graph that is a little too wide is drawn a little smaller; a wider one scrolls.
  svg.style.width = `${result.width + 2 * margin}px`;
  svg.style.minWidth = `${0.72 * (result.width + 2 * margin)}px`;
  byId("graph").replaceChildren(svg);
  byId("fold-all").textContent = graphState.folded.size ? "Unfold" : "Fold";
}

function drawNodes({ nodes, edges }, into) {
  for (const edge of edges) into.append(draw("path", { d: edge.path, class: edge.skips ? "edge skip" : "edge", "marker-end": "url(#arrow)" }));
  for (const node of nodes) into.append(drawNode(node));
}

const clipped = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);

function drawNode(node) {
  const group = draw("g", {
    class: `node${isSmall(node) ? " small" : ""}${node.body ? " group" : ""}${node.op < 0 ? " fixed" : ""}`,
    transform: `translate(${node.x} ${node.y})`, "data-node": node.id, "data-name": node.name, "data-label": node.label,
    role: "treeitem", tabindex: -1, "aria-label": `${shortName(node)} ${node.label} ${node.type}`,
    onclick: (event) => { event.stopPropagation(); selectNode(node); },
  });
  if (node.body) group.setAttribute("aria-expanded", String(!graphState.folded.has(node.id)));
  graphState.order.push({ node, group });
  group.append(draw("rect", { width: node.width, height: node.height, rx: isSmall(node) ? 14 : 8 }));
  if (isSmall(node)) {
    const text = node.name === "input" ? shortName(node) : [shortName(node), node.label].filter(Boolean).join(" ");
    group.append(draw("text", { x: node.width / 2, y: 18, class: "name", "text-anchor": "middle" }, clipped(text, 26)));
    group.append(draw("title", {}, node.type));
    return group;
  }
  const title = draw("text", { x: node.body ? 34 : 12, y: 19 }, draw("tspan", { class: "name" }, shortName(node)));
  if (node.repeat) title.append(draw("tspan", { class: "repeat", dx: 6 }, `×${node.repeat}`));
  if (node.label) title.append(draw("tspan", { class: "label", dx: 7 }, clipped(node.label, Math.max(8, 28 - shortName(node).length))));
  group.append(title);
  if (node.body) drawFold(node, group);
  if (!node.body || !node.inner || graphState.folded.has(node.id))
    group.append(draw("text", { x: node.body ? 34 : 12, y: 35, class: "shape" }, node.type));
  if (node.params.length) {
    const count = node.params.reduce((sum, [, type]) => sum + elementsIn(type), 0);
    group.append(draw("text", { x: 12, y: 51, class: "params" }, `${countText(count)} parameters${node.depth ? " per layer" : ""}`));
  }
  if (node.body && !graphState.folded.has(node.id)) {
    const inner = draw("g", { transform: `translate(${padding + Math.max(0, (node.width - 2 * padding - node.inner.width) / 2)} 40)` });
    drawNodes(node.inner, inner);
    group.append(inner);
  }
  return group;
}

const elementsIn = (type) => type.split(" ")[0].split("×").reduce((product, size) => product * (Number(size) || 1), 1);

function drawFold(node, group) {
  const folded = graphState.folded.has(node.id);
  group.append(draw("g", { class: "fold", transform: "translate(8 6)", onclick: (event) => { event.stopPropagation(); toggleFold(node); } },
    draw("title", {}, folded ? "Unfold" : "Fold"), draw("rect", { width: 18, height: 18, rx: 5 }),
    draw("path", { d: folded ? "M7 5l4 4-4 4" : "M5 7l4 4 4-4" })));
}

function toggleFold(node) {
  if (!graphState.folded.delete(node.id)) graphState.folded.add(node.id);
  redrawGraph();
}

function redrawGraph() {
  drawGraph();
  markSelected(false);
}

/** The op and everything inside of it. */
function opsOf(node) {
  const ops = new Set(node.op >= 0 ? [node.op] : []);
  page.source.ops.forEach((op, index) => { if (ops.has(op.parent)) ops.add(index); });
  return ops;
}

function selectNode(node) {
  if (node.op < 0) return;
  const isSame = graphState.selected === node;
  graphState.selected = isSame ? null : node;
  markSelected(true);
  showSubject(graphState.selected);
}

function markSelected(focus) {
  for (const { node, group } of graphState.order) {
    const isSelected = node === graphState.selected;
    group.classList.toggle("selected", isSelected);
    group.setAttribute("tabindex", isSelected ? 0 : -1);
    if (isSelected && focus) { group.focus({ preventScroll: true }); group.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  }
  if (!graphState.selected && graphState.order.length) graphState.order[0].group.setAttribute("tabindex", 0);
}

function findNode(op, nodes = page.graph.nodes) {
  for (const node of nodes) {
    if (node.op === op) return node;
    const inner = node.body && findNode(op, node.body);
    if (inner) { graphState.folded.delete(node.id); return inner; }
  }
  return null;
}

function graphKeys(event) {
  const selectable = graphState.order.filter(({ node }) => node.op >= 0);
  const at = selectable.findIndex(({ group }) => group === document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    const next = selectable[Math.min(Math.max(at + step, 0), selectable.length - 1)];
    if (next.node !== graphState.selected) selectNode(next.node);
  } else if (at >= 0 && selectable[at].node.body && (event.key === "ArrowLeft" || event.key === "ArrowRight" || event.key === "Enter")) {
    toggleFold(selectable[at].node);
    markSelected(true);
  } else return;
  event.preventDefault();
}

function startGraph() {
  const deepen = (nodes, depth) => nodes.forEach((node) => { node.depth = depth; if (node.body) deepen(node.body, depth + 1); });
  deepen(page.graph.nodes, 0);
  byId("graph-title").textContent = `@${page.graph.function}`;
  byId("graph").addEventListener("keydown", graphKeys);
  byId("fold-all").addEventListener("click", () => {
    const groups = page.graph.nodes.filter((node) => node.body);
    graphState.folded = graphState.folded.size ? new Set() : new Set(groups.map((node) => node.id));
    redrawGraph();
  });
  if (!page.graph.nodes.some((node) => node.body)) byId("fold-all").hidden = true;
  redrawGraph();
}
