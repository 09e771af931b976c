import { readFile } from "node:fs/promises";

import { expect, test } from "../support/fixtures";
import { signIn } from "../support/people";

/** The books and the files of the tables, with JavaScript and without. */
for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the books are compared with Stripe by a button", async ({ page, world }) => {
      const { url } = world.detroit;
      await signIn(page, world.detroit, world.pat);
      await page.goto(`${url}/admin/referrals`);
      await page.getByRole("link", { name: "Books" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Books" })).toBeVisible();
      await page.getByRole("button", { name: "Compare with Stripe now" }).click();
      await expect(async () => {
        await page.reload();
        await expect(page.getByText("Every customer was compared.")).toBeVisible({ timeout: 1000 });
      }).toPass({ timeout: 30_000 });
    });

    test("a table is downloaded with the filter of its page", async ({ page, world }) => {
      const { url } = world.detroit;
      await signIn(page, world.detroit, world.pat);
      await page.goto(`${url}/admin/referrals?status=failed`);
      const downloading = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download as CSV" }).click();
      const file = await downloading;
      expect(file.suggestedFilename()).toBe("referrals.csv");
      const [heads, ...rows] = (await readFile(await file.path(), "utf8")).trim().split(/\r?\n/);
      expect(heads).toMatch(/^Number,/);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toContain(",failed,");
    });
  });
}
