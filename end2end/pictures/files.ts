import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { DEVICES, GALLERY, SCHEMES, fileName } from "./gallery";

/** Where the pictures are. */
export const FOLDER = resolve(__dirname, "../../docs/pictures");

/** Pictures stay small: who clones the repository loads them all. */
const BUDGET_BYTES = 8 * 1024 * 1024;

const INTRODUCTION = `# Pictures

Every page as the demo has it, on a desktop and on a phone, light and dark. Long pages are cut off.

\`npm run pictures\` in [end2end](../../end2end/README.md) takes the pictures and writes this page. Dates and codes
differ from run to run, so no test compares them.
`;

/** Empties the folder before the pictures are taken, and writes the index of them afterwards. */
export default async function setUp(): Promise<() => Promise<void>> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  return writeIndex;
}

async function writeIndex(): Promise<void> {
  const taken = new Set(await readdir(FOLDER));
  const links = (page: string) =>
    DEVICES.map((device) => {
      const all = SCHEMES.map((scheme) => {
        const file = fileName(page, device, scheme);
        if (!taken.has(file)) throw new Error(`${file} was not taken; is the page in support/pages.ts?`);
        return `[${scheme}](${file})`;
      });
      return all.join(" · ");
    });
  const groups = GALLERY.map(({ person, about, pages }) => {
    const rows = pages.map(([page, what]) => `| ${what} | ${links(page).join(" | ")} |`);
    return ["", `## ${person}`, "", about, "", "| page | desktop | phone |", "|---|---|---|", ...rows, ""].join("\n");
  });
  await writeFile(join(FOLDER, "README.md"), INTRODUCTION + groups.join(""));
  const sizes = await Promise.all([...taken].map(async (file) => (await stat(join(FOLDER, file))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > BUDGET_BYTES) throw new Error(`the pictures take ${bytes} bytes, more than ${BUDGET_BYTES}`);
}
