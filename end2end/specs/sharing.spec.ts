import { expect, test } from "../support/fixtures";
import { newPerson, register } from "../support/people";
import { card, codeOf, getLink } from "../support/referrals";
import { TICKET } from "../support/shop";

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
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("banner")).toBeHidden();
  await expect(page.getByRole("link", { name: "Download as PNG" })).toBeHidden();
  await expect(page.getByText(link)).toBeVisible();
});
