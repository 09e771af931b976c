import { readFile } from "node:fs/promises";

import { region } from "../support/console";
import { expect, test } from "../support/fixtures";
import { fillSignIn, register, signIn } from "../support/people";

const WRONG = "The email address or password is incorrect.";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a member takes the data along and deletes the account", async ({ page, world }) => {
      const { url } = world.detroit;
      const member = await register(page, world.detroit);
      await page.goto(`${url}/account`);
      const downloading = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download my data" }).click();
      const file = await (await downloading).path();
      expect(await readFile(file, "utf8")).toContain(member.email);

      await page.goto(`${url}/account`);
      await page.getByRole("link", { name: "Delete my account" }).click();
      await expect(page.getByRole("heading", { name: "Delete your account" })).toBeVisible();
      await page.getByLabel("Your password").fill("not the password");
      await page.getByRole("button", { name: "Delete my account" }).click();
      await expect(page.getByLabel("Your password")).toHaveAccessibleDescription(
        "This is not your password.",
      );
      await page.getByLabel("Your password").fill(member.password);
      await page.getByRole("button", { name: "Delete my account" }).click();
      await expect(page.getByRole("heading", { name: "Your account is deleted" })).toBeVisible();
      await world.mailbox.mailTo(member.email, "Your account was deleted");
      await page.goto(`${url}/sign-in`);
      await fillSignIn(page, member.email, member.password);
      await expect(page.getByText(WRONG).filter({ visible: true })).toBeVisible();
    });
  });
}

test("the staff erases a member who asked for it", async ({ page, visit, world }) => {
  const { url } = world.detroit;
  const member = await register(page, world.detroit);
  const owner = await visit();
  await signIn(owner, world.detroit, world.pat);
  await owner.goto(`${url}/admin/members?q=${member.email}`);
  await owner.getByRole("main").getByRole("link", { name: "Jane Doe" }).click();
  await owner.getByRole("main").getByRole("link", { name: "Erase this member" }).click();
  const erase = region(owner, "Erase this member");
  await erase.getByLabel("To confirm it, type what stands above").fill("somebody@example.com");
  await erase.getByLabel("Why, without the member's name or address").fill("Jane asked for it");
  await erase.getByRole("button", { name: "Erase this member" }).click();
  await expect(
    erase.getByLabel("To confirm it, type what stands above"),
  ).toHaveAccessibleDescription(/Type .* to confirm/);
  await expect(
    erase.getByLabel("Why, without the member's name or address"),
  ).toHaveAccessibleDescription(/Leave the name/);
  await erase.getByLabel("To confirm it, type what stands above").fill(member.email);
  await erase.getByLabel("Why, without the member's name or address").fill("asked in person");
  await erase.getByRole("button", { name: "Erase this member" }).click();
  await expect(async () => {
    await owner.reload();
    await expect(owner.getByRole("heading", { level: 1, name: "Deleted member" })).toBeVisible();
  }).toPass();
  await page.goto(`${url}/dashboard`);
  await expect(page).toHaveURL(/\/sign-in/);
});
