// Keeps a count fresh while the page is looked at: <div data-count="…/count.json">
// around <strong data-count-number> and, with a goal, <progress>. Answers come from
// the nearest cache, so many who watch are no load.
const every = 5_000;

async function refresh(box) {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(box.dataset.count, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { confirmed, goal } = await answer.json();
  const number = box.querySelector("[data-count-number]");
  const bar = box.querySelector("progress");
  const text = confirmed.toLocaleString(document.documentElement.lang);
  if (number.textContent !== text) number.textContent = text;
  if (bar) bar.value = Math.min(confirmed, goal);
}

for (const box of document.querySelectorAll("[data-count]")) {
  const look = () => refresh(box).catch(() => {}); // away: the next turn asks again
  // Each page keeps its own beat, so that those opened by one mail don't ask together.
  setTimeout(() => setInterval(look, every), Math.random() * every);
  document.addEventListener("visibilitychange", look);
}
