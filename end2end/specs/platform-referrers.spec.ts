import { randomUUID } from "node:crypto";

import type { Page } from "@playwright/test";

import { openAddReferrer, platformReferrer, referrerRows, region, tableRows, toasts } from "../support/console";
import { expect, test } from "../support/fixtures";
import { signIn, waitForIslands } from "../support/people";
import type { World } from "../support/world";

const TAB = "/admin/referrals?tab=platform";

/** A word that nobody else has. */
function newWord(): string {
  const digits = [...randomUUID().replaceAll("-", "")];
  return digits.map((digit) => String.fromCharCode(97 + parseInt(digit, 16))).join("").slice(0, 12);
}

async function openTheTab(page: Page, world: World): Promise<void> {
  await signIn(page, world.detroit, world.pat);
  await page.goto(world.detroit.url + TAB);
}

/** Adds platform referrers whose names begin with `word`. */
async function addMany(page: Page, world: World, word: string, many: number): Promise<void> {
  for (let number = 1; number <= many; number++) {
    const answer = await page.request.post(`${world.detroit.url}/rpc/add_referrer`, {
      form: { name: `${word} No. ${number}`, email: `${word}-${number}@example.com` },
      headers: { Accept: "application/json", Origin: world.detroit.url },
    });
    expect(await answer.text()).toContain("was added.");
  }
}

const listed = (page: Page) => region(page, "Platform Referrers");

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("platform referrers are searched, by pages, and Back works", async ({ page, world }) => {
      const word = newWord();
      await openTheTab(page, world);
      await addMany(page, world, word, 12);
      await page.goto(`${world.detroit.url}${TAB}&status=failed`);
      const field = listed(page).getByRole("searchbox", { name: "Find a referrer" });
      const search = async (text: string) => {
        await field.fill(text);
        await listed(page).getByRole("button", { name: "Search" }).click();
      };
      await search(word.toUpperCase());
      await expect(page).toHaveURL(new RegExp(`referrer=${word.toUpperCase()}`));
      await expect(listed(page).getByText("1–10 of 12")).toBeVisible();
      await expect(referrerRows(page)).toHaveCount(10);
      await expect(referrerRows(page).first()).toContainText(`${word} No. 12`);
      await expect(page.getByLabel("Status"), "the filter beside it stays").toHaveValue("failed");
      await listed(page).getByRole("link", { name: "Next" }).click();
      await expect(listed(page).getByText("11–12 of 12")).toBeVisible();
      await expect(referrerRows(page)).toHaveCount(2);
      await page.goBack();
      await expect(listed(page).getByText("1–10 of 12")).toBeVisible();
      await listed(page).getByRole("link", { name: "Next" }).click();
      await listed(page).getByRole("link", { name: "Previous" }).click();
      await expect(listed(page).getByText("1–10 of 12")).toBeVisible();
      await search(`${word}-7@`);
      await expect(referrerRows(page)).toHaveCount(1);
      await search(`${word}x`);
      await expect(listed(page).getByText(/No referrers match/)).toBeVisible();
      await listed(page).getByRole("link", { name: "Show all" }).click();
      await expect(referrerRows(page)).toHaveCount(10);
      await expect(field).toHaveValue("");
    });

    test("what is refused stays in the open dialog", async ({ page, world }) => {
      const email = `${newWord()}@example.com`;
      await openTheTab(page, world);
      const dialog = await openAddReferrer(page);
      await dialog.getByLabel("Name").fill("Jordan Reyes");
      await dialog.getByLabel("Email").fill("not an address");
      await dialog.getByRole("button", { name: "Add Referrer" }).click();
      await expect(dialog.getByText("Please check what you entered.")).toBeVisible();
      await expect(dialog.getByLabel("Name")).toHaveValue("Jordan Reyes");
      await expect(dialog.getByLabel("Email")).toHaveValue("not an address");
      await expect(dialog.getByLabel("Email")).toHaveAttribute("aria-invalid", "true");
      await dialog.getByLabel("Email").fill(email);
      await dialog.getByRole("button", { name: "Add Referrer" }).click();
      await expect(toasts(page)).toContainText("Jordan Reyes was added.");
      await expect(dialog).toBeHidden();
      const row = platformReferrer(page, email);
      const code = await row.locator("code").textContent();
      for (const [brand, site] of [["PewPros", world.pewpros], ["CoachPros", world.coachpros]] as const) {
        await expect(row.getByLabel(brand)).toHaveValue(`${site.url}/pricing?ref=${code}`);
      }
    });

    test("a referrer is renamed on the page where the search found them", async ({ page, world }) => {
      const word = newWord();
      await openTheTab(page, world);
      await addMany(page, world, word, 1);
      await page.goto(`${world.detroit.url}${TAB}&referrer=${word}`);
      const row = platformReferrer(page, `${word}-1@example.com`);
      const dialog = page.getByRole("dialog", { name: /^Rename/ });
      await row.getByRole("button", { name: /Rename/ }).click();
      await dialog.getByLabel("Name").fill("");
      await dialog.getByRole("button", { name: "Save" }).click();
      await expect(dialog.getByLabel("Name")).toHaveAccessibleDescription("Enter a name.");
      await dialog.getByLabel("Name").fill(`${word} Mills`);
      await dialog.getByRole("button", { name: "Save" }).click();
      await expect(row.getByRole("link", { name: `${word} Mills` })).toBeVisible();
      await expect(dialog).toBeHidden();
      await expect(page).toHaveURL(new RegExp(`referrer=${word}`));
    });
  });
}

