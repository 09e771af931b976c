import { expect, test } from "../support/fixtures";
import { linkIn } from "../support/mailbox";
import { heading } from "../support/shop";

/** Jordan of the demo, who has referrals at both brands. */
const JORDAN = "jordan@example.com";
const SUBJECT = "Sign in to your referrals";

/** A platform referrer's page needs no JavaScript. */
test.use({ javaScriptEnabled: false });

test("a platform referrer signs in by a mail, sees referrals and credits, and signs out", async ({
  page,
  visit,
  world,
}) => {
  const { url } = world.coachpros;
  await page.goto(`${url}/referrer`);
  const ask = page.getByRole("button", { name: "Email me a link" });
  await ask.click();
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription("Enter your email address.");
  await page.getByLabel("Email").fill("nobody@example.com");
  await ask.click();
  const answer = await page.getByRole("status").innerText();
  expect(answer).toContain("a link is on its way to it");
  await page.getByLabel("Email").fill(JORDAN);
  await ask.click();
  await expect(page.getByRole("status"), "the same answer").toHaveText(answer);

  const mail = await world.mailbox.mailTo(JORDAN, SUBJECT);
  expect(mail.from).toContain("CoachPros");
  const link = linkIn(mail, "/referrer/sign-in");
  // A mail program that opens the link signs nobody in, and uses nothing up.
  const scanner = await visit();
  await scanner.goto(link);
  await scanner.goto(`${url}/referrer`);
  await expect(scanner.getByRole("button", { name: "Email me a link" })).toBeVisible();

  await page.goto(link);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(heading(page, "Your referrals")).toBeVisible();
  const main = page.getByRole("main");
  await expect(main).toContainText("Jordan Reyes");
  for (const [brand, site] of [
    ["PewPros", world.pewpros],
    ["CoachPros", world.coachpros],
  ] as const) {
    const shared = await page.getByLabel(`Your ${brand} link`).inputValue();
    expect(shared).toMatch(new RegExp(`^${site.url}/pricing\\?ref=[a-z0-9]{8}$`));
  }
  const referrals = page.getByRole("table", { name: "Referrals" });
  await expect(referrals.getByRole("row", { name: /PewPros Annual/ }).first()).toContainText(
    "Credited",
  );
  await expect(page.getByRole("table", { name: "Credits" })).toContainText("$50.00");
  await expect(main, "nobody's address").not.toContainText("@");

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
  await expect(ask).toBeVisible();
  await page.goto(link);
  await expect(heading(page, "This link no longer works")).toBeVisible();
});
