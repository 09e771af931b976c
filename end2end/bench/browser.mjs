// How long a browser on a slow machine takes from the beginning of a navigation until a button
// works. Prints milliseconds by page as JSON.
//
//     node browser.mjs http://localhost:3000 EMAIL PASSWORD /events/PRODUCT ROUNDS

import { existsSync } from "node:fs";

import { chromium } from "@playwright/test";

const [site, email, password, product, rounds] = process.argv.slice(2);
const SLOWER = 4;
const PATIENCE_MS = 30_000;

// Tries until it works, and tells when that was. In the page, so that nothing waits for the way
// between this program and the browser.
function untilItWorks({ tried, patience }) {
  // Dispatched, not clicked: nothing leaves the page, and who has woken up holds it back.
  const bought = () => {
    const form = document.querySelector("form.buy");
    return form?.dispatchEvent(new SubmitEvent("submit", { cancelable: true })) === false;
  };
  const copied = () => {
    document.querySelector(".copy-field button")?.click();
    return document.querySelector(".copy-field-said")?.textContent !== "";
  };
  const works = { bought, copied }[tried];
  return new Promise((resolve, reject) => {
    const look = () => {
      if (document.readyState !== "loading" && works()) {
        resolve(performance.now());
      } else if (performance.now() > patience) {
        reject(new Error(`${location.pathname} does not wake up`));
      } else {
        setTimeout(look, 5);
      }
    };
    look();
  });
}

const known = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  executablePath: existsSync(known) ? known : undefined,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});

// Each time in a browser that has nothing in its cache.
async function opened(path, tried, signedIn) {
  const context = await browser.newContext({ permissions: ["clipboard-write"] });
  try {
    if (signedIn) {
      const login = { form: { email, password, next: "" }, headers: { origin: site } };
      await context.request.post(`${site}/rpc/sign_in`, login);
    }
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    await page.goto(site + path, { waitUntil: "commit" });
    return await page.evaluate(untilItWorks, { tried, patience: PATIENCE_MS });
  } finally {
    await context.close();
  }
}

const took = { dashboard: [], one_button: [] };
try {
  for (let round = 0; round < Number(rounds); round += 1) {
    took.dashboard.push(await opened("/dashboard", "copied", true));
    took.one_button.push(await opened(product, "bought", false));
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(took));
