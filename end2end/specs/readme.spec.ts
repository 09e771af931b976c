import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";

import { expect, test } from "../support/fixtures";

const README = resolve(__dirname, "../../README.md");
const SITE = "http://localhost:3000";

// Has its own world because it adds a referral to the demo.
test.use({ worldName: "readme" });

test("the README's Scenario 3 with curl works as pasted", async ({ world }) => {
  const script = await blockUnder("Scenario 3 with curl");
  expect(script).toContain(SITE);
  const here = script.replaceAll(SITE, world.detroit.url);
  const ran = promisify(execFile)("bash", ["-euo", "pipefail", "-c", here], { timeout: 40_000 });
  const { stdout } = await ran;
  expect(stdout.trim().split("\n")).toEqual(["linked", "pending", "credited"]);
});

/** The code block of a section. */
async function blockUnder(heading: string): Promise<string> {
  const [, after] = (await readFile(README, "utf8")).split(`\n## ${heading}\n`);
  const [section] = (after ?? "").split("\n## ");
  const block = /^```bash\n(.*?)^```$/ms.exec(section ?? "")?.[1];
  expect(block, `the block under "${heading}"`).toBeDefined();
  return block ?? "";
}
