// Copies the text of an element: <button data-copy="id" data-copied="Copied" hidden>.
function ready(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard || !button.hidden) return;
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

function all() {
  for (const button of document.querySelectorAll("button[data-copy]")) ready(button);
}

all();
document.addEventListener("redress:replaced", all); // a part of the page was put in anew
