// Fills name and address into the form for printed letters from the letter's draft
// in this browser, which draft.js erases next: <form data-sender="a draft's name">.
// It runs before draft.js. Nothing is written anywhere.
function draftOf(name) {
  try {
    return JSON.parse(localStorage.getItem("draft:" + name))?.sender ?? {};
  } catch {
    return {}; // no storage, or not ours: no draft
  }
}

for (const form of document.querySelectorAll("form[data-sender]")) {
  const draft = draftOf(form.dataset.sender);
  const sender = {
    name: [draft.given_name, draft.family_name].filter(Boolean).join(" "),
    street: draft.street, city: draft.city, state: draft.state, zip: draft.zip,
  };
  for (const [name, text] of Object.entries(sender)) {
    const field = form.elements[name];
    if (field && typeof text === "string" && text !== "" && field.value === "") field.value = text;
  }
}
