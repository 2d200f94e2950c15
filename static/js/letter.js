// Keeps the count on the button of a letter's form ("Check 4 letters") and the
// writer's name and address under each letter.
for (const form of document.querySelectorAll("form[data-letter]")) {
  const button = form.querySelector("button[data-check-other]");
  const boxes = [...form.querySelectorAll('input[name="officials[]"]')];
  const show = () => {
    const n = boxes.filter((box) => box.checked).length;
    const plural = new Intl.PluralRules(document.documentElement.lang).select(n);
    const words = plural === "one" ? button.dataset.checkOne : button.dataset.checkOther;
    button.textContent = words.replace("{n}", n.toLocaleString(document.documentElement.lang));
  };
  for (const box of boxes) box.addEventListener("change", show);
  show();

  const lines = [...form.querySelectorAll("[data-signature]")];
  const empty = lines[0]?.textContent ?? "";
  const typed = (name) => form.elements[name]?.value.trim() ?? "";
  const join = (separator, ...parts) => parts.filter(Boolean).join(separator);
  const sign = () => {
    const name = join(" ", typed("given_name"), typed("family_name"));
    const place = join(", ", typed("city"), join(" ", typed("state"), typed("zip")));
    const text = name ? join("\n", name, typed("street"), place) : empty;
    for (const line of lines) line.textContent = text;
  };
  form.addEventListener("input", sign);
  form.addEventListener("change", sign);
  sign();
}

// A story prompt becomes a button that puts its opening at the story's start, in
// place of another prompt's opening. The radio buttons are for those without
// script; what a button did must not be done again by the server.
for (const choice of document.querySelectorAll("[data-prompts]")) {
  const story = document.getElementById("field-story");
  const buttons = [...choice.querySelectorAll("button[data-opening]")];
  for (const radio of choice.querySelectorAll('input[type="radio"]')) {
    const line = radio.closest("li");
    radio.disabled = true;
    (line.querySelector("button") ? radio.closest("label") : line).hidden = true;
  }
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const begun = buttons.map((b) => b.dataset.opening).find((opening) => story.value.startsWith(opening)) ?? "";
      const opening = button.dataset.opening + " ";
      const rest = story.value.slice(begun.length);
      story.setRangeText(opening + rest.trimStart(), 0, story.value.length, "end");
      story.focus();
      story.setSelectionRange(opening.length, opening.length);
      story.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
