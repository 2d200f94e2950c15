// Counts the words of a field: <textarea data-words="id of the count">; the
// count's data-words-text holds the sentence with {n}.
for (const area of document.querySelectorAll("textarea[data-words]")) {
  const place = document.getElementById(area.dataset.words);
  if (!place) continue;
  const show = () => {
    const n = (area.value.match(/\S+/g) ?? []).length;
    place.hidden = n === 0;
    place.textContent = place.dataset.wordsText.replace("{n}", n.toLocaleString(document.documentElement.lang));
  };
  area.addEventListener("input", show);
  show();
}
