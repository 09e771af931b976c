import type { Page } from "@playwright/test";

/** Loads the images below the fold too, for a screenshot of the whole page. */
export async function loadImages(page: Page): Promise<void> {
  await page.locator("img").evaluateAll(async (all) => {
    const images = all as HTMLImageElement[];
    for (const image of images) image.loading = "eager";
    await Promise.all(images.map((image) => image.decode()));
  });
}
