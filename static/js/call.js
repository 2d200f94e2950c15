// Fills the caller's name and town into the scripts on the page, as they are typed.
// They stay in this tab, for the next call of the round, and are never sent.
const kept = (field) => "call-" + field;
const read = (field) => { try { return sessionStorage.getItem(kept(field)) ?? ""; } catch { return ""; } };
const keep = (field, text) => {
  try {
    if (text) sessionStorage.setItem(kept(field), text);
    else sessionStorage.removeItem(kept(field));
  } catch { /* a browser that keeps nothing: the fields still fill the scripts */ }
};

for (const box of document.querySelectorAll("[data-call-you]")) {
  for (const input of box.querySelectorAll("[data-call-fill]")) {
    const field = input.dataset.callFill;
    const places = [...document.querySelectorAll("[data-call-field]")].filter((e) => e.dataset.callField === field);
    const marks = places.map((e) => e.textContent);
    const known = marks.find((mark) => !mark.startsWith("[")); // the town that the page knows
    const show = () => {
      const text = input.value.trim();
      places.forEach((e, i) => { e.textContent = text || marks[i]; });
    };
    input.value = known ?? read(field);
    if (known) keep(field, known);
    input.addEventListener("input", () => { keep(field, input.value.trim()); show(); });
    show();
  }
  box.hidden = false;
}
