import type { Locator, Page } from "@playwright/test";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How many colors are painted in a part of the viewport, in CSS pixels. One means that nothing is seen there. */
export async function countColors(page: Page, box: Box): Promise<number> {
  const png = (await page.screenshot({ clip: box })).toString("base64");
  return await page.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas?.drawImage(image, 0, 0);
    const pixels = canvas?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
    return new Set(new Uint32Array(pixels.buffer)).size;
  }, png);
}

/** The viewport's part with the element, and `more` CSS pixels on each side. */
export async function boxOf(element: Locator, more = 0): Promise<Box> {
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  if (box === null) throw new Error(`${element} is not shown`);
  const { x, y, width, height } = box;
  return { x: x - more, y: y - more, width: width + 2 * more, height: height + 2 * more };
}

/** What an element and its pseudo-elements look like, apart from their text. */
export async function appearance(element: Locator): Promise<string> {
  return await element.evaluate((element) => {
    const properties = [
      "background-color",
      "border-block-end",
      "border-block-start",
      "border-inline-end",
      "border-inline-start",
      "color",
      "content",
      "font-weight",
      "outline",
      "text-decoration-line",
    ];
    return [null, "::before", "::after"]
      .map((pseudo) => {
        const style = getComputedStyle(element, pseudo);
        return properties.map((property) => style.getPropertyValue(property)).join(";");
      })
      .join("\n");
  });
}
