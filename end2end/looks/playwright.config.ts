import { defineConfig } from "@playwright/test";
import { browser } from "../support/browser";
export default defineConfig({ testDir: ".", workers: 2, timeout: 120_000, use: browser });
