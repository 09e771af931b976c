import { expect, test } from "../support/fixtures";
import { ALL_KINDS, TICKET, browseTo } from "../support/shop";

test("the home page lists all products by kind", async ({ page, world }) => {
  await page.goto(world.detroit.url);
  await expect(page.getByRole("heading", { level: 1, name: "Detroit Arms" })).toBeVisible();
  for (const { section, name, price } of ALL_KINDS) {
    const group = page.getByRole("region", { name: section });
    const product = group.getByRole("listitem").filter({ hasText: name });
    await expect(product.getByRole("link", { name })).toBeVisible();
    await expect(product).toContainText(price);
  }
});

for (const product of ALL_KINDS) {
  test(`${product.kind}: a page, a picture and a price`, async ({
    page,
    world,
  }) => {
    await page.goto(world.detroit.url);
    await browseTo(page, product);
    await expect(page).toHaveURL(world.detroit.url + product.path);
    await expect(page).toHaveTitle(`${product.name} · Detroit Arms`);
    const article = page.locator(".product-columns");
    await expect(article.getByText(product.price, { exact: false })).toBeVisible();
    await expect(page.getByRole("button", { name: product.button })).toBeVisible();
    const crumbs = page.getByRole("navigation", { name: "You are here" });
    await expect(crumbs.getByRole("link", { name: product.section })).toBeVisible();
    // The product's name is beside the picture, so the picture has no alternative text.
    const picture = article.locator("img");
    await expect(picture).toHaveJSProperty("complete", true);
    expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  });
}

// If the policy refused the style, or a file were missing, the browser's console would show an error.
test("a page that is typed has its style in itself, and the next one links it", async ({
  page,
  world,
}) => {
  const { detroit, pewpros } = world;
  const hashed = /^\/pkg\/pewpros\.[^.]+\.css$/;
  for (const url of [detroit.url, `${detroit.url}/sign-in`, pewpros.url]) {
    await page.goto(url);
    await expect(page.locator("head style")).toHaveCount(1);
    await expect(page.locator("head link[rel=stylesheet]")).toHaveCount(0);
    await expect(page.locator("head link[rel=prefetch]")).toHaveAttribute("href", hashed);
    await expect(page.locator("body")).toHaveCSS("margin", "0px");
  }
  await page.goto(detroit.url);
  await browseTo(page, TICKET);
  await expect(page.locator("head style")).toHaveCount(0);
  await expect(page.locator("head link[rel=stylesheet]")).toHaveAttribute("href", hashed);
  await expect(page.locator("body")).toHaveCSS("margin", "0px");
});

test("all product pictures load", async ({ page, world }) => {
  for (const site of [world.detroit, world.coaching]) {
    await page.goto(site.url);
    const sources = await page
      .getByRole("main")
      .locator("img")
      .evaluateAll((all) => all.map((img) => (img as HTMLImageElement).src));
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      const response = await page.evaluate(async (url) => {
        const response = await fetch(url);
        return `${response.status} ${response.headers.get("content-type")}`;
      }, source);
      expect(response, source).toBe("200 image/svg+xml");
    }
  }
});

test("another tenant has another catalog", async ({ page, world }) => {
  const response = await page.goto(world.coaching.url);
  expect(response?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Motor City Coaching");
  await expect(page.getByRole("link", { name: "Riverfront Run" }).first()).toBeVisible();
  for (const { name, path } of ALL_KINDS) {
    await expect(page.getByRole("link", { name })).toHaveCount(0);
    const elsewhere = await page.goto(world.coaching.url + path);
    expect(elsewhere?.status(), path).toBe(404);
    await page.goBack();
  }
});

for (const path of ["/nothing-here", "/events/nothing-here", "/shop/ladies-night"]) {
  test(`${path} is not found`, async ({ page, world }) => {
    const response = await page.goto(world.detroit.url + path);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
    await page.getByRole("link", { name: "Go to the home page" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Detroit Arms" })).toBeVisible();
  });
}

test("an unknown host gets a page that says so", async ({ page, world }) => {
  const port = new URL(world.detroit.url).port;
  const response = await page.goto(`http://nobody.localhost:${port}/events?ref=ab3kx7mn`);
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "No site here" })).toBeVisible();
  await expect(page.getByText("nobody.localhost")).toBeVisible();
});
