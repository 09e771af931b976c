// Measures how long a browser on a slow machine takes from the start of a navigation until a button
// works. Prints milliseconds by page as JSON.
//
//     node browser.mjs http://localhost:3000 EMAIL PASSWORD /events/PRODUCT ROUNDS

import { existsSync } from "node:fs";

import { chromium } from "@playwright/test";

const [site, email, password, product, rounds] = process.argv.slice(2);
const CPU_SLOWDOWN = 4;
const TIMEOUT_MS = 30_000;

// Tries the button until it works and returns the time. Runs in the page, so that the time does not
// include the communication between this program and the browser.
function timeUntilInteractive({ button, timeout }) {
  // The event is dispatched, so the form is not submitted. A hydrated form prevents the default.
  const buy = () => {
    const form = document.querySelector("form.buy");
    return form?.dispatchEvent(new SubmitEvent("submit", { cancelable: true })) === false;
  };
  const copy = () => {
    document.querySelector(".copy-field button")?.click();
    return document.querySelector(".copy-field-said")?.textContent !== "";
  };
  const works = { buy, copy }[button];
  return new Promise((resolve, reject) => {
    const check = () => {
      if (document.readyState !== "loading" && works()) {
        resolve(performance.now());
      } else if (performance.now() > timeout) {
        reject(new Error(`${location.pathname} does not become interactive`));
      } else {
        setTimeout(check, 5);
      }
    };
    check();
  });
}

const installed = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  executablePath: existsSync(installed) ? installed : undefined,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});

// Opens the page in a browser context with an empty cache.
async function measure(path, button, signedIn) {
  const context = await browser.newContext({ permissions: ["clipboard-write"] });
  try {
    if (signedIn) {
      const form = { form: { email, password, next: "" }, headers: { origin: site } };
      await context.request.post(`${site}/rpc/sign_in`, form);
    }
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
    await page.goto(site + path, { waitUntil: "commit" });
    return await page.evaluate(timeUntilInteractive, { button, timeout: TIMEOUT_MS });
  } finally {
    await context.close();
  }
}

const times = { dashboard: [], one_button: [] };
try {
  for (let round = 0; round < Number(rounds); round += 1) {
    times.dashboard.push(await measure("/dashboard", "copy", true));
    times.one_button.push(await measure(product, "buy", false));
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(times));
