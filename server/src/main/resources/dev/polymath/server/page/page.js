// The page of `polymath serve`: its tabs, what each of them asks the server, and the live figures.
import { ask, curl, newest } from "./client.js";
import { element, number, view, words } from "./answers.js";
import { hitView } from "./hits.js";

const at = (id) => document.getElementById(id);
const givesVectors = (task) => task.type === "embed" || task.type === "retrieve";
const TYPING = 200; // milliseconds after the last key: a pause, not a letter
const CHUNK = 32; // texts a request in the table, so that the first rows come soon
const LIVE = 2000; // milliseconds between live figures
const KEPT = 30; // live figures in a sparkline: a minute's

const panels = {};
let current = "one";

// ---- what every tab has: fields, a line that says how it stands, answers

/**
 * A tab. `answer(post, signal)` asks by `post`, draws, and returns `{ note, warning }` or nothing; `clear()` draws that
 * there is nothing. The newest question wins, and a busy or lost server is asked again.
 */
function panel(id, fields, answer, clear) {
  const self = { fields: fields.map(at), exchanges: [] };
  const work = async (signal) => {
    const began = performance.now();
    const exchanges = [];
    const post = async (path, body) => {
      const exchange = { path, body };
      exchanges.push(exchange);
      exchange.answer = await ask(path, body, { signal });
      signal.throwIfAborted();
      return exchange.answer;
    };
    try {
      const { note = "", warning = "" } = (await answer(post, signal)) ?? {};
      tell(id, `Answered in ${Math.round(performance.now() - began)} ms${note}`, warning);
    } catch (error) {
      if (signal.aborted) return;
      tell(id, "", error.message, true);
      if (error.retry) self.run(1000 * error.retry);
    }
    self.exchanges = exchanges;
    drawRaw();
  };
  self.run = newest(work);
  self.changed = (wait) => {
    if (self.fields.every((field) => field.value.trim())) {
      at(`${id}-answers`).ariaBusy = "true";
      return self.run(wait);
    }
    self.run.cancel();
    self.exchanges = [];
    tell(id, "");
    clear();
    drawRaw();
  };
  for (const field of self.fields) {
    field.addEventListener("input", () => self.changed(TYPING));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) self.changed(0);
    });
  }
  panels[id] = self;
  self.changed(0); // browsers keep what was typed before a reload
}

/** Says how a tab stands. Answers that a failure left behind are dimmed: they are not of what the field says now. */
function tell(id, note, warning = "", failed = false) {
  const mark = element("span", { class: "warning" }, `${failed ? "✕" : "!"} ${warning}`);
  at(`${id}-status`).replaceChildren(note, ...(warning ? [note && " · ", mark] : []));
  at(`${id}-answers`).classList.toggle("stale", failed);
  at(`${id}-answers`).ariaBusy = "false";
  if (warning) say(warning);
}

let saying = 0;
/** Reads a line out to a screen reader, once typing has come to rest. */
function say(line) {
  clearTimeout(saying);
  saying = setTimeout(() => (at("said").textContent = line), 800);
}

const cut = (model) => `only the first ${model.max_tokens} tokens were read`;
const spoken = (tasks, answers) => tasks.map((task) => `${task.name}: ${words(answers[task.name])}`).join(". ");

// ---- the tabs

function one(model) {
  const tasks = model.tasks.filter((task) => !task.pairs);
  if (!tasks.length) return hide("one");
  const views = tasks.map(view);
  const names = tasks.map((task) => task.name);
  // What is as wide as the page goes first (the text) or last (a vector), so that the columns between have no holes.
  const place = (task) => ({ tag: 0, embed: 2, retrieve: 2 })[task.type] ?? 1;
  const order = [...tasks.keys()].sort((a, b) => place(tasks[a]) - place(tasks[b]));
  at("one-answers").replaceChildren(...order.map((i) => views[i].element));
  const answer = async (post) => {
    const text = at("text").value;
    const [line] = await post("v1/predict", { texts: [text], tasks: names });
    tasks.forEach((task, i) => views[i].show(line.tasks[task.name] ?? null, text));
    say(spoken(tasks, line.tasks));
    return { warning: line.truncated && cut(model) };
  };
  panel("one", ["text"], answer, () => views.forEach((made) => made.show(null, "")));
}

