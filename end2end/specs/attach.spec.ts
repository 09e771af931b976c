import { region, toasts } from "../support/console";
import { expect, test } from "../support/fixtures";
import { newPerson, register, signIn } from "../support/people";
import { codeOf, getLink } from "../support/referrals";

test("the desk says who referred a friend, and looks up why nobody got anything", async ({ page, visit, world }) => {
  const site = world.detroit;
  await register(page, site, newPerson("Robin", "Lane"));
  const code = codeOf(await getLink(page, site));
  const friend = await register(await visit(), site);
  const desk = await visit();
  await signIn(desk, site, world.pat);
  await desk.goto(`${site.url}/admin/referrals`);
  await desk.getByRole("link", { name: "Why did they get nothing?" }).click();
  await desk.getByLabel("Person, code or link").fill(friend.email);
  await desk.getByRole("button", { name: "Look up" }).click();
  await expect(desk.getByText("Referred by nobody")).toBeVisible();
  await desk.getByRole("link", { name: "Say who referred them" }).click();

  const panel = region(desk, "Who referred them");
  await panel.getByLabel("Referred by").fill("zzzzzzzz");
  await panel.getByRole("button", { name: "Save who referred them" }).click();
  await expect(panel.getByLabel("Reason")).toHaveAccessibleDescription(/Say why\.$/);
  await panel.getByLabel("Reason").fill("They came together");
  await panel.getByRole("button", { name: "Save who referred them" }).click();
  await expect(panel.getByLabel("Referred by")).toHaveAccessibleDescription(/No member here/);
  await expect(panel.getByLabel("Referred by")).toHaveValue("zzzzzzzz");
  await expect(panel.getByLabel("Reason")).toHaveValue("They came together");
  await panel.getByLabel("Referred by").fill(code);
  await panel.getByRole("button", { name: "Save who referred them" }).click();
  await expect(toasts(desk)).toContainText("Robin Lane referred this member.");
  await expect(panel).toHaveCount(0);

  await desk.goto(`${site.url}/admin/referrals/why?q=${code}`);
  await expect(region(desk, "Referral code")).toContainText("Jane Doe");
});
