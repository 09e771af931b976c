import { expect, test } from "../support/fixtures";
import { fillSignIn, greeting, newPerson, register, signOut, waitForIslands } from "../support/people";

test("a typed password can be shown and hidden, by pointer and by keyboard", async ({
  page,
  world,
}) => {
  await page.goto(`${world.detroit.url}/sign-in`);
  await waitForIslands(page);
  const password = page.getByLabel("Password");
  await password.fill("walnut carousel 77");
  await expect(password).toHaveAttribute("type", "password");
  const show = page.getByRole("button", { name: "Show password" });
  const hide = page.getByRole("button", { name: "Hide password" });
  await expect(show).toHaveAttribute("aria-pressed", "false");
  const box = await show.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
  await password.focus();
  await show.click();
  await expect(password).toHaveAttribute("type", "text");
  await expect(password).toHaveValue("walnut carousel 77");
  await expect(password, "a pointer leaves the focus").toBeFocused();
  await expect(hide).toHaveAttribute("aria-pressed", "true");
  await hide.focus();
  await page.keyboard.press("Enter");
  await expect(password).toHaveAttribute("type", "password");
  await expect(show, "the keyboard keeps it on the button").toBeFocused();
});

test("a password that is shown signs in", async ({ page, world }) => {
  const person = await register(page, world.detroit, newPerson("Nora", "Quinn"));
  await signOut(page);
  await page.goto(`${world.detroit.url}/sign-in`);
  await waitForIslands(page);
  await page.getByRole("button", { name: "Show password" }).click();
  await fillSignIn(page, person.email, person.password);
  await expect(greeting(page, person)).toBeVisible();
});

test("without JavaScript there is no button", async ({ visit, world }) => {
  const page = await visit({ javaScriptEnabled: false });
  await page.goto(`${world.detroit.url}/sign-in`);
  await expect(page.getByLabel("Password")).toHaveAttribute("type", "password");
  await expect(page.getByRole("button", { name: "Show password" })).toHaveCount(0);
});
