// Keeps a count fresh while the page is looked at: <div data-count="…/count.json">
// around <strong data-count-number> and, with a goal, <progress>.
const every = 10_000;

async function refresh(box) {
  const answer = await fetch(box.dataset.count, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { confirmed, goal } = await answer.json();
  const number = box.querySelector("[data-count-number]");
  const bar = box.querySelector("progress");
  number.textContent = confirmed.toLocaleString(document.documentElement.lang);
  if (bar) bar.value = Math.min(confirmed, goal);
}

for (const box of document.querySelectorAll("[data-count]")) {
  setInterval(() => {
    if (document.visibilityState === "visible") refresh(box).catch(() => {}); // away: the next turn asks again
  }, every);
}
