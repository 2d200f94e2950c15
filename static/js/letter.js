// Keeps the count on the button of a letter's form: "Check 4 letters".
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
}
