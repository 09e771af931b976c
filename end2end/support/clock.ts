import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const HOMES = ["/usr/lib", "/usr/local/lib", "/opt/homebrew/lib"];
const NAMES = ["faketime/libfaketimeMT.so.1", "faketime/libfaketime.1.dylib"];

/** The clock of the product in a world of its own: libfaketime reads in a file how far ahead it is. */
export class Clock {
  private ahead = 0;

  private constructor(
    private readonly library: string,
    private readonly file: string,
  ) {}

  static async start(folder: string): Promise<Clock> {
    const clock = new Clock(findLibrary(), join(folder, "clock"));
    await clock.turn(0);
    return clock;
  }

  /** What a program needs in its environment to read this clock. */
  env(): Record<string, string> {
    return {
      [process.platform === "darwin" ? "DYLD_INSERT_LIBRARIES" : "LD_PRELOAD"]: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_CACHE_DURATION: "1",
      // Waits go on as they are: only the calendar jumps.
      DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** In milliseconds, as `Date.now()`. */
  now(): number {
    return Date.now() + this.ahead * 1000;
  }

  async turn(seconds: number): Promise<void> {
    this.ahead += seconds;
    await writeFile(this.file, `+${this.ahead}\n`);
  }
}

function findLibrary(): string {
  const inner = HOMES.filter(existsSync).flatMap((home) => readdirSync(home).map((name) => join(home, name)));
  const files = [...HOMES, ...inner].flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = files.find(existsSync);
  if (found === undefined) throw new Error("libfaketime is missing; install it");
  return found;
}