function many(model) {
  // A vector says nothing in a cell, and hundreds of them would be most of what is sent.
  const tasks = model.tasks.filter((task) => !task.pairs && !givesVectors(task));
  if (!tasks.length) return hide("many");
  const heads = ["text", ...tasks.map((task) => task.name)].map((name) => element("th", { scope: "col" }, name));
  const rows = element("tbody");
  at("many-answers").replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...heads)), rows));
  const answer = async (post) => {
    const texts = at("texts-in").value.split(/\r?\n/).filter((text) => text.trim());
    let long = 0;
    for (let from = 0; from < texts.length; from += CHUNK) {
      const some = texts.slice(from, from + CHUNK);
      const lines = await post("v1/predict", { texts: some, tasks: tasks.map((task) => task.name) });
      if (from === 0) rows.replaceChildren();
      rows.append(...lines.map((line) => row(line, tasks)));
      long += lines.filter((line) => line.truncated).length;
    }
    say(`${texts.length} texts answered`);
    return { note: `, ${texts.length} texts`, warning: long && `${long} too long: ${cut(model)}` };
  };
  panel("many", ["texts-in"], answer, () => rows.replaceChildren());
}

function row(line, tasks) {
  const head = element("th", { scope: "row" }, line.text);
  if (line.truncated) head.append(element("span", { class: "warning" }, " ! cut"));
  return element("tr", {}, head, ...tasks.map((task) => element("td", {}, words(line.tasks[task.name]))));
}

function compare(model) {
  const pairs = model.tasks.filter((task) => task.pairs);
  const embeds = model.tasks.some(givesVectors);
  if (!pairs.length && !embeds) return hide("compare");
  const tasks = embeds ? [{ name: "similarity", type: "regress", kind: "cosine of the embeddings" }, ...pairs] : pairs;
  const views = tasks.map(view);
  at("compare-answers").replaceChildren(...views.map((made) => made.element));
  const answer = async (post) => {
    const [text, text2] = [at("first").value, at("second").value];
    const similarity = embeds && post("similarity", { inputs: { source_sentence: text, sentences: [text2] } });
    const names = pairs.map((task) => task.name);
    const predicted = pairs.length ? post("v1/predict", { inputs: [{ text, text2 }], tasks: names }) : [{ tasks: {} }];
    const [values, [line]] = await Promise.all([similarity, predicted]);
    const answers = { ...line.tasks, ...(embeds && { similarity: { value: values[0] } }) };
    tasks.forEach((task, i) => views[i].show(answers[task.name] ?? null, text));
    say(spoken(tasks, answers));
    return { warning: line.truncated && cut(model) };
  };
  panel("compare", ["first", "second"], answer, () => views.forEach((made) => made.show(null, "")));
}

function search(model) {
  if (!model.search) return hide("search");
  const index = model.index ?? {};
  if (index.documents !== undefined) at("query").placeholder = `In ${index.documents.toLocaleString("en")} documents`;
  // Of several tasks that could, the page does not know which one is meant.
  at("search-rerank").hidden = index.rerankers?.length !== 1;
  const answer = async (post) => {
    const mode = document.querySelector("#search-mode input:checked").value;
    const body = { query: at("query").value, mode, top: 10, explain: true };
    if (at("rerank").checked && !at("search-rerank").hidden) body.rerank = 20;
    const { hits } = await post("v1/search", body);
    at("search-answers").replaceChildren(...hits.map(hitView));
    say(`${hits.length} found`);
    return { note: `, ${hits.length || "none"} found` };
  };
  panel("search", ["query"], answer, () => at("search-answers").replaceChildren());
  for (const choice of [at("search-mode"), at("rerank")]) choice.addEventListener("change", () => panels.search.changed(0));
  at("search").addEventListener("keydown", walk);
}

/** Down from the query to the first hit, and up and down from hit to hit; Esc on a hit is back to the query. */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const hits = [at("query"), ...at("search-answers").children];
  const here = hits.indexOf(event.target);
  if (here < 0 || (here === 0 && step !== 1)) return;
  const to = event.key === "Escape" ? hits[0] : step && hits[here + step];
  if (!to) return;
  event.preventDefault();
  event.stopPropagation();
  to.focus();
}

/** What the model cannot do has no tab. */
const hide = (id) => (at(`tab-${id}`).hidden = true);
const tabs = () => [...at("tabs").children].filter((tab) => !tab.hidden);

function select(tab, focus = true) {
  current = tab.getAttribute("aria-controls");
  for (const other of at("tabs").children) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
    at(other.getAttribute("aria-controls")).hidden = other !== tab;
  }
  if (focus) {
    tab.focus();
    history.replaceState(null, "", `#${current}`);
  }
  drawRaw();
}

