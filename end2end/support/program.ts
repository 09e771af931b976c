import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

type Env = Record<string, string | undefined>;

/** How long a program may take to exit after SIGTERM. */
const STOP_TIMEOUT_MS = 20_000;

/** A program that runs beside the tests. Its output is kept and shown when a test fails. */
export class Program {
  private stderr = "";
  private stdout = "";
  private readonly closed: Promise<unknown>;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.stderr?.on("data", (chunk) => (this.stderr += chunk));
    child.stdout?.on("data", (chunk) => (this.stdout += chunk));
    this.closed = new Promise((end) => child.once("close", end));
  }

  static async start(path: string, args: string[], env: Env, cwd: string): Promise<Program> {
    const child = spawn(path, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const program = new Program([path, ...args].join(" "), child);
    await once(child, "spawn");
    return program;
  }

  /** Runs a program until it exits and returns its output. */
  static async run(path: string, args: string[], env: Env, cwd: string): Promise<string> {
    const program = await Program.start(path, args, env, cwd);
    await program.closed;
    if (program.child.exitCode !== 0) throw program.failure("failed");
    return program.stdout;
  }

  /** The first line that it prints. */
  async firstLine(): Promise<string> {
    const line = () => (this.stdout.includes("\n") ? this.stdout.split("\n")[0] : undefined);
    return await this.waitUntil("printed nothing", async () => line());
  }

  /** Polls until there is a result. Used only at the start; tests wait for page contents. */
  async waitUntil<T>(problem: string, check: () => Promise<T | undefined>): Promise<T> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const result = await check();
      if (result !== undefined) return result;
      if (this.child.exitCode !== null) break;
      await new Promise((next) => setTimeout(next, 100));
    }
    throw this.failure(problem);
  }

  /** All output so far. */
  log(): string {
    return this.stderr + this.stdout;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      const killTimer = setTimeout(() => this.child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await this.closed;
      clearTimeout(killTimer);
    }
  }

  private failure(problem: string): Error {
    return new Error(`${this.name}: ${problem}\n${this.log()}`);
  }
}
