import type { Page } from "@playwright/test";

import { openSale, region } from "../support/console";
import { expect, test } from "../support/fixtures";
import { linkIn } from "../support/mailbox";
import { fillSignIn, newPerson, register, signIn } from "../support/people";

const INVITED = "You are invited to join the staff";

/** The rows of a table of Admin > Team that name this address. */
const rowOf = (page: Page, email: string) => page.getByRole("row").filter({ hasText: email });

test("an owner invites a desk clerk, who sells and does nothing else", async ({
  page,
  visit,
  world,
}) => {
  const { url } = world.detroit;
  const clerk = newPerson("Cleo", "Nash");
  const owner = await visit();
  await signIn(owner, world.detroit, world.pat);
  await owner.goto(`${url}/admin/team`);
  const invite = region(owner, "Invite somebody");

  await test.step("a mistake is told beside its field", async () => {
    await invite.getByLabel("Email address").fill("cleo");
    await invite.getByLabel("Role").selectOption("Desk");
    await invite.getByRole("button", { name: "Send the invitation" }).click();
    await expect(invite.getByLabel("Email address")).toHaveAccessibleDescription(
      /Enter an email address/,
    );
    await expect(invite.getByLabel("Email address")).toHaveValue("cleo");
    await expect(invite.getByLabel("Role")).toHaveValue("desk");
  });

  await test.step("the invitation is mailed, and waits in the list", async () => {
    await invite.getByLabel("Email address").fill(clerk.email);
    await invite.getByRole("button", { name: "Send the invitation" }).click();
    const open = region(owner, "Open invitations");
    await expect(open.getByRole("row").filter({ hasText: clerk.email })).toContainText("Desk");
  });

  await test.step("the clerk gets an account with the role", async () => {
    const mail = await world.mailbox.mailTo(clerk.email, INVITED);
    await page.goto(linkIn(mail, "/invitation"));
    await expect(page.getByRole("heading", { name: "Join the staff" })).toBeVisible();
    await page.getByLabel("First name").fill(clerk.firstName);
    await page.getByLabel("Last name").fill(clerk.lastName);
    await page.getByLabel("Date of birth").fill(clerk.dateOfBirth);
    await page.getByLabel("Password").fill(clerk.password);
    await page.getByRole("button", { name: "Create the account and accept" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Referrals" })).toBeVisible();
    await page.goto(linkIn(mail, "/invitation"));
    await expect(page.getByRole("heading", { level: 1 })).toContainText("no longer works");
  });

  await test.step("the clerk sells, and finds no settings", async () => {
    const member = await register(await visit(), world.detroit);
    await page.goto(`${url}/admin/members?q=${member.email}`);
    const navigation = page.getByRole("navigation", { name: "Admin" });
    await expect(navigation.getByRole("link")).toHaveText([
      "Referrals",
      "Orders",
      "Catalog",
      "Members",
    ]);
    await page.getByRole("main").getByRole("link", { name: "Jane Doe" }).click();
    const sale = await openSale(page);
    await sale.getByLabel("Product").selectOption({ index: 1 });
    await sale.getByRole("button", { name: "Record sale" }).click();
    await expect(region(page, "Purchases")).toContainText("In person");
    await expect(page.getByRole("button", { name: "Block this member" })).toHaveCount(0);
    for (const path of ["/admin/settings", "/admin/team", "/admin/catalog/new"]) {
      await page.goto(url + path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("This page is not for your account");
    }
  });

  await test.step("an owner makes a manager of the clerk, and takes the role", async () => {
    await owner.reload();
    const row = rowOf(owner, clerk.email);
    await row.getByRole("combobox").selectOption("Manager");
    await row.getByRole("button", { name: /^Change/ }).click();
    await expect(rowOf(owner, clerk.email).getByRole("combobox")).toHaveValue("manager");
    await page.goto(`${url}/admin/settings`);
    await expect(page.getByRole("heading", { level: 1, name: "Site Settings" })).toBeVisible();
    await expect(page.getByLabel("Secret key")).toHaveCount(0);
    await rowOf(owner, clerk.email).getByRole("combobox").selectOption("No role");
    await rowOf(owner, clerk.email).getByRole("button", { name: /^Change/ }).click();
    await expect(rowOf(owner, clerk.email)).toHaveCount(0);
    await page.reload();
    await expect(page).toHaveURL(/\/sign-in/);
  });
});

test("a member who is blocked is kept out until they are unblocked", async ({
  page,
  visit,
  world,
}) => {
  const { url } = world.detroit;
  const member = await register(page, world.detroit);
  const owner = await visit();
  await signIn(owner, world.detroit, world.pat);
  await owner.goto(`${url}/admin/members?q=${member.email}`);
  await owner.getByRole("main").getByRole("link", { name: "Jane Doe" }).click();
  const access = region(owner, "Access");
  await access.getByRole("button", { name: "Block this member" }).click();
  await expect(access.getByLabel("Reason")).toHaveAccessibleDescription(/Say why/);
  await access.getByLabel("Reason").fill("shouted at the desk");
  await access.getByRole("button", { name: "Block this member" }).click();
  await expect(access).toContainText("Blocked since");
  await page.goto(`${url}/dashboard`);
  await expect(page).toHaveURL(/\/sign-in/);
  await fillSignIn(page, member.email, member.password);
  await expect(page.getByText("This account is blocked.")).toBeVisible();
  await access.getByLabel("Reason").fill("apologized");
  await access.getByRole("button", { name: "Unblock this member" }).click();
  await expect(access).toContainText("They can sign in.");
  await fillSignIn(page, member.email, member.password);
  await expect(page).toHaveURL(`${url}/dashboard`);
});
