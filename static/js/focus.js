// Takes the focus to what must be read first: <… data-focus tabindex="-1">.
document.querySelector("[data-focus]")?.focus();