test("a referrer is added with the keyboard only", async ({ page, world }) => {
  const email = `${newWord()}@example.com`;
  await openTheTab(page, world);
  await waitForIslands(page);
  const opener = listed(page).getByRole("button", { name: "Add Referrer" }).first();
  const dialog = page.getByRole("dialog", { name: "Add a referrer" });
  await test.step("Escape and Cancel close the dialog and give the focus back", async () => {
    await opener.focus();
    await page.keyboard.press("Enter");
    await expect(dialog.getByLabel("Name")).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(opener).toBeFocused();
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Cancel" }).focus();
    await page.keyboard.press("Enter");
    await expect(dialog).toBeHidden();
    await expect(opener).toBeFocused();
  });
  await test.step("a complaint stands beside its field, and leads to it", async () => {
    await page.keyboard.press("Enter");
    await page.keyboard.type("Sky Marsh");
    await page.keyboard.press("Enter");
    await expect(dialog.getByLabel("Email")).toHaveAccessibleDescription("Enter an email address.");
    await expect(dialog.getByLabel("Name")).toHaveValue("Sky Marsh");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(dialog.getByLabel("Email")).toBeFocused();
  });
  await test.step("the new referrer's link has the focus, and is copied", async () => {
    await page.keyboard.type(email);
    await page.keyboard.press("Enter");
    const link = platformReferrer(page, email).getByLabel("PewPros");
    await expect(link).toBeFocused();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(platformReferrer(page, email).getByText("Copied")).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await link.inputValue());
  });
  await test.step("the code is copied, too", async () => {
    const row = platformReferrer(page, email);
    await row.getByRole("button", { name: /Copy code/ }).press("Enter");
    const code = await row.locator("code").textContent();
    await expect
      .poll(async () => await page.evaluate(() => navigator.clipboard.readText()))
      .toBe(code);
  });
});

test("a new referrer is shown although a search was open", async ({ page, world }) => {
  const [word, email] = [newWord(), `${newWord()}@example.com`];
  await openTheTab(page, world);
  await addMany(page, world, word, 1);
  await page.goto(`${world.detroit.url}${TAB}&referrer=${word}`);
  await waitForIslands(page);
  const dialog = await openAddReferrer(page);
  await dialog.getByLabel("Name").fill("Sky Marsh");
  await dialog.getByLabel("Email").fill(email);
  await dialog.getByRole("button", { name: "Add Referrer" }).click();
  await expect(platformReferrer(page, email)).toBeVisible();
  await expect(page).toHaveURL(/\/admin\/referrals\?tab=platform$/);
  await expect(listed(page).getByRole("searchbox", { name: "Find a referrer" })).toHaveValue("");
});

