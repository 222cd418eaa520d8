// Draws answers, one view a task: { element, show(answer, text) }, or show(null) while there is none. A view is made once
// and filled again and again, so that nothing moves, and neither focus nor what the reader unfolded is lost.
// Texts and labels come from anywhere: they become text nodes, never markup.

const SVG = "http://www.w3.org/2000/svg";
const TOP = 3;
const COLOURS = 7;

/** An element with attributes, and children that are nodes or strings. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const percent = (score) => `${Math.round(100 * score)}\u00a0%`;
export const number = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "–");

/** A task's view with its caption; `note` on the caption's right is the answer in short. */
export function view(task) {
  const note = element("span", { class: "result" });
  const { element: body, show, wide } = (KINDS[task.type] ?? other)(task, note);
  const kind = [task.kind ?? task.type, ...(task.languages ?? [])].join(", ");
  const caption = element("figcaption", {}, element("strong", {}, task.name), " ", element("span", {}, kind), note);
  const figure = element("figure", { "data-task": task.name, class: wide ? "wide" : "" }, caption, body);
  show(null, "");
  return { element: figure, show };
}

const KINDS = { classify: bars, multilabel: bars, ordinal: levels, regress: scale, tag: spans, embed: strip, retrieve: strip };

/** An answer in a few words, for a table's cell and for a screen reader. */
export function words(answer) {
  if (!answer) return "–";
  if (answer.spans) return answer.spans.map((span) => `${span.text} (${span.label})`).join(", ") || "none";
  if (answer.labels) return answer.labels.join(", ") || "none";
  if (answer.vector) return `${answer.vector.length} numbers`;
  if (answer.label === undefined) return number(answer.value);
  if (answer.value !== undefined) return `${answer.label} (${number(answer.value, 1)})`;
  return `${answer.label} ${percent(answer.scores?.[answer.label] ?? NaN)}`;
}

/** Labels with bars: the likeliest few in sight, the rest folded; labels over their threshold are ticked. */
function bars(task, note) {
  const several = task.type === "multilabel";
  const rows = task.labels.map(bar);
  // Folding a single label away would save nothing.
  const top = rows.length <= TOP + 1 ? rows.length : TOP;
  const more = element("summary");
  const fold = element("details", { class: "more" }, more, list(rows.slice(top)));
  const body = element("div", { class: several ? "several" : "single" }, list(rows.slice(0, top)), ...(rows.length > top ? [fold] : []));
  const show = (answer) => {
    const passed = new Set(answer ? (answer.labels ?? [answer.label]) : []);
    const scores = answer?.scores ?? {};
    const order = [...task.labels];
    if (answer) order.sort((a, b) => passed.has(b) - passed.has(a) || (scores[b] ?? 0) - (scores[a] ?? 0));
    order.forEach((label, i) => rows[i].show(label, answer && (scores[label] ?? 0), passed.has(label), several));
    const folded = order.slice(top).filter((label) => passed.has(label)).length;
    more.textContent = `${rows.length - top} more${folded ? `, ${folded} of them ticked` : ""}`;
    note.textContent = answer ? (several ? `${passed.size} of ${rows.length}` : answer.label) : "";
  };
  return { element: body, show };
}

const list = (rows) => element("ul", { class: "bars" }, ...rows.map((row) => row.element));

function bar() {
  const tick = element("span", { class: "tick" });
  const name = element("span", { class: "name" });
  const fill = element("span", { class: "fill" });
  const value = element("span", { class: "value" });
  const row = element("li", {}, tick, name, element("span", { class: "track", "aria-hidden": "true" }, fill), value);
  const show = (label, score, chosen, ticked) => {
    row.classList.toggle("chosen", chosen);
    tick.textContent = chosen && ticked ? "✓" : "";
    name.textContent = name.title = label;
    fill.style.width = `${100 * (score ?? 0)}%`;
    value.textContent = score === null ? "" : percent(score);
  };
  return { element: row, show };
}

/** Levels side by side with their names, and a pointer at the expected level (the first is 1). */
function levels(task, note) {
  const names = task.labels.map((label) => element("li", {}, label));
  const pointer = element("span", { class: "pointer" });
  const line = element("div", { class: "line", "aria-hidden": "true" }, pointer);
  const body = element("div", { class: "levels" }, line, element("ol", {}, ...names));
  body.style.setProperty("--n", names.length);
  const show = (answer) => {
    names.forEach((name, i) => {
      const chosen = answer?.label === task.labels[i];
      name.classList.toggle("chosen", chosen);
      chosen ? name.setAttribute("aria-current", "true") : name.removeAttribute("aria-current");
    });
    pointer.hidden = !answer;
    if (answer) pointer.style.left = `${(100 * (answer.value - 0.5)) / names.length}%`;
    note.textContent = answer ? `${answer.label} (${number(answer.value, 1)})` : "";
  };
  return { element: body, show };
}

