// How a page stands: it is offline, a form is being sent, a toast was there long enough. Without JavaScript the browser
// says the first two in its own way, and a toast stays.

// What a screen reader announces, in a place of its own.
const announce = (name, words) => {
  let place = document.querySelector(`body > .${name}`);
  if (!place) {
    place = document.createElement("p");
    place.className = name;
    place.setAttribute("role", "status");
    document.body.prepend(place);
  }
  // It announces what changes in a place, not what is in a new one.
  if (place.textContent !== words) setTimeout(() => (place.textContent = words), 100);
};
const removeAll = (selector) => document.querySelectorAll(selector).forEach((element) => element.remove());

// A browser may call itself offline while a site on the same machine answers, so the site is asked.
const answers = async () => {
  try {
    await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
};

// Says so while the site cannot be reached, and asks again, at growing intervals of milliseconds.
let latest = 0;
const check = async (wait = 2000) => {
  const mine = ++latest;
  const reached = await answers();
  if (mine !== latest) return;
  if (reached) return removeAll("body > .offline, .form-offline");
  const what = navigator.onLine ? "The site cannot be reached." : "You are offline.";
  announce("offline", `${what} What you see may be out of date.`);
  setTimeout(() => mine === latest && check(Math.min(2 * wait, 30_000)), wait);
};
addEventListener("offline", () => check());
addEventListener("online", () => check());
// A call of an island got no answer.
addEventListener("pewpros:unreachable", () => check());
if (!navigator.onLine) check();

// A form that is sent while offline stays as it is, and says so.
let resent = null;
const sendOffline = async (form, button) => {
  if (await answers()) {
    resent = form;
    form.requestSubmit(button);
    resent = null;
    return;
  }
  form.querySelector(".form-offline")?.remove();
  const note = document.createElement("p");
  note.className = "field-error form-offline";
  note.setAttribute("role", "alert");
  note.textContent = "You are offline. Nothing was sent. Try again when you are connected.";
  // Last, so that an island that wakes up later finds its elements in their places.
  form.append(note);
  check();
};
addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    form.querySelector(".form-offline")?.remove();
    if (navigator.onLine || form === resent) return;
    event.preventDefault();
    // Nor does an island send it.
    event.stopImmediatePropagation();
    sendOffline(form, submitter);
  },
  { capture: true },
);

// A form that a browser sends by itself is busy until the next page is there. What is quick does not flicker.
const BUSY_AFTER = 300;
let busy;
addEventListener("submit", (event) => {
  // An island sends it, and says so itself.
  if (event.defaultPrevented) return;
  const button = event.submitter ?? event.target.querySelector('[type="submit"]');
  clearTimeout(busy);
  busy = setTimeout(() => {
    button?.setAttribute("aria-busy", "true");
    announce("visually-hidden", "Sending…");
  }, BUSY_AFTER);
});
// "Back" may show the page as it was left.
addEventListener("pagehide", () => clearTimeout(busy));
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  removeAll("body > .visually-hidden");
  for (const button of document.querySelectorAll('button[aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// A toast leaves when somebody who is at the page had the time to read it, unless the pointer or the focus is on it.
let acts = 0;
for (const kind of ["pointermove", "pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, () => acts++, { passive: true });
}
const leaveLater = (toast) => {
  const before = acts;
  let seconds = 6 + toast.textContent.length / 12;
  const clock = setInterval(() => {
    if (!toast.isConnected) return clearInterval(clock);
    if (acts === before || document.hidden || toast.matches(":hover, :focus-within")) return;
    seconds -= 1;
    if (seconds < 0) toast.querySelector("button").click();
  }, 1000);
};
const arrivals = new MutationObserver((changes) => {
  for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
    if (node.classList?.contains("toast")) leaveLater(node);
  }
});
for (const place of document.querySelectorAll(".toasts")) {
  arrivals.observe(place, { childList: true });
  place.querySelectorAll(".toast").forEach(leaveLater);
}
