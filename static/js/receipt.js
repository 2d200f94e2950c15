// Keeps a receipt up to date while it is looked at. A stream of events says that
// something moved; then the page is read again, and the parts marked data-live
// whose words have changed are put in place; what was unfolded stays so. Where there is no stream, the page
// is read again every half minute.
const box = document.querySelector("[data-events]");
const status = document.querySelector("[data-live-status]");
const everyHalfMinute = 30_000;

// A part that is being used is left alone until the focus has gone elsewhere.
const waiting = new Map();

function put(part, fresh) {
  if (part.contains(document.activeElement)) {
    waiting.set(part, fresh);
    return;
  }
  waiting.delete(part);
  const open = new Set([...part.querySelectorAll("details[id][open]")].map((d) => d.id));
  part.replaceChildren(...fresh.childNodes);
  for (const d of part.querySelectorAll("details[id]")) d.open ||= open.has(d.id);
  document.dispatchEvent(new CustomEvent("redress:replaced"));
  status.textContent = "";
  setTimeout(() => { status.textContent = status.dataset.moved; }, 100);
}

async function refresh() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh && fresh.textContent !== part.textContent) put(part, fresh);
  }
}

function quietly() {
  refresh().catch(() => {}); // away: the next turn asks again
}

function listen() {
  const stream = new EventSource(box.dataset.events);
  stream.addEventListener("moved", quietly);
  stream.addEventListener("settled", () => stream.close());
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return; // it connects again by itself
    setInterval(() => { if (document.visibilityState === "visible") quietly(); }, everyHalfMinute);
  });
}

if (box && document.querySelector("[data-live-by-hand]")) {
  document.querySelector("[data-live-by-hand]").hidden = true;
  document.addEventListener("focusout", () => setTimeout(() => {
    for (const [part, fresh] of waiting) put(part, fresh);
  }));
  listen();
}
