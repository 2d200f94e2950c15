// Opens the device's share sheet: <button data-share="URL" data-share-title="…" hidden>.
for (const button of document.querySelectorAll("button[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ url: button.dataset.share, title: button.dataset.shareTitle }).catch(() => {
      // closed without sharing: nothing to do
    });
  });
}
