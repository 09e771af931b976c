// Measures what a person on a slow phone waits for: from the start of a navigation until a page is painted, until a
// button works and until all is loaded. Prints milliseconds and kilobytes by page and connection as JSON.
//
//     node browser.mjs http://localhost:3000 EMAIL PASSWORD /events/PRODUCT ROUNDS

import { existsSync } from "node:fs";

import { chromium } from "@playwright/test";

const [site, email, password, product, rounds] = process.argv.slice(2);
const CPU_SLOWDOWN = 4;
const TIMEOUT_MS = 60_000;
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true };

// Chromium's names of the values: milliseconds, and bytes per second each way.
const CONNECTIONS = {
  this_machine: null,
  slow_4g: { latency: 150, downloadThroughput: 200_000, uploadThroughput: 90_000 },
  very_slow: { latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 },
};

// Tries the button until it works and returns what the page knows of its own loading. Runs in the page, so that the
// time does not include the communication between this program and the browser.
function loaded({ button, timeout }) {
  let layoutShift = 0;
  const add = (entries) => {
    for (const { value, hadRecentInput } of entries.getEntries()) {
      if (!hadRecentInput) layoutShift += value;
    }
  };
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  // The event is dispatched, so the form is not submitted. A hydrated form prevents the default.
  const buy = () => {
    const form = document.querySelector("form.buy");
    return form?.dispatchEvent(new SubmitEvent("submit", { cancelable: true })) === false;
  };
  // The answer comes later than the click, and another click takes it away.
  let clickedAt = -Infinity;
  const copy = () => {
    const answered = !!document.querySelector(".copy-field [role=status]")?.textContent;
    if (!answered && performance.now() - clickedAt > 100) {
      clickedAt = performance.now();
      document.querySelector(".copy-field button")?.click();
    }
    return answered;
  };
  const works = { buy, copy }[button];
  return new Promise((resolve, reject) => {
    let workedAt;
    const check = () => {
      const [paint] = performance.getEntriesByName("first-contentful-paint");
      workedAt ??= works() ? performance.now() : undefined;
      const wasm = performance.getEntriesByType("resource").some(({ name }) => name.endsWith(".wasm"));
      if (paint && workedAt && wasm && document.readyState === "complete") {
        resolve({ first_paint: paint.startTime, works: workedAt, layout_shift: layoutShift });
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
async function measure(path, button, signedIn, connection) {
  const context = await browser.newContext({ ...PHONE, permissions: ["clipboard-write"] });
  try {
    if (signedIn) {
      const form = { form: { email, password, next: "" }, headers: { origin: site } };
      await context.request.post(`${site}/rpc/sign_in`, form);
    }
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
    await devtools.send("Network.enable");
    if (connection) {
      await devtools.send("Network.emulateNetworkConditions", { offline: false, ...connection });
    }
    let bytes = 0;
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto(site + path, { waitUntil: "commit" });
    const times = await page.evaluate(loaded, { button, timeout: TIMEOUT_MS });
    return { ...times, kilobytes: bytes / 1000 };
  } finally {
    await context.close();
  }
}

const opened = [];
try {
  for (const [connection, conditions] of Object.entries(CONNECTIONS)) {
    for (let round = 0; round < Number(rounds); round += 1) {
      const dashboard = await measure("/dashboard", "copy", true, conditions);
      const bought = await measure(product, "buy", false, conditions);
      opened.push({ page: "dashboard", connection, ...dashboard });
      opened.push({ page: "product", connection, ...bought });
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(opened));
