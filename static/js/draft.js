// Keeps what is written in a form in this browser only, until it is sent:
// <form data-draft="a name">. Fields marked data-no-draft and hidden ones are
// left out; what is marked data-draft-kept says that it is so. A page after sending says so with <… data-draft-sent="a name">.
const week = 7 * 24 * 60 * 60 * 1000;
const keyOf = (name) => "draft:" + name;

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    if (draft && Date.now() - draft.at < week) return draft.fields;
    localStorage.removeItem(key);
  } catch { /* no storage, or not ours: no draft */ }
  return null;
}

// sender is who writes, also where the page knew it: print.js takes it from here.
function write(key, fields, sender) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields, sender }));
  } catch { /* no storage: nothing is kept, and nothing breaks */ }
}

function storage() {
  try {
    return Boolean(localStorage);
  } catch {
    return false;
  }
}

const kept = (field) =>
  field.name && !("noDraft" in field.dataset) &&
  (["TEXTAREA", "SELECT"].includes(field.tagName) || ["text", "email", "tel"].includes(field.type)) && !field.closest(".honeypot");
const pairs = (fields) => Object.fromEntries(fields.map((f) => [f.name, f.value]));
// As the page came, before anybody typed or chose.
const first = (field) => field.defaultValue ?? ([...field.options].find((o) => o.defaultSelected) ?? field.options[0])?.value;

for (const sent of document.querySelectorAll("[data-draft-sent]")) {
  try { localStorage.removeItem(keyOf(sent.dataset.draftSent)); } catch { /* no storage */ }
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = keyOf(form.dataset.draft);
  const fields = [...form.elements].filter(kept);
  for (const note of form.querySelectorAll("[data-draft-kept]")) note.hidden = !storage();
  const returned = form.querySelector("[aria-invalid]") || document.querySelector(".error-summary");
  const draft = returned ? null : read(key); // a form that came back holds what was typed
  if (draft) {
    for (const field of fields) {
      const text = draft[field.name];
      if (typeof text === "string" && text !== "" && field.value === first(field)) {
        field.value = text;
        field.closest("details")?.setAttribute("open", "");
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const changed = fields.filter((f) => f.value !== first(f) || returned);
      const told = fields.filter((f) => f.autocomplete && f.autocomplete !== "off");
      write(key, pairs(changed), pairs(told));
    }, 400);
  });
}
