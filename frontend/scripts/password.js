// A button beside each password field shows what was typed. Without JavaScript there is none.
const fields = 'input[type="password"][autocomplete$="-password"]';
for (const input of document.querySelectorAll(fields)) {
  const button = document.createElement("button");
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide password" : "Show password";
    button.setAttribute("aria-pressed", shown);
  };
  button.type = "button";
  button.className = "show-password";
  button.onclick = () => show(input.type === "password");
  // A pointer leaves the focus where it is.
  button.onmousedown = (event) => event.preventDefault();
  // A browser keeps only what a password field sent.
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  // Last, so that an island that wakes up later finds its elements in their places.
  input.closest(".field")?.append(button);
}
