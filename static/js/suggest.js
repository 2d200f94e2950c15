// Suggests while somebody types into a search: <form data-suggest="/search/suggest">
// with one field, a <ul role="listbox" hidden> and a [data-suggest-says]. The field
// becomes a combobox (ARIA's pattern with a list): the arrow keys choose, Enter
// opens what is chosen or else searches, Escape closes. Without this script, or
// when no suggestions come, the form is a form.
const pause = 150; // ms without a key before anything is asked
const shortest = 2; // characters: the site suggests nothing for fewer

for (const form of document.querySelectorAll("form[data-suggest]")) {
  const field = form.querySelector("input[type=search]");
  const list = form.querySelector("[role=listbox]");
  const says = form.querySelector("[data-suggest-says]");
  const answers = new Map(); // what was asked on this page; gone with it
  let options = [];
  let chosen = -1;
  let timer = 0;
  let quietUntil = 0; // the site asked to be left alone until then
  let asking = null;

  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    field.setAttribute(name, value);
  }

  const open = () => !list.hidden;

  const choose = (at) => {
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = at;
    options[chosen]?.setAttribute("aria-selected", "true");
    options[chosen]?.scrollIntoView({ block: "nearest" });
    if (options[chosen]) field.setAttribute("aria-activedescendant", options[chosen].id);
    else field.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    choose(-1);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    says.textContent = "";
  };

  const optionOf = ({ title, note, path }, n) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${n}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.path = path;
    for (const [kind, text] of [["title", title], ["note", note]]) {
      const part = document.createElement("span");
      part.className = `suggestion-${kind}`;
      part.textContent = text;
      option.append(part, " ");
    }
    return option;
  };

  const show = ({ says: sentence, list: found }) => {
    choose(-1);
    options = found.map(optionOf);
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    field.setAttribute("aria-expanded", String(open()));
    says.textContent = open() ? sentence : "";
  };

  const ask = async () => {
    const typed = field.value.trim();
    asking?.abort();
    if (typed.length < shortest || Date.now() < quietUntil) return close();
    if (answers.has(typed)) return show(answers.get(typed));
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: typed })}`, { signal: mine.signal });
      if (!answer.ok) {
        quietUntil = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || 5);
        return close();
      }
      const found = await answer.json();
      answers.set(typed, found);
      if (!mine.signal.aborted && document.activeElement === field) show(found);
    } catch {
      if (!mine.signal.aborted) close(); // no network: the form still says so
    }
  };

  const go = (option) => {
    const { path } = option.dataset;
    close();
    location.assign(path);
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  });

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        event.preventDefault();
        if (!open()) return void ask();
        const step = event.key === "ArrowDown" ? 1 : -1;
        const places = options.length + 1; // the field itself is one
        choose(((chosen + 1 + step + places) % places) - 1);
        break;
      }
      case "Enter":
        if (open() && chosen >= 0) {
          event.preventDefault();
          go(options[chosen]);
        }
        break;
      case "Escape":
        if (!open()) return; // then it clears the field, as browsers do
        event.preventDefault();
        close();
        break;
    }
  });

  field.addEventListener("blur", close);
  form.addEventListener("submit", close);
  for (const touch of ["pointerdown", "mousedown"]) {
    list.addEventListener(touch, (event) => event.preventDefault()); // the focus stays in the field
  }
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
}
