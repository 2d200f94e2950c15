// Counts the words of a letter that are its writer's own, as the server does
// when the letter comes in: see OwnWords in internal/letter/own_words.go.
// testdata/own_words.json there holds both to it.
const shingle = 5;
const longestSalutation = 8;
const longestSignOff = 6;
const greetings = new Set(["dear", "hello", "hi", "greetings", "estimado", "estimada", "estimados", "estimadas", "querido", "querida", "hola"]);
const signOffs = new Set([
  "sincerely", "sincerely yours", "yours sincerely", "yours truly", "respectfully", "respectfully yours", "yours respectfully",
  "regards", "best regards", "kind regards", "warm regards", "best wishes", "with respect", "thank you", "thanks", "best",
  "atentamente", "cordialmente", "respetuosamente", "saludos", "gracias",
]);

// The words of a text without case, accents and apostrophes; ends marks the last
// of each sentence.
function tokens(text) {
  const list = [];
  const folded = text.normalize("NFKD").replace(/[\p{M}'’‘ʼʻ]/gu, "");
  for (const [piece, word] of folded.matchAll(/([\p{L}\p{N}]+)|[.!?\n\r]/gu)) {
    if (word) list.push({ word: word.toLowerCase().replaceAll("ς", "σ"), ends: false, theirs: false });
    else if (piece && list.length) list.at(-1).ends = true;
  }
  if (list.length) list.at(-1).ends = true;
  return list;
}

function sentences(list) {
  const all = [];
  let sentence = [];
  for (const token of list) {
    sentence.push(token);
    if (token.ends) {
      all.push(sentence);
      sentence = [];
    }
  }
  return all;
}

const run = (list) => list.map((token) => token.word).join(" ");
const mark = (list) => { for (const token of list) token.theirs = true; };
const beginsWith = (list, words) => words.length > 0 && run(list.slice(0, words.length)) === run(words);

function withoutSalutation(part) {
  part = part.trim();
  const first = part.split("\n", 1)[0];
  if (!greetings.has(tokens(first)[0]?.word)) return part;
  const at = first.search(/[,:;!]/);
  const end = at < 0 ? first.length : at + 1;
  return tokens(first.slice(0, end)).length > longestSalutation ? part : part.slice(end);
}

function withoutSignOff(part) {
  part = part.trim();
  const lines = part.split("\n");
  let filled = 0;
  for (let i = lines.length - 1; i >= 0 && filled < longestSignOff; i--) {
    const words = tokens(lines[i]);
    if (!words.length) continue;
    const closing = run(words);
    if (signOffs.has(closing) && (filled > 0 || !(closing.startsWith("thank") || closing === "gracias"))) {
      return lines.slice(0, i).join("\n");
    }
    if (words.length > longestSalutation) break;
    filled++;
  }
  return part;
}

// What is known of the campaign's texts, to count against again and again.
export function known({ texts = [], openings = [] }) {
  const theirs = new Set();
  for (const text of texts) {
    const list = tokens(text);
    for (let end = shingle; end <= list.length; end++) theirs.add(run(list.slice(end - shingle, end)));
    for (const sentence of sentences(list)) if (sentence.length < shingle) theirs.add(run(sentence));
  }
  return { theirs, openings: openings.map(tokens) };
}

// The share of the parts of a text: {own, total}, in words.
export function ownWords({ theirs, openings }, ...parts) {
  const written = [];
  for (const part of parts) {
    const list = tokens(withoutSignOff(withoutSalutation(part)));
    for (const opening of openings) if (beginsWith(list, opening)) mark(list.slice(0, opening.length));
    written.push(...list);
  }
  for (let end = shingle; end <= written.length; end++) {
    const words = written.slice(end - shingle, end);
    if (theirs.has(run(words))) mark(words);
  }
  for (const sentence of sentences(written)) {
    if (sentence.length < shingle && theirs.has(run(sentence))) mark(sentence);
  }
  const said = new Set();
  written.forEach((token, i) => { if (!token.theirs) said.add(run(written.slice(Math.max(0, i + 1 - shingle), i + 1))); });
  return { own: said.size, total: written.length };
}

// On the page: <form data-prepared="{texts, openings}"> holds sheets, each with
// its textarea[data-own-body="id of its count"]; their prepared texts are the
// first of texts. A count's data-one, data-other ("{n} words of your own."),
// data-none and data-statement are what it says. The story, [data-own-story],
// stands in every sheet. What is said to those who listen, [data-own-said],
// follows a pause, and only when the count has come to another step.
const pause = 1500; // milliseconds
const steps = [1, 10, 25, 50, 100, 200];
const stepOf = (n) => steps.filter((step) => n >= step).length;

function sentenceFor(count, n, statement) {
  if (statement) return count.dataset.statement;
  if (n === 0) return count.dataset.none;
  const lang = document.documentElement.lang;
  const plural = new Intl.PluralRules(lang).select(n);
  return (plural === "one" ? count.dataset.one : count.dataset.other).replace("{n}", n.toLocaleString(lang));
}

function watch(form) {
  const theirs = JSON.parse(form.dataset.prepared);
  const prepared = known({ texts: theirs.texts, openings: theirs.openings ?? [] });
  const story = form.querySelector("[data-own-story]");
  const said = form.querySelector("[data-own-said]");
  const sheets = [...form.querySelectorAll("[data-own-body]")].map((body) => ({ body, count: document.getElementById(body.dataset.ownBody) }));
  const show = () => {
    sheets.forEach(({ body, count }, i) => {
      const { own } = ownWords(prepared, story.value, body.value);
      const changed = body.value.trim() !== theirs.texts[i].trim();
      const text = sentenceFor(count, own, !changed && story.value.trim() === "");
      if (count.textContent !== text) count.textContent = text;
      count.toggleAttribute("data-has", own > 0);
      if (i > 0) count.hidden = !changed; // it is the first sheet's count unless the words differ
    });
  };
  show();
  let told = stepOf(ownWords(prepared, story.value, sheets[0].body.value).own);
  let timer;
  form.addEventListener("input", (event) => {
    if (event.target !== story && !("ownBody" in event.target.dataset)) return;
    show();
    clearTimeout(timer);
    timer = setTimeout(() => {
      const { own } = ownWords(prepared, story.value, sheets[0].body.value);
      if (stepOf(own) === told) return;
      told = stepOf(own);
      said.textContent = sheets[0].count.textContent;
    }, pause);
  });
}

if (typeof document !== "undefined") {
  for (const form of document.querySelectorAll('form[data-prepared]:not([data-prepared=""])')) watch(form);
}
