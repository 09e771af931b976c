import { expect, test } from "../support/fixtures";
import { newPerson, openMenu, register } from "../support/people";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled, viewport: { width: 390, height: 844 } });

    test("on a phone, the menu leads a visitor to the catalog and to Sign in", async ({ page, world }) => {
      await page.goto(world.detroit.url);
      await openMenu(page);
      await page.getByRole("banner").getByRole("link", { name: "Courses" }).click();
      await expect(page).toHaveURL(/\/courses$/);
      await openMenu(page);
      await page.getByRole("banner").getByRole("link", { name: "Sign in" }).click();
      await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    });
  });
}

test("a member opens, leaves and uses the menu with the keyboard", async ({ page, world }) => {
  await register(page, world.detroit, newPerson("Mia", "Lopez"));
  const menu = page.getByRole("banner").getByRole("button", { name: "Menu" });
  const account = page.getByRole("banner").getByRole("link", { name: "Account" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("banner").getByText("Mia Lopez")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(account).toBeHidden();
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  await account.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/account$/);
});
