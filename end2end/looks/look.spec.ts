import { test } from "../support/fixtures";
import { signIn, register, newPerson } from "../support/people";
import { linkIn } from "../support/mailbox";
for (const [name, viewport, colorScheme] of [["desk", { width: 1280, height: 900 }, "light"], ["phone", { width: 390, height: 844 }, "dark"]] as const) {
  test.describe(name, () => {
    test.use({ viewport, colorScheme });
    test("look", async ({ page, visit, world }) => {
      const { url } = world.detroit;
      const shot = (what: string, p = page) => p.screenshot({ path: `/tmp/looks/${name}-${what}.png`, fullPage: true });
      await signIn(page, world.detroit, world.pat);
      await page.goto(`${url}/admin/team`);
      await page.getByLabel("Email address").fill(`cleo-${name}@example.com`);
      await page.getByLabel("Role", { exact: true }).selectOption("Desk");
      await page.getByRole("button", { name: "Send the invitation" }).click();
      await page.waitForTimeout(1500);
      await shot("team");
      const mail = await world.mailbox.mailTo(`cleo-${name}@example.com`, "You are invited to the staff");
      const other = await visit();
      await other.setViewportSize(viewport);
      await other.goto(linkIn(mail, "/invitation"));
      await shot("invitation", other);
      await page.goto(`${url}/admin/settings?tab=general`);
      await shot("general");
      await page.goto(`${url}/admin/settings?tab=security`);
      await shot("security");
      await page.goto(`${url}/admin/settings?tab=audit`);
      await shot("audit");
      const member = await register(await visit(), world.detroit, newPerson("Zoe", "Hart"));
      await page.goto(`${url}/admin/members?q=${member.email}`);
      await page.getByRole("main").getByRole("link", { name: "Zoe Hart" }).click();
      await shot("member");
      await page.getByRole("main").getByRole("link", { name: "Erase this member" }).click();
      await shot("erase");
      await page.goto(`${url}/account`);
      await shot("account");
      const friend = await visit();
      await friend.setViewportSize(viewport);
      await register(friend, world.detroit);
      await friend.goto(`${url}/account/delete`);
      await shot("delete", friend);
      await friend.goto(`${url}/sign-in`);
      await friend.goto(`${world.pewpros.url}/referrer`);
      await shot("referrer", friend);
    });
  });
}
