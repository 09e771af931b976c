import { defineConfig } from "@playwright/test";

import screenshots from "./screenshots.config";

/** Takes the pictures of docs/pictures anew. */
export default defineConfig(screenshots, { testDir: "pictures", globalSetup: "./pictures/files.ts" });
