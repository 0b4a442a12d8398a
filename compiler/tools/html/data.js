// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The data of the page, small helpers, and the program after any pass: floors are unpacked when somebody looks at them.
"use strict";

const page = JSON.parse(document.getElementById("overview").textContent);
const floors = ["model", "tensor", "buffer", "llvm"];
const byId = (id) => document.getElementById(id);

/** make("div", {class: "x", onclick: f}, child...); SVG elements are made by draw(). */
function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}
function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

function scaled(value, step, units) {
  let unit = 0;
  for (; Math.abs(value) >= step && unit + 1 < units.length; unit++) value /= step;
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`.trim();
}
const bytesText = (bytes) => scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
const flopsText = (flops) => scaled(flops, 1000, ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"]);
const countText = (count) => scaled(count, 1000, ["", "k", "M", "G"]);
const timeText = (seconds) => (seconds >= 1 ? `${seconds.toFixed(2)} s` : seconds >= 1e-4 ? `${(seconds * 1e3).toFixed(1)} ms` : `${(seconds * 1e6).toFixed(0)} µs`);
const passText = (pass) => pass.replace(/^tern-/, "") || "as written";

/** linear attn.c_attn */
function opText(index) {
  const op = page.source.ops[index];
  return op.name.replace(/^func\.func$|^(tern|func)\./, "") + (op.symbol ? ` ${op.symbol}` : "");
}
const placeText = (index) => `${page.source.ops[index].line}:${page.source.ops[index].column}`;
const fromText = (from) => (from.length ? from.map(opText).join(" + ") : "the compiler");

// ---- the program after any pass -----------------------------------------------------------------------------------------

const program = { texts: [], text: [], origin: [], origins: [], changes: [], starts: [], ready: [] };

async function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function append(list, more) {
  for (const item of more) list.push(item);
}

function take(floor) {
  append(program.texts, floor.texts);
  append(program.text, floor.text);
  append(program.origin, floor.origin);
  append(program.origins, floor.origins);
  append(program.changes, floor.steps);
}

/** Tables continue from floor to floor, so they are unpacked in order, each once. */
function ready(floor) {
  if (!program.ready[floor]) {
    const above = floor > 0 ? ready(floor - 1) : Promise.resolve();
    program.ready[floor] = above.then(() => unpack(byId(`floor-${floors[floor]}`).textContent)).then(take);
  }
  return program.ready[floor];
}

function applied(lines, edits) {
  const result = [];
  let done = 0;
  for (const [at, removed, ...runs] of edits) {
    for (let i = done; i < at; i++) result.push(lines[i]);
    for (let k = 0; k < runs.length; k += 2) for (let n = 0; n < runs[k + 1]; n++) result.push(runs[k] + n);
    done = at + removed;
  }
  for (let i = done; i < lines.length; i++) result.push(lines[i]);
  return result;
}

/** Section name -> lines, before the pass with this number. */
function before(step) {
  if (program.starts[step]) return program.starts[step];
  if (step === 0) return new Map();
  const sections = new Map(before(step - 1));
  for (const [section, erased, edits] of program.changes[step - 1]) {
    if (erased) sections.delete(section);
    else sections.set(section, applied(sections.get(section) || [], edits));
  }
  return (program.starts[step] = sections);
}

const lineText = (line) => program.texts[program.text[line]];
const lineOrigins = (line) => program.origins[program.origin[line]];