// ---- request and answer as they were sent

function drawRaw() {
  const exchanges = panels[current]?.exchanges ?? [];
  at("copy").disabled = !exchanges.length;
  if (!at("raw").open) return;
  const none = "Nothing was asked yet.";
  at("curl").textContent = commands() || none;
  at("json").textContent = exchanges.map((exchange) => pretty(exchange.answer)).join("\n") || none;
}

const commands = () => (panels[current]?.exchanges ?? []).map(({ path, body }) => curl(path, body)).join("\n");

/** Numbers of a vector in one line. A string of JSON has no line break, so that texts stay as they are. */
const pretty = (json) =>
  (JSON.stringify(json, null, 2) ?? "No answer.").replace(/\[\n[-+\d.,\seE]*\]/g, (all) => all.replace(/\s+/g, " "));

async function copy() {
  const text = commands();
  if (!text) return;
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    // Browsers lend the clipboard to https and localhost only; elsewhere the reader copies what is selected.
    at("raw").open = true;
    drawRaw();
    getSelection().selectAllChildren(at("curl"));
    return say("The command is selected; copy it");
  }
  at("copy").textContent = "Copied";
  say("Copied");
  setTimeout(() => (at("copy").textContent = "Copy as curl"), 1500);
}

// ---- live figures

const seen = { p50: [], texts: [] };

async function live() {
  // A page that nobody sees asks nothing.
  const figures = document.hidden ? null : await ask("v1/stats", null, { quiet: true }).catch(() => ({}));
  if (figures) {
    const { latency_ms: latency = {}, texts_per_second: texts, queue } = figures;
    at("p50").textContent = number(latency.p50, 1);
    at("p99").textContent = number(latency.p99, 1);
    at("texts").textContent = number(texts, 1);
    at("queue").textContent = number(queue, 0);
    spark("p50", latency.p50);
    spark("texts", texts);
  }
  setTimeout(live, LIVE);
}

function spark(name, value) {
  const values = seen[name];
  values.push(Number.isFinite(value) ? value : 0);
  if (values.length > KEPT) values.shift();
  const most = Math.max(...values, 1e-9);
  const points = values.map((each, i) => `${2 * (KEPT - values.length + i + 1)} ${(19 - (18 * each) / most).toFixed(1)}`);
  at(`${name}-line`).firstElementChild.setAttribute("d", `M${points.join("L")}`);
}

// ---- keys, and the beginning

const KEYS = {
  "/": () => panels[current]?.fields[0].focus(),
  "?": () => at("keys").showModal(),
  c: copy,
  j: () => (at("raw").open = !at("raw").open),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) {
    if (event.key === "Escape") at(`tab-${current}`).focus();
    return;
  }
  const tab = tabs()[Number(event.key) - 1];
  if (!tab && !KEYS[event.key]) return;
  event.preventDefault();
  tab ? select(tab) : KEYS[event.key]();
}

function arrows(event) {
  const all = tabs();
  const here = all.indexOf(event.target);
  const to = { ArrowRight: here + 1, ArrowLeft: here - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || here < 0) return;
  event.preventDefault();
  select(all[to % all.length]);
}

async function begin() {
  let model;
  try {
    model = await ask("v1/tasks");
  } catch (error) {
    at("subject").textContent = error.message;
    // A key that is asked for again and again could not be cancelled.
    if (error.retry) setTimeout(begin, 1000 * error.retry);
    return;
  }
  at("model").textContent = model.model;
  document.title = `${model.model} – Polymath`;
  const count = model.tasks.length === 1 ? "1 task" : `${model.tasks.length} tasks in one pass`;
  at("subject").textContent = `${count}, up to ${model.max_tokens} tokens`;
  for (const tab of [one, many, compare, search]) tab(model);
  const wanted = tabs().find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash) ?? tabs()[0];
  if (wanted) select(wanted, false);
  live();
}

for (const tab of at("tabs").children) tab.addEventListener("click", () => select(tab));
at("tabs").addEventListener("keydown", arrows);
document.addEventListener("keydown", pressed);
at("show-keys").addEventListener("click", () => at("keys").showModal());
at("close-keys").addEventListener("click", () => at("keys").close());
at("copy").addEventListener("click", copy);
at("raw").addEventListener("toggle", drawRaw);
begin();
