import type { Locator } from "@playwright/test";

import { expect, test } from "../support/fixtures";
import { newPerson, register, registerFromHere, signIn } from "../support/people";
import { getLink, referrals } from "../support/referrals";

/** Where the text of an element begins and ends, in CSS pixels from the left. */
async function edges(element: Locator): Promise<{ left: number; right: number }> {
  return await element.evaluate((node) => {
    const text = document.createRange();
    text.selectNodeContents(node);
    const { left, right } = text.getBoundingClientRect();
    return { left, right };
  });
}

test("an Arabic name stays where its row begins", async ({ page, visit, world }) => {
  const { url } = world.detroit;
  await register(page, world.detroit, newPerson("Robin", "Hart"));
  const link = await getLink(page, world.detroit);
  const friends = [
    newPerson("Jane", "Doe"),
    { ...newPerson(), firstName: "\u0645\u062d\u0645\u062f", lastName: "\u0639\u0644\u064a" },
  ];
  for (const friend of friends) {
    const theirs = await visit();
    await theirs.goto(link);
    await registerFromHere(theirs, friend);
  }

  await test.step("on the referrer's dashboard", async () => {
    await page.reload();
    await expect(referrals(page)).toHaveCount(2);
    for (const row of await referrals(page).all()) {
      const [name, joined] = [row.locator(".friend-name"), row.locator(".friend-joined")];
      expect((await edges(name)).left).toBeCloseTo((await edges(joined)).left, 0);
      const status = await edges(row.getByText("Pending", { exact: true }));
      expect((await edges(name)).right).toBeLessThan(status.left);
    }
  });

  await test.step("in the console, wide and as cards", async () => {
    for (const width of [1280, 390]) {
      const admin = await visit({ viewport: { width, height: 844 } });
      await signIn(admin, world.detroit, world.pat);
      for (const list of ["/admin/members", "/admin/referrals"]) {
        const lefts = [];
        for (const friend of friends) {
          await admin.goto(`${url}${list}?q=${encodeURIComponent(friend.email)}`);
          const name = `${friend.firstName} ${friend.lastName}`;
          const link = admin.getByRole("main").getByRole("link", { name });
          // A column is as wide as the address in it.
          const cell = await link.evaluate((node) => node.closest("td")?.getBoundingClientRect().x);
          lefts.push((await edges(link)).left - (cell ?? 0));
        }
        expect(lefts[1], `${list}, ${width} px`).toBeCloseTo(lefts[0] ?? 0, 0);
      }
    }
  });

  await test.step("in a title", async () => {
    const admin = await visit();
    await signIn(admin, world.detroit, world.pat);
    const name = `${friends[1]?.firstName} ${friends[1]?.lastName}`;
    await admin.goto(`${url}/admin/members?q=${encodeURIComponent(friends[1]?.email ?? "")}`);
    await admin.getByRole("main").getByRole("link", { name }).click();
    const title = admin.getByRole("heading", { level: 1, name });
    const box = await title.boundingBox();
    expect((await edges(title)).left).toBeCloseTo(box?.x ?? 0, 0);
  });
});
