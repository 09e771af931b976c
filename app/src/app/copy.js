// The button beside a read-only field, or beside an id, copies its text, from the first paint on. Without JavaScript
// there is none. Each page has this script in itself, without its comments.
document.addEventListener("click", async (event) => {
  const field = event.target.closest?.(".copy-field button")?.closest(".copy-field");
  if (!field) return;
  const [text, status] = [field.querySelector("input, code"), field.querySelector('[role="status"]')];
  // Said anew each time, or a screen reader says it once only.
  status.textContent = "";
  try {
    // Without TLS a browser has no clipboard, except on localhost.
    await navigator.clipboard.writeText(text.value ?? text.textContent);
    status.textContent = "Copied";
  } catch {
    if (text.select) text.select();
    else getSelection().selectAllChildren(text);
    status.textContent = "The text is selected. Copy it with your keyboard.";
  }
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.(".copy-field input")) target.select();
});
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-print]")) print();
});
// Where the browser has a menu of its own, the button that opens it is shown.
if (navigator.share) document.documentElement.classList.add("has-web-share");
document.addEventListener("click", async (event) => {
  const text = event.target.closest?.("[data-share]")?.dataset.share;
  if (!text) return;
  try {
    await navigator.share({ text });
  } catch {
    // Closed without choosing anything.
  }
});
