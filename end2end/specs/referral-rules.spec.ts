import { expect, test } from "../support/fixtures";
import {
  fillRegistration,
  greeting,
  newPerson,
  register,
  registerFromHere,
  signOut,
} from "../support/people";
import { EARNED, balanceSentence, card, codeOf, getLink, referrals } from "../support/referrals";
import { SHOP_ITEM, TICKET, buy } from "../support/shop";

const NOBODY = /^Nobody has registered with your link yet\./;

test("a member's own code earns nothing, even with an alias of the email", async ({
  page,
  visit,
  world,
}) => {
  const referrer = await register(page, world.detroit);
  const link = await getLink(page, world.detroit);
  const again = await visit();
  await again.goto(link);
  const alias = referrer.email.replace("@", "+range@");
  await registerFromHere(again, { ...newPerson(), email: alias });
  await again.getByRole("link", { name: "Notifications, 1 unread" }).click();
  const message = "You can't use your own referral code, so it was ignored.";
  await expect(again.getByText(message)).toBeVisible();

  await buy(again, SHOP_ITEM);
  await page.reload();
  await expect(card(page).getByText(NOBODY)).toBeVisible();
  expect(await world.stripe.balanceTransactions(world.detroit, referrer.email)).toEqual([]);
});

test("a code of one tenant is ignored by another", async ({ page, visit, world }) => {
  await register(page, world.detroit);
  const code = codeOf(await getLink(page, world.detroit));
  const friendPage = await visit();
  const response = await friendPage.goto(`${world.coaching.url}/events?ref=${code}`);
  expect(response?.status()).toBe(200);
  await registerFromHere(friendPage, newPerson());
  await page.reload();
  await expect(card(page).getByText(NOBODY)).toBeVisible();
});

test("one friend earns one credit, regardless of further purchases", async ({ page, visit, world }) => {
  const site = world.detroit;
  const referrer = await register(page, site, newPerson("Robin"));
  const link = await getLink(page, site);
  const first = await visit();
  await first.goto(link);
  await register(first, site, newPerson("Jane", "Doe"));
  await buy(first, SHOP_ITEM);
  await expect(page.getByRole("link", { name: EARNED })).toHaveCount(1, { timeout: 20_000 });
  await buy(first, TICKET);

  // The second friend's credit would come after any credit for the second purchase.
  const second = await visit();
  await second.goto(link);
  await register(second, site, newPerson("Omar", "Haddad"));
  await buy(second, SHOP_ITEM);
  await expect(page.getByRole("link", { name: EARNED })).toHaveCount(2, { timeout: 20_000 });
  await expect(card(page).getByText(balanceSentence("$20.00"))).toBeVisible();
  await expect(referrals(page)).toHaveCount(2);
  const transactions = await world.stripe.balanceTransactions(site, referrer.email);
  expect(transactions.map((transaction) => transaction.amount)).toEqual([-1000, -1000]);
});

test("a remembered code is used for one registration", async ({ page, visit, world }) => {
  const site = world.detroit;
  await register(page, site);
  const link = await getLink(page, site);
  const friendPage = await visit();
  await friendPage.goto(link);
  await registerFromHere(friendPage, newPerson("Jane", "Doe"));
  await signOut(friendPage);
  await registerFromHere(friendPage, newPerson("Omar", "Haddad"));
  await page.reload();
  await expect(referrals(page)).toHaveCount(1);
  await expect(referrals(page)).toContainText("Jane D.");
});

test("the first opened link counts, also in upper case, and says who invited", async ({
  page,
  visit,
  world,
}) => {
  const site = world.detroit;
  const later = await visit();
  await register(later, site, newPerson("Omar"));
  const laterLink = await getLink(later, site);
  await register(page, site, newPerson("Robin"));
  const code = codeOf(await getLink(page, site)).toUpperCase();

  const friendPage = await visit();
  // An invalid code takes no place.
  await friendPage.goto(`${site.url}/courses?ref=nonsense!`);
  await friendPage.goto(`${site.url}/r/${code.slice(0, 4)}-${code.slice(4)}`);
  await expect(friendPage.getByText("Robin invited you")).toBeVisible();
  await friendPage.goto(laterLink);
  await expect(friendPage.getByText("Robin invited you")).toBeVisible();
  await registerFromHere(friendPage, newPerson("Jane", "Doe"));
  await page.reload();
  await expect(referrals(page)).toContainText("Jane D.");
  await later.reload();
  await expect(card(later).getByText(NOBODY)).toBeVisible();
});

test("a code that is typed at Register counts", async ({ page, visit, world }) => {
  const site = world.detroit;
  await register(page, site);
  const code = codeOf(await getLink(page, site));
  const friendPage = await visit();
  await friendPage.goto(`${site.url}/register`);
  await friendPage.getByLabel("Got a code or a friend's name?").fill(`It is ${code}.`);
  const jane = newPerson("Jane", "Doe");
  await fillRegistration(friendPage, jane);
  await friendPage.getByRole("button", { name: "Register" }).click();
  await expect(greeting(friendPage, jane)).toBeVisible();
  await page.reload();
  await expect(referrals(page)).toContainText("Jane D.");
});

const NO_CODES = [
  "ref=",
  "ref",
  "ref=ab3kx7m",
  "ref=ab3kx7mnp",
  "ref=zzzzzzzz",
  `ref=${"a".repeat(600)}`,
  "ref=%C3%A4%E2%9C%93%F0%9F%8E%AF",
  "ref=%00",
  "ref=ab3kx7m%00",
  "ref=%ff%fe",
  "ref=%zz",
  "ref[]=ab3kx7mn",
  "ref[0]=ab3kx7mn",
  "ref=[object%20Object]",
  "ref=ab3kx7mn&ref=ab3kx7mn",
  "ref=%27%20OR%201=1--",
  "ref=%3Cscript%3Ealert(1)%3C/script%3E",
];

test("an invalid code in a link breaks neither pages nor registrations", async ({ page, world }) => {
  for (const query of NO_CODES) {
    for (const path of ["/", "/events", "/register"]) {
      const response = await page.goto(`${world.detroit.url}${path}?${query}`);
      expect(response?.status(), `${path}?${query}`).toBe(200);
    }
  }
  await registerFromHere(page, newPerson());
});
