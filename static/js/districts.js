// Keeps the districts of an answer in this browser only, as ids with the day up
// to which they are in force, and offers them on the next visit. <p data-districts
// data-until hidden> is an answer that keeps them; <form data-districts-offer
// hidden> offers them and posts them only when its button is pressed. Without
// storage nothing is kept and nothing is said.
const key = "districts";
const version = 1;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept?.v === version ? kept : null;
  } catch {
    return null; // no storage, or not ours
  }
}

function write(kept) {
  try {
    if (kept) localStorage.setItem(key, JSON.stringify({ v: version, ...kept }));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}

const idsOf = (kept) => (Array.isArray(kept?.ids) ? kept.ids.filter((id) => typeof id === "string") : []);

// nameOf says a congressional district in words, from its id.
function nameOf(ids, words) {
  const states = new Map(words.states.split(";").map((pair) => pair.split("=")));
  const [one, two, few, other] = words.ordinals.split(" ");
  const ordinals = { one, two, few, other };
  for (const id of ids) {
    const [, kind, code, district] = /^ocd-division\/country:us\/(state|district|territory):([a-z]{2})(?:\/cd:(at-large|[0-9]{1,2}))?$/.exec(id) ?? [];
    const state = states.get(code?.toUpperCase());
    if (!state || (kind === "state" && !district)) continue;
    if (!district) return state;
    if (district === "at-large") return words.only.replace("{state}", state);
    const nth = district + ordinals[new Intl.PluralRules("en", { type: "ordinal" }).select(Number(district))];
    return words.district.replace("{state}", state).replace("{nth}", nth);
  }
  return "";
}

if (document.querySelector("[data-districts-drop]")) write(null);

for (const note of document.querySelectorAll("[data-districts]")) {
  const ids = note.dataset.districts.split(" ");
  const until = note.dataset.until;
  const part = (name) => note.querySelector(`[data-${name}]`);
  const show = (on) => {
    for (const name of ["kept", "forget"]) part(name).hidden = !on;
    for (const name of ["unkept", "keep"]) part(name).hidden = on;
  };
  const keep = () => {
    const known = read();
    const more = known?.until === until && ids.every((id) => idsOf(known).includes(id));
    return more || write({ ids, until }); // a ZIP code's answer doesn't push out an address's, which tells more
  };
  const off = Boolean(read()?.off);
  if (!off && !keep()) continue;
  show(!off);
  note.hidden = false;
  part("forget").addEventListener("click", () => {
    write({ off: true });
    show(false);
    part("keep").focus();
  });
  part("keep").addEventListener("click", () => {
    write({ ids, until });
    show(true);
    part("forget").focus();
  });
}

for (const form of document.querySelectorAll("form[data-districts-offer]")) {
  const kept = read();
  const ids = idsOf(kept);
  const name = nameOf(ids, form.dataset);
  if (!name) continue;
  const found = form.querySelector("[data-districts-found]");
  found.textContent = found.dataset.districtsFound.replace("{district}", name);
  if (kept.until && new Date().toISOString().slice(0, 10) >= kept.until) {
    form.querySelector("[data-districts-ended]").hidden = false;
    for (const use of form.querySelectorAll("[type=submit], [data-districts-hint]")) use.hidden = true;
  }
  for (const [field, value] of [...ids.map((id) => ["divisions[]", id]), ["until", kept.until ?? ""]]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: field, value });
    form.append(input);
  }
  form.querySelector("[data-forget]").addEventListener("click", () => {
    write(null);
    form.hidden = true;
    document.querySelector("#field-zip")?.focus();
  });
  form.hidden = false;
}
