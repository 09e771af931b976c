import { expect, test } from "../support/fixtures";
import { signIn, waitForIslands } from "../support/people";

test("marking notifications as read keeps the focus", async ({ page, world }) => {
  await signIn(page, world.detroit, world.login(world.detroit));
  await page.goto(`${world.detroit.url}/notifications`);
  await waitForIslands(page);
  const rows = page.locator("li.notification");
  const [first, second] = [rows.nth(0), rows.nth(1)];
  await first.getByRole("button", { name: "Mark as read" }).focus();
  await page.keyboard.press("Enter");
  await expect(first.getByRole("button")).toHaveCount(0);
  await expect(first).toBeFocused();
  // The next stop is the next notification.
  await page.keyboard.press("Tab");
  await expect(second.getByRole("button", { name: "Mark as read" })).toBeFocused();
  await page.getByRole("button", { name: "Mark all as read" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /as read/ })).toHaveCount(0);
  await expect(page.locator("#notifications")).toBeFocused();
});