test("the search stays while the filter of the referrals changes, and Back brings both", async ({ page, world }) => {
  const word = newWord();
  await openTheTab(page, world);
  await addMany(page, world, word, 1);
  await page.goto(`${world.detroit.url}${TAB}&referrer=${word}`);
  await waitForIslands(page);
  await page.getByLabel("Status").selectOption("Failed");
  await expect(page).toHaveURL(new RegExp(`tab=platform&status=failed&referrer=${word}$`));
  await expect(tableRows(page).filter({ hasText: "Credited" })).toHaveCount(0);
  await expect(referrerRows(page)).toHaveCount(1);
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`tab=platform&referrer=${word}$`));
  await expect(page.getByLabel("Status")).toHaveValue("");
  await expect(referrerRows(page)).toHaveCount(1);
});

test("who saves a referrer that somebody else changed is told who, when and what it is now", async ({
  page,
  visit,
  world,
}) => {
  const word = newWord();
  await openTheTab(page, world);
  await addMany(page, world, word, 1);
  const row = (of: Page) => platformReferrer(of, `${word}-1@example.com`);
  const rename = async (of: Page, name: string) => {
    const dialog = of.getByRole("dialog", { name: /^Rename/ });
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByRole("button", { name: "Save" }).click();
  };
  await page.goto(`${world.detroit.url}${TAB}&referrer=${word}`);
  await waitForIslands(page);
  await row(page).getByRole("button", { name: /Rename/ }).click();

  const other = await visit();
  await openTheTab(other, world);
  await other.goto(`${world.detroit.url}${TAB}&referrer=${word}`);
  await waitForIslands(other);
  await row(other).getByRole("button", { name: /Rename/ }).click();
  await rename(other, `${word} First`);
  await expect(row(other).getByRole("link", { name: `${word} First` })).toBeVisible();

  await rename(page, `${word} Second`);
  const dialog = page.getByRole("dialog", { name: /^Rename/ });
  await expect(dialog.getByText(/Pat Quinn changed this referrer at .* Now saved: Name/)).toBeVisible();
  await expect(dialog.getByLabel("Name")).toHaveValue(`${word} Second`);
  await expect(row(page).locator(".referrer-name")).toContainText(`${word} First`);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(row(page).locator(".referrer-name")).toContainText(`${word} Second`);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("a referrer is two lines, and More opens links and buttons", async ({ page, world }) => {
    const word = newWord();
    await openTheTab(page, world);
    await addMany(page, world, word, 1);
    await page.goto(`${world.detroit.url}${TAB}&referrer=${word}`);
    const row = platformReferrer(page, `${word}-1@example.com`);
    const box = await row.boundingBox();
    expect(box?.height ?? 0, "two lines").toBeLessThan(90);
    await expect(row.getByRole("cell").nth(2)).toHaveText("0");
    await expect(row.getByRole("button", { name: /Rename/ })).toBeHidden();
    await row.getByRole("button", { name: /More/ }).click();
    await expect(row.getByLabel("CoachPros")).toBeVisible();
    await row.getByRole("button", { name: /Rename/ }).click();
    const dialog = page.getByRole("dialog", { name: /^Rename/ });
    await dialog.getByLabel("Name").fill(`${word} Mills`);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await page.keyboard.press("Escape");
    await expect(row.getByLabel("CoachPros")).toBeHidden();
    await expect(row.getByRole("link", { name: `${word} Mills` })).toBeVisible();
  });
});

test.describe("on a tablet", () => {
  test.use({ viewport: { width: 834, height: 1112 } });

  test("a table stays a table, and an address breaks behind its signs alone", async ({ page, world }) => {
    const word = newWord();
    await openTheTab(page, world);
    await addMany(page, world, word, 1);
    await page.goto(`${world.detroit.url}${TAB}&referrer=${word}`);
    await expect(listed(page).getByRole("columnheader", { name: "Credited" })).toBeVisible();
    const row = platformReferrer(page, `${word}-1@example.com`);
    const middles = await row.getByRole("cell").evaluateAll((cells) =>
      cells.map((cell) => {
        const { top, bottom } = cell.getBoundingClientRect();
        return (top + bottom) / 2;
      }),
    );
    expect(Math.max(...middles) - Math.min(...middles), "all cells stand in one line").toBeLessThan(2);
    const lines = await row.locator(".referrer-who .referrer-email").evaluate((email) => {
      const words = [...email.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      return words.map((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getClientRects().length;
      });
    });
    expect(Math.max(...lines), "no part of it is broken").toBe(1);
  });
});
