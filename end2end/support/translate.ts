import type { Page } from "@playwright/test";

/**
 * Does to the page what Chrome does when it translates one: puts two elements in place of each text node, now and
 * whenever a new one appears. The words stay as they are, so that tests can read them.
 */
export async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const font = (content: Node) => {
      const element = document.createElement("font");
      element.style.verticalAlign = "inherit";
      element.append(content);
      return element;
    };
    const untouched = 'font, script, style, textarea, [translate="no"], .notranslate';
    const isTranslated = (text: Node) => text.nodeValue?.trim() && !text.parentElement?.closest(untouched);
    const replaceTexts = () => {
      const texts: Node[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) texts.push(walker.currentNode);
      for (const text of texts.filter(isTranslated)) {
        // The page's own node is gone for good.
        (text as Text).replaceWith(font(font(document.createTextNode(text.nodeValue ?? ""))));
      }
    };
    replaceTexts();
    const changes = { childList: true, characterData: true, subtree: true };
    new MutationObserver(replaceTexts).observe(document.body, changes);
  });
}
