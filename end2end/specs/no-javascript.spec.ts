import { expect, test } from "../support/fixtures";
import { greeting, register, registerFromHere, newPerson, signOut } from "../support/people";
import { EARNED, balanceSentence, card, getLink, referrals } from "../support/referrals";
import { FREE_TICKET, TICKET, browseTo, buy, checkAgainUntil, goBack, openCheckoutNotice, goToCheckout } from "../support/shop";

test.use({ javaScriptEnabled: false });

test("Scenario 1 without JavaScript", async ({ page, visit, world }) => {
  const site = world.detroit;
  const referrer = newPerson("Robin", "Hart");
  let link = "";
  await test.step("1. User gets their referral link", async () => {
    await register(page, site, referrer);
    await expect(greeting(page, referrer)).toBeVisible();
    link = await getLink(page, site);
    // The button needs JavaScript, so it is not shown.
    await expect.soft(card(page).getByRole("button", { name: "Copy Link" })).toBeHidden();
    await page.reload();
    await expect(card(page).getByLabel("Your referral link")).toHaveValue(link);
  });

  const friendPage = await visit();
  await test.step("2. Friend clicks the link", async () => {
    await friendPage.goto(link);
    await browseTo(friendPage, FREE_TICKET);
  });
  await test.step("3. Friend registers", async () => {
    await registerFromHere(friendPage, newPerson("Jane", "Doe"));
    await page.reload();
    await expect(referrals(page)).toContainText("Jane D.");
    await expect(referrals(page)).toContainText("Pending");
  });
  await test.step("4. Friend makes their first purchase", async () => {
    await browseTo(friendPage, TICKET);
    await goToCheckout(friendPage, TICKET);
    await goBack(friendPage);
    await friendPage.getByRole("button", { name: "Cancel this purchase" }).click();
    await expect(openCheckoutNotice(friendPage)).toHaveCount(0);
    await buy(friendPage, TICKET, checkAgainUntil);
  });
  await test.step("The receipt has a link for the friend to share", async () => {
    const panel = friendPage.getByRole("region", { name: "Refer a friend" });
    await panel.getByRole("button", { name: "Get My Referral Link" }).click();
    await expect(panel.getByLabel("Your referral link")).toHaveValue(/\?ref=/);
    await expect(panel.getByRole("link", { name: "Email" })).toHaveAttribute("href", /^mailto:/);
    await expect(panel.getByRole("button", { name: "Copy link" })).toBeHidden();
    await expect(friendPage.getByRole("heading", { level: 1 })).toHaveText(`You bought ${TICKET.name}`);
  });
  await test.step("5. Referrer sees the credit", async () => {
    // The credit may be issued between the rendering of the bell and of the card.
    const bell = page.getByRole("link", { name: "Notifications, 1 unread" });
    await expect(async () => {
      await page.reload();
      await expect(referrals(page)).toContainText("Credited", { timeout: 500 });
      await expect(bell).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(card(page).getByText(balanceSentence("$10.00"))).toBeVisible();
    await expect(page.getByText("You earned $10.00")).toBeHidden();
    await referrals(page).locator("summary").click();
    await expect(page.getByText("You earned $10.00")).toBeVisible();
    await card(page).getByRole("link", { name: "All your friends (1)" }).click();
    await expect(page.getByRole("list", { name: "Your friends" })).toContainText("You earned $10.00");
    await bell.click();
    await expect(page.getByText(EARNED)).toBeVisible();
    await page.getByRole("button", { name: "Mark as read" }).click();
    await expect(page.getByRole("link", { name: "Notifications", exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Mark as read" })).toHaveCount(0);
    expect(await world.stripe.balanceTransactions(site, referrer.email)).toMatchObject([{ amount: -1000 }]);
  });
});

test("a refused registration keeps what was typed except the password", async ({
  page,
  world,
}) => {
  await page.goto(`${world.detroit.url}/register`);
  await page.getByLabel("First name").fill("Zoë");
  await page.getByLabel("Email").fill("zoe@");
  await page.getByLabel("Password").fill("securepassword");
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByLabel("Last name")).toHaveAccessibleDescription("Enter your last name.");
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(
    "Enter an email address like name@example.com.",
  );
  await expect(page.getByLabel("First name")).toHaveValue("Zoë");
  await expect(page.getByLabel("Email")).toHaveValue("zoe@");
  await expect(page.getByLabel("Password")).toHaveValue("");
});

test("a refused sign-in shows a message, and signing out works", async ({ page, world }) => {
  const member = await register(page, world.detroit);
  await signOut(page);
  await page.goto(`${world.detroit.url}/sign-in`);
  await page.getByLabel("Email").fill(member.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The email address or password is incorrect.")).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue(member.email);
  await page.getByLabel("Password").fill(member.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(greeting(page, member)).toBeVisible();
});
