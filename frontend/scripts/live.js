// Keeps parts of a page up to date that the server alone renders: once something changed, the page is asked for again,
// and each element with `data-live` takes what the new page has in its place. Without JavaScript a reload does it.

// Rows keep whether they are open, and a control keeps the focus. New rows come first, so both are counted from the end.
const controls = (part) => [...part.querySelectorAll("summary, a, button")].reverse();
const replace = (part, fresh) => {
  const focused = controls(part).indexOf(document.activeElement);
  const opened = [...part.querySelectorAll("details")].reverse().map((row) => row.open);
  part.replaceChildren(...fresh.childNodes);
  const rows = [...part.querySelectorAll("details")].reverse();
  opened.forEach((open, place) => rows[place] && (rows[place].open = open));
  controls(part)[focused]?.focus({ preventScroll: true });
};

let shown = "";
const renew = async () => {
  const answer = await fetch(location.href, { cache: "no-store" });
  // Who was signed out is led elsewhere.
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    // The page has something else in its place by now, as the dashboard once the program is on.
    if (!fresh) return location.reload();
    if (fresh.innerHTML === shown) continue;
    shown = fresh.innerHTML;
    replace(part, fresh);
  }
};

// One at a time: what changes meanwhile is read by one more. If the site cannot be reached, `states.js` says so.
let reading = false;
let changed = false;
addEventListener("pewpros:change", async () => {
  changed = true;
  if (reading) return;
  reading = true;
  while (changed) {
    changed = false;
    await renew().catch(() => {});
  }
  reading = false;
});
