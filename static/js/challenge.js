// Solves a challenge for a form while its visitor types: <form data-challenge="address
// of the challenge">. The answer goes into a hidden field named altcha. Nobody sees
// any of it, and nothing depends on it: a form without an answer is taken as well.
// The challenge is ALTCHA's: find the number n for which SHA-256(salt + n) is known.
// This file is its own worker, so that typing never waits for the search.
const fresh = 9 * 60_000; // an answer is good for ten minutes
const patience = 5_000; // how long pressing the button may wait for one
const portion = 256; // hashes on their way at once

async function search({ salt, challenge, maxnumber }) {
  const encoder = new TextEncoder();
  const wanted = challenge.match(/../g).map((byte) => parseInt(byte, 16));
  const found = async (n) => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(salt + n)));
    return wanted.every((byte, i) => byte === hash[i]);
  };
  for (let first = 0; first <= maxnumber; first += portion) {
    const numbers = Array.from({ length: Math.min(portion, maxnumber - first + 1) }, (_, i) => first + i);
    const hit = (await Promise.all(numbers.map(found))).indexOf(true);
    if (hit >= 0) return numbers[hit];
    if (globalThis.document) await new Promise((next) => setTimeout(next)); // without a worker: in slices
  }
  return null;
}

function searchAside(challenge) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.url, { type: "module" });
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.onerror = (event) => { event.preventDefault(); worker.terminate(); reject(event); };
    worker.postMessage(challenge);
  });
}

async function solve(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (answer.status !== 200) return ""; // none is wanted, or too many were asked for
  const { algorithm, challenge, maxnumber, salt, signature } = await answer.json();
  const task = { salt, challenge, maxnumber };
  const number = await searchAside(task).catch(() => search(task));
  return number === null ? "" : btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
}

function watch(form) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "altcha" });
  form.append(field);
  let at = 0; // when the answer in the field was asked for (it is empty where none is wanted); 0: not yet
  let work = null; // the search that goes on
  let waits = false; // the button was pressed, and an answer is on its way
  let tried = false; // that answer has been waited for
  const begin = () => {
    const asked = Date.now();
    work ??= solve(form.dataset.challenge)
      .then((answer) => { field.value = answer; at = asked; }, () => {}) // nothing is said: the form goes without
      .finally(() => { work = null; });
    return work;
  };
  form.addEventListener("focusin", begin, { once: true });
  form.addEventListener("submit", (event) => {
    if (waits) event.preventDefault();
    if (waits || tried || (at && Date.now() - at < fresh)) return;
    event.preventDefault();
    waits = true;
    const button = event.submitter;
    Promise.race([begin(), new Promise((given) => setTimeout(given, patience))]).then(() => {
      waits = false;
      tried = true;
      form.requestSubmit(button);
    });
  });
  // Going back finds the form with an answer that has been used.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    field.value = "";
    at = 0;
    tried = false;
    form.addEventListener("focusin", begin, { once: true });
  });
}

if (!globalThis.document) {
  addEventListener("message", async ({ data }) => postMessage(await search(data)));
} else if (globalThis.crypto?.subtle) { // absent where the connection isn't secure
  document.querySelectorAll("form[data-challenge]").forEach(watch);
}
