// Draws what a search found. Texts come from anywhere: they become text nodes, never markup.
import { element, number } from "./answers.js";

/** A hit: title, score, the sentences with the query's words marked or else the text, and where the score comes from. */
export function hitView(hit) {
  const head = element("strong", {}, hit.title || hit.id);
  const score = element("span", { class: "score", title: "score" }, digits(hit.score));
  const snippets = hit.highlights?.length ? hit.highlights : [{ text: hit.text ?? "", marks: [] }];
  const texts = snippets.map((snippet) => element("p", {}, ...pieces(snippet)));
  const origin = [origins(hit.explanation), values(hit.fields)].filter(Boolean).join(" · ");
  return element("li", { tabindex: "0" }, score, head, ...texts, ...(origin ? [element("p", { class: "origin" }, origin)] : []));
}

/** Three digits that count: sums of reciprocal ranks are small, BM25's scores are not. */
const digits = (score) => Number(score.toPrecision(3)).toString().replace("-", "−");

/** A text cut into strings and marks. Offsets are UTF-16 units, which is how JavaScript counts too. */
function pieces({ text, marks }) {
  const parts = [];
  let end = 0;
  for (const [from, to] of marks) {
    parts.push(text.slice(end, from), element("mark", {}, text.slice(from, to)));
    end = to;
  }
  return [...parts, text.slice(end)];
}

function origins(explanation) {
  const { lexical, dense, reranked } = explanation ?? {};
  const parts = [];
  if (lexical) parts.push(`words no. ${lexical.rank} (BM25 ${number(lexical.bm25, 1)})`);
  if (dense) parts.push(`meaning no. ${dense.rank} (cosine ${number(dense.similarity)})`);
  if (reranked !== undefined) parts.push(`read again ${number(reranked)}`);
  return parts.join(", ");
}

const values = (fields) => Object.entries(fields ?? {}).map(([name, value]) => `${name} ${[value].flat().join(", ")}`).join(" · ");
