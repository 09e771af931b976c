import { region } from "../support/console";
import { expect, test } from "../support/fixtures";
import { signIn } from "../support/people";

// Has its own world because it changes a site's settings.
test.use({ worldName: "policies" });

test("the footer leads to the terms and the privacy policy, on sites and brands", async ({ page, world }) => {
  for (const [site, says] of [
    [world.detroit, "When a friend registers through your link"],
    [world.pewpros, "We add referrers by name and email address."],
  ] as const) {
    await page.goto(site.url);
    const footer = page.getByRole("contentinfo");
    await footer.getByRole("link", { name: "Terms" }).click();
    await expect(page).toHaveURL(`${site.url}/terms`);
    await expect(page.getByRole("heading", { level: 1, name: "Terms of Service" })).toBeVisible();
    await expect(page.getByText(says)).toBeVisible();
    await footer.getByRole("link", { name: "Privacy" }).click();
    await expect(page).toHaveURL(`${site.url}/privacy`);
    await expect(page.getByRole("heading", { level: 1, name: "Privacy Policy" })).toBeVisible();
  }
});

test("an admin changes the terms, and Register names what there is", async ({ page, visit, world }) => {
  const { url } = world.coaching;
  const visitor = await visit();
  await visitor.goto(`${url}/register`);
  const agreement = visitor.getByText("By creating an account you agree to");
  await expect(agreement.getByRole("link", { name: "Terms of Service" })).toBeVisible();
  await expect(agreement.getByRole("link", { name: "Privacy Policy" })).toBeVisible();

  await signIn(page, world.coaching, world.login(world.coaching, "tenant admin"));
  await page.goto(`${url}/admin/settings?tab=general`);
  const terms = region(page, "Terms of Service");
  const text = terms.getByLabel("Text, or the address of your own page");
  await text.fill("http://example.com/terms");
  await terms.getByRole("button", { name: "Save" }).click();
  await expect(text).toHaveAccessibleDescription(/begins with https:\/\//);
  await expect(text).toHaveValue("http://example.com/terms");
  await text.fill("Be on time.\n\nBring water.");
  await terms.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Terms of Service saved.")).toBeVisible();
  await visitor.goto(`${url}/terms`);
  await expect(visitor.getByRole("article").getByRole("paragraph")).toHaveText(["Be on time.", "Bring water."]);

  const privacy = region(page, "Privacy Policy");
  await privacy.getByRole("textbox").fill("");
  await privacy.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Privacy Policy saved.")).toBeVisible();
  await visitor.goto(`${url}/register`);
  await expect(agreement.getByRole("link", { name: "Terms of Service" })).toBeVisible();
  await expect(visitor.getByRole("link", { name: "Privacy" })).toHaveCount(0);
  await visitor.goto(`${url}/privacy`);
  await expect(visitor.getByRole("heading", { name: "Page not found" })).toBeVisible();
});
