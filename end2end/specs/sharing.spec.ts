import { expect, test } from "../support/fixtures";
import { fillRegistration, newPerson, register } from "../support/people";
import { card, codeOf, getLink } from "../support/referrals";
import { SHOP_ITEM, TICKET, buy, goToCheckout } from "../support/shop";

test("a shared link has a preview with a picture of its own", async ({ page, visit, world }) => {
  const site = world.detroit;
  await register(page, site, newPerson("Robin", "Hart"));
  const code = codeOf(await getLink(page, site));
  const friend = await visit();
  const picture = async (path: string) => {
    await friend.goto(site.url + path);
    const canonical = friend.locator('link[rel="canonical"]');
    await expect(canonical).toHaveAttribute("href", (site.url + path).split("?")[0] ?? "");
    const address = await friend.locator('meta[property="og:image"]').getAttribute("content");
    const answer = await friend.request.get(address ?? "");
    expect(answer.headers()["content-type"]).toBe("image/png");
    return await answer.body();
  };
  const plain = await picture(TICKET.path);
  const named = await picture(`${TICKET.path}?ref=${code}`);
  expect(named.equals(plain), "the picture names who shared the link").toBe(false);
  const nobodys = await picture(`${TICKET.path}?ref=zzzzzzzz`);
  expect(nobodys.equals(plain)).toBe(true);
});

test("a member shares the link and prints its QR code", async ({ page, world }) => {
  const site = world.detroit;
  await page.addInitScript(() => {
    Object.assign(window, { printed: 0, print: () => Object.assign(window, { printed: 1 }) });
  });
  await register(page, site, newPerson("Robin", "Hart"));
  await expect(card(page).getByRole("link", { name: "Email" })).toHaveCount(0);
  const link = await getLink(page, site);
  for (const [name, begin, via] of [
    ["Email", "mailto:?subject=", "mail"],
    ["Text message", "sms:?&body=", "sms"],
    ["WhatsApp", "https://wa.me/?text=", "whatsapp"],
  ] as const) {
    const address = await card(page).getByRole("link", { name }).getAttribute("href");
    expect(address).toContain(begin);
    expect(address).toContain(encodeURIComponent(`${link}&via=${via}`));
  }
  await card(page).getByRole("link", { name: "QR code" }).click();
  const code = page.getByRole("img", { name: "QR code of your referral link" });
  await expect(code).toBeVisible();
  await expect(code).toHaveJSProperty("complete", true);
  expect(await code.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Print" }).click();
  expect(await page.evaluate(() => (window as unknown as { printed: number }).printed)).toBe(1);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("banner")).toBeHidden();
  await expect(page.getByRole("link", { name: "Download as PNG" })).toBeHidden();
  await expect(page.getByText(link)).toBeVisible();
});

test("the link is copied while the page still loads its programs", async ({ page, world }) => {
  await register(page, world.detroit, newPerson("Robin", "Hart"));
  const link = await getLink(page, world.detroit);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  // They never arrive.
  await page.route(/\.(js|wasm)$/, () => {});
  await page.reload({ waitUntil: "commit" });
  await card(page).getByRole("button", { name: "Copy Link" }).click();
  await expect(card(page).getByRole("status")).toHaveText("Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

test("a member shares the page they are on, and a friend buys there", async ({
  page,
  visit,
  world,
}) => {
  const site = world.detroit;
  const friend = newPerson("Frida", "Long");
  await register(page, site, newPerson("Robin", "Hart"));
  await page.goto(site.url + TICKET.path);
  await page.getByRole("banner").getByRole("link", { name: "Refer a Friend" }).click();
  await page.getByRole("button", { name: "Get My Referral Link" }).click();
  const link = await page.getByLabel(`Your link to ${TICKET.name}`).inputValue();
  expect(link).toContain(`${site.url}${TICKET.path}?ref=`);
  // No browser that these tests run has a menu of its own.
  await expect(page.getByRole("button", { name: "Share…" })).toHaveCount(0);

  const friendPage = await visit();
  await friendPage.goto(`${link}&via=whatsapp`);
  await friendPage.getByRole("button", { name: TICKET.button }).click();
  await expect(friendPage.getByRole("heading", { name: "Create your account" })).toBeVisible();
  await fillRegistration(friendPage, friend);
  await friendPage.getByRole("main").getByRole("button", { name: "Register" }).click();
  await expect(friendPage).toHaveURL(site.url + TICKET.path);
  await expect(friendPage.getByText("Welcome, Frida.", { exact: true })).toBeVisible();
  await expect(friendPage.getByText("Robin invited you and can earn a credit")).toBeVisible();
  await goToCheckout(friendPage, TICKET);

  await page.reload();
  // Clicks are written each minute.
  await expect(page.getByText(/^[01] clicks?, 1 joined$/).first()).toBeVisible();
});

test("a receipt offers to refer a friend, and a browser's own menu passes the link on", async ({
  page,
  world,
}) => {
  const site = world.detroit;
  await page.addInitScript(() => {
    const shared: ShareData[] = [];
    Object.assign(window, { shared });
    navigator.share = (data) => {
      shared.push(data ?? {});
      return Promise.resolve();
    };
  });
  await register(page, site, newPerson("Robin", "Hart"));
  await buy(page, SHOP_ITEM);
  const panel = page.getByRole("region", { name: "Refer a Friend" });
  await panel.getByRole("button", { name: "Get My Referral Link" }).click();
  const link = await panel.getByLabel("Your referral link").inputValue();
  await panel.getByRole("button", { name: "Share…" }).click();
  const shared = await page.evaluate(() => (window as unknown as { shared: ShareData[] }).shared);
  expect(shared).toEqual([{ text: `Join me at ${site.name}: ${link}&via=share` }]);
  await page.emulateMedia({ media: "print" });
  await expect(panel).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});
