import { expect, test } from "../support/fixtures";
import { TICKET } from "../support/shop";

test("/api/docs can be read and tried without the internet", async ({ page, request, world }) => {
  const { url } = world.detroit;
  const elsewhere: string[] = [];
  await page.context().route(
    (asked) => asked.origin !== url,
    async (route) => {
      elsewhere.push(route.request().url());
      await route.abort();
    },
  );
  await page.goto(`${url}/api/docs`);
  await expect(page.getByRole("heading", { level: 1, name: "PewPros Referrals" })).toBeVisible();

  await test.step("it shows every operation of the document", async () => {
    const response = await request.get(`${url}/api/v1/openapi.json`);
    const { paths } = (await response.json()) as { paths: Record<string, object> };
    expect(Object.keys(paths)).toContain("/api/v1/auth/register");
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        const operation = page.getByRole("button", { name: `${method} ${path}`, exact: true });
        await expect(operation).toBeVisible();
      }
    }
  });

  await test.step("an operation opens, with an example to send", async () => {
    await page.getByRole("button", { name: "post /api/v1/auth/register", exact: true }).click();
    const register = page.locator("#operations-Accounts-register");
    await expect(register.getByRole("textbox").last()).toHaveValue(/"referral_code": "ab3kx7mn"/);
    await expect(register.getByText("Registered and signed in")).toBeVisible();
  });

  await test.step("a request sent from the page gets its response", async () => {
    await page.getByRole("button", { name: "get /api/v1/products", exact: true }).click();
    const products = page.locator("#operations-Shop-list_products");
    await products.getByRole("button", { name: "Execute" }).click();
    const answered = products.getByRole("table").filter({ hasText: "Response body" });
    await expect(answered.getByRole("cell", { name: "200", exact: true })).toBeVisible();
    await expect(answered).toContainText(TICKET.name);
  });

  expect(elsewhere, "requests to other origins").toEqual([]);
});