/** A number on a line whose ends are round and widen as larger numbers come: the server does not know the range. */
function scale(task, note) {
  const pointer = element("span", { class: "pointer" });
  const [low, high] = [element("span"), element("span")];
  const ends = element("div", { class: "ends" }, low, high);
  const body = element("div", { class: "scale" }, element("div", { class: "line", "aria-hidden": "true" }, pointer), ends);
  let [least, most] = [0, 1];
  const show = (answer) => {
    const value = answer?.value ?? 0;
    most = Math.max(most, round(Math.abs(value)));
    if (value < 0) least = -most;
    else if (least < 0) least = -most;
    [low.textContent, high.textContent] = [least, most].map((end) => String(end).replace("-", "−"));
    pointer.hidden = !answer;
    pointer.style.left = `${(100 * (value - least)) / (most - least)}%`;
    note.textContent = answer ? number(value) : "";
  };
  return { element: body, show };
}

/** The least of 1, 5, 10, 50, 100, ... that is not below a value. */
function round(value) {
  let end = 1;
  for (let step = 5; end < value; step = 7 - step) end *= step;
  return end;
}

/** The text with its entities marked: colour, underline and the label's name, and a legend with counts. */
function spans(task, note) {
  // Labels are tags: B-PLACE and I-PLACE both mean PLACE, and O means none.
  const kinds = [...new Set(task.labels.filter((tag) => tag !== "O").map((tag) => tag.replace(/^[BIELSU]-/, "")))];
  const marked = element("p", { class: "marked" });
  const legend = element("ul", { class: "legend" });
  const show = (answer, text) => {
    const found = [...(answer?.spans ?? [])].sort((a, b) => a.start - b.start);
    for (const span of found) if (!kinds.includes(span.label)) kinds.push(span.label);
    marked.replaceChildren(...pieces(text, found, kinds));
    marked.classList.toggle("empty", !answer);
    if (!answer) marked.textContent = "Entities are marked here";
    legend.replaceChildren(...kinds.map((kind, i) => {
      const count = found.filter((span) => span.label === kind).length;
      const swatch = element("span", { class: `swatch e${i % COLOURS}`, "aria-hidden": "true" });
      return element("li", { class: count ? "" : "none" }, swatch, kind, element("span", {}, answer ? ` ${count}` : ""));
    }));
    note.textContent = answer ? `${found.length} found` : "";
  };
  return { element: element("div", {}, marked, legend), show, wide: true };
}

/** A text cut into strings and marks. Offsets are UTF-16 units, which is how JavaScript counts too. */
function pieces(text, found, kinds) {
  const parts = [];
  let end = 0;
  for (const span of found) {
    if (span.start < end) continue; // one mark a place
    const words = element("span", { class: "words" }, text.slice(span.start, span.end));
    const tag = element("span", { class: "tag" }, span.label);
    const mark = element("mark", { class: `e${kinds.indexOf(span.label) % COLOURS}` }, words, tag);
    mark.title = `${span.label} ${percent(span.score)}`;
    parts.push(text.slice(end, span.start), mark);
    end = span.end;
  }
  return [...parts, text.slice(end)];
}

/** A vector as a strip of strokes, up for above zero and down for below. */
function strip(task, note) {
  const drawing = document.createElementNS(SVG, "svg");
  const [above, below] = ["above", "below"].map((side) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", side);
    return path;
  });
  drawing.append(above, below);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("class", "strip");
  drawing.setAttribute("preserveAspectRatio", "none");
  const show = (answer) => {
    const vector = answer?.vector ?? [];
    const largest = Math.max(...vector.map(Math.abs), 1e-9);
    const stroke = (value, i) => `M${i} 0h.8v${(-value / largest).toFixed(3)}h-.8z`;
    above.setAttribute("d", vector.map((value, i) => (value > 0 ? stroke(value, i) : "")).join(""));
    below.setAttribute("d", vector.map((value, i) => (value < 0 ? stroke(value, i) : "")).join(""));
    drawing.setAttribute("viewBox", `0 -1 ${vector.length || 1} 2`);
    drawing.setAttribute("aria-label", vector.length ? `A vector of ${vector.length} numbers` : "No vector yet");
    note.textContent = answer ? `${vector.length} numbers, length ${number(Math.hypot(...vector))}` : "";
  };
  return { element: drawing, show, wide: true };
}

/** A kind that this page does not know yet. */
function other(task, note) {
  const body = element("pre");
  const show = (answer) => {
    body.textContent = answer ? JSON.stringify(answer) : "";
    note.textContent = "";
  };
  return { element: body, show };
}
