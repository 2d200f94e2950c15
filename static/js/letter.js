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
