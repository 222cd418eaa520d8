// Talks to the server: questions, keys, errors in words, and which answers are still wanted.

/** What went wrong, in words for the reader; `retry` is after how many seconds trying again makes sense, or 0. */
export class Refusal extends Error {
  constructor(message, retry = 0) {
    super(message);
    this.retry = retry;
  }
}

const KEY = "polymath-key";
let asking = null;

const headers = (body) => {
  const key = sessionStorage.getItem(KEY);
  return { ...(body && { "Content-Type": "application/json" }), ...(key && { Authorization: `Bearer ${key}` }) };
};

/**
 * The server's answer to a question: a POST where there is a body. With `quiet`, nobody is asked for a key.
 * Paths are relative, so that the page also works behind a proxy that serves it below some folder.
 */
export async function ask(path, body, { signal, quiet = false } = {}) {
  const response = await send(path, body, signal);
  if (response.ok) return response.json();
  if (response.status === 401 && !quiet && (await askForKey())) return ask(path, body, { signal });
  throw await refusal(response);
}

async function send(path, body, signal) {
  const options = { method: body ? "POST" : "GET", headers: headers(body), signal };
  if (body) options.body = JSON.stringify(body);
  try {
    return await fetch(path, options);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal("The server does not answer. Trying again.", 2);
  }
}

async function refusal(response) {
  const said = await response.json().catch(() => ({}));
  const message = said.error?.message ?? said.error ?? `status ${response.status}`;
  if (response.status === 401) return new Refusal("The server asks for a key. Type again to enter one.");
  if (response.status === 429 || response.status === 503) {
    return new Refusal("The server is busy. Trying again.", Math.max(Number(response.headers.get("Retry-After")) || 1, 0.5));
  }
  return new Refusal(`The server refused this: ${message}`);
}

/** Opens the form for a key; once for all the questions that wait for it. False where the reader cancels. */
function askForKey() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("key");
    const value = document.getElementById("key-value");
    document.getElementById("key-form").onsubmit = (event) => {
      event.preventDefault();
      sessionStorage.setItem(KEY, value.value.trim());
      dialog.close("given");
    };
    document.getElementById("close-key").onclick = () => dialog.close("");
    dialog.onclose = () => {
      value.value = "";
      asking = null;
      resolve(dialog.returnValue === "given");
    };
    dialog.returnValue = "";
    dialog.showModal();
  });
  return asking;
}

/** The same question for a terminal. The key itself is not shown: a command line ends up in histories and chats. */
export function curl(path, body) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const key = sessionStorage.getItem(KEY) ? ' \\\n  -H "Authorization: Bearer $POLYMATH_KEY"' : "";
  const json = ` \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(JSON.stringify(body))}`;
  return `curl -s ${quoted(new URL(path, document.baseURI).href)}${key}${json}`;
}

/**
 * Runs `work(signal)` some milliseconds after the last call, and cancels what an earlier call still waits for. `cancel()`
 * does only that.
 */
export function newest(work) {
  let timer = 0;
  let running = new AbortController();
  const run = (milliseconds) => {
    run.cancel();
    running = new AbortController();
    timer = setTimeout(work, milliseconds, running.signal);
  };
  run.cancel = () => {
    clearTimeout(timer);
    running.abort();
  };
  return run;
}
