import { expect, test } from "../support/fixtures";
import { linkIn } from "../support/mailbox";
import {
  fillSignIn,
  greeting,
  newPerson,
  register,
  signOut,
  waitForIslands,
} from "../support/people";

const NEW_PASSWORD = "walnut carousel 77 delta";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  test(`a forgotten password is reset ${how} JavaScript`, async ({ page, visit, world }) => {
    const person = await register(page, world.detroit, newPerson("Nora", "Quinn"));
    await signOut(page);

    const away = await visit({ javaScriptEnabled });
    await away.goto(`${world.detroit.url}/sign-in`);
    await away.getByRole("link", { name: "Forgot your password?" }).click();
    const ask = away.getByRole("button", { name: "Email me a link" });
    await ask.click();
    await expect(away.getByText("Enter your email address.")).toBeVisible();
    await away.getByLabel("Email").fill(person.email);
    await ask.click();
    await expect(away.getByRole("status")).toContainText("a link is on its way to it");

    const mail = await world.mailbox.mailTo(person.email, "Reset your password");
    expect(mail.from).toContain("Detroit Arms");
    await away.goto(linkIn(mail, "/reset-password"));
    const save = away.getByRole("button", { name: "Save the new password" });
    await away.getByLabel("New password").fill("short");
    await save.click();
    await expect(away.getByLabel("New password")).toHaveAccessibleDescription(/8 characters/);
    await away.getByLabel("New password").fill(NEW_PASSWORD);
    await save.click();
    await expect(away.getByRole("status")).toContainText("Your password was changed");
    if (javaScriptEnabled) await waitForIslands(away);
    await fillSignIn(away, person.email, NEW_PASSWORD);
    await expect(greeting(away, person)).toBeVisible();
    await world.mailbox.mailTo(person.email, "Your password was changed");

    await away.goto(linkIn(mail, "/reset-password"));
    await expect(
      away.getByRole("heading", { name: "This link no longer works" }),
    ).toBeVisible();
  });
}
