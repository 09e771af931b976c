import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { expect } from "@playwright/test";

import { Clock } from "./clock";
import type { Demo, Login, Role, Site } from "./demo";
import { Mailbox } from "./mailbox";
import { Program } from "./program";
import { Stripe } from "./stripe";

const ROOT = resolve(__dirname, "../..");
const SERVER = process.env.PEWPROS_SERVER_BIN ?? join(ROOT, "target/debug/server");
const STAND_IN = process.env.PEWPROS_STAND_IN_BIN ?? join(ROOT, "target/debug/stripe-stand-in");
const MAILBOX = process.env.PEWPROS_MAILBOX_BIN ?? join(ROOT, "target/debug/mailbox");
/** Settings that `cargo xtask` makes, for running Playwright without it. */
const LEPTOS = {
  LEPTOS_OUTPUT_NAME: "pewpros",
  LEPTOS_SITE_ROOT: join(ROOT, "target/site"),
  LEPTOS_SITE_PKG_DIR: "pkg",
  LEPTOS_HASH_FILES: "true",
  LEPTOS_HASH_FILE_NAME: "hash.txt",
};

/**
 * The servers of a Playwright worker: the product with its own database, its own stand-in for
 * Stripe and its own mailbox, filled with the demo.
 */
export class World {
  private constructor(
    private readonly folder: string,
    private readonly env: Record<string, string | undefined>,
    private readonly programs: Program[],
    private readonly demo: Demo,
    readonly stripe: Stripe,
    readonly mailbox: Mailbox,
    private readonly clock: Clock | undefined,
  ) {}

  /** With `ownClock` the product's clock can be turned. */
  static async start(ownClock = false): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), "pewpros-world-"));
    const programs: Program[] = [];
    try {
      const standIn = await Program.start(STAND_IN, ["--port", "0"], process.env, folder);
      programs.unshift(standIn);
      const stripe = new Stripe(await standIn.firstLine());
      const box = await Program.start(MAILBOX, [], process.env, folder);
      programs.unshift(box);
      const [smtp, page] = (await box.firstLine()).split(" ");
      const mailbox = new Mailbox(required(page, "mailbox"));
      const address = `127.0.0.1:${await freePort()}`;
      const env = {
        ...LEPTOS,
        ...process.env,
        DATABASE_URL: `sqlite://${folder}/pewpros.db?mode=rwc`,
        APP_SECRET: randomBytes(24).toString("hex"),
        STRIPE_API_BASE: stripe.base,
        SIMULATED_PAYMENTS: "true",
        SMTP_URL: smtp,
        MAIL_FROM: "no-reply@pewpros.example",
        // The demo's mails must not keep those of the tests waiting.
        MAIL_PER_SECOND: "1000",
        LISTEN: address,
        LEPTOS_SITE_ADDR: address,
        NO_COLOR: "1",
      };
      await Program.run(SERVER, ["migrate"], env, folder);
      const demo = JSON.parse(await Program.run(SERVER, ["demo", "--json"], env, folder)) as Demo;
      for (const site of demo.sites) await stripe.registerEndpoint(site);
      const clock = ownClock ? await Clock.start(folder) : undefined;
      const server = await Program.start(SERVER, ["serve"], { ...env, ...clock?.env() }, folder);
      programs.unshift(server);
      await server.waitUntil("does not respond", () => isHealthy(address));
      return new World(folder, env, programs, demo, stripe, mailbox, clock);
    } catch (error) {
      await stopAll(programs, folder);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await stopAll(this.programs, this.folder);
  }

  /** Runs a command of the operator: `server ARGS`. */
  async runCommand(...args: string[]): Promise<string> {
    return await Program.run(SERVER, args, this.env, this.folder);
  }

  /** Turns the clocks of the product and of Stripe. The world needs a clock of its own. */
  async passTime(seconds: number): Promise<void> {
    if (this.clock === undefined) throw new Error("this world has no clock of its own");
    await this.clock.turn(seconds);
    await this.stripe.passTime(seconds);
    await this.clockIsTurned(this.clock);
  }

  /** The programs look at their clock's file once a second. An answer of the site has its time, in whole seconds. */
  private async clockIsTurned(clock: Clock): Promise<void> {
    await expect(async () => {
      const { headers } = await fetch(`${this.detroit.url}/healthz`);
      expect(Date.parse(headers.get("date") ?? "")).toBeGreaterThan(clock.now() - 3000);
    }).toPass({ timeout: 10_000 });
  }

  /** The output of the product and the stand-in, shown when a test fails. */
  log(): string {
    return this.programs.map((program) => program.log()).join("\n");
  }

  get detroit(): Site {
    return this.site("detroit-arms");
  }

  get coaching(): Site {
    return this.site("motor-city-coaching");
  }

  get pewpros(): Site {
    return this.site("pewpros");
  }

  get coachpros(): Site {
    return this.site("coachpros");
  }

  /** A person of the demo; by default Mia, who has referrals in each status. */
  login(site: Site, role: Role = "member"): Login {
    const logins = this.demo.logins.filter((login) => login.site === site.key);
    return required(logins.find((login) => login.role === role), `${role} of ${site.key}`);
  }

  /** The admin of Detroit Arms and of the platform program, who does the guide's setup. */
  get pat(): Login {
    return this.login(this.detroit, "tenant and platform admin");
  }

  private site(key: string): Site {
    return required(this.demo.sites.find((site) => site.key === key), `site ${key}`);
  }
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the demo has no ${name}`);
  return value;
}

async function stopAll(programs: Program[], folder: string): Promise<void> {
  // The product stops first, because it may still send requests to Stripe.
  for (const program of programs) await program.stop();
  await rm(folder, { recursive: true, force: true });
}

async function isHealthy(address: string): Promise<true | undefined> {
  const response = await fetch(`http://${address}/healthz`).catch(() => undefined);
  return response?.ok ? true : undefined;
}

function freePort(): Promise<number> {
  return new Promise((response, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => response(port));
    });
  });
}
