// Copies the text of an element: <button data-copy="id" data-copied="Copied" hidden>.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  const words = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText("value" in source ? source.value : source.innerText);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 2500);
    } catch {
      getSelection().selectAllChildren(source); // refused: select it, so that one key copies it
    }
  });
}
