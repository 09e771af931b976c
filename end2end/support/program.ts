import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

type Env = Record<string, string | undefined>;

/** How long a program may take to end after SIGTERM. */
const PATIENCE_MS = 20_000;

/** A program that runs beside the tests; what it says on standard error is kept for failures. */
export class Program {
  private said = "";
  private printed = "";
  private readonly ended: Promise<unknown>;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.stderr?.on("data", (chunk) => (this.said += chunk));
    child.stdout?.on("data", (chunk) => (this.printed += chunk));
    this.ended = new Promise((end) => child.once("close", end));
  }

  static async start(path: string, args: string[], env: Env, cwd: string): Promise<Program> {
    const child = spawn(path, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const program = new Program([path, ...args].join(" "), child);
    await once(child, "spawn");
    return program;
  }

  /** Runs a program to its end and answers what it printed. */
  static async run(path: string, args: string[], env: Env, cwd: string): Promise<string> {
    const program = await Program.start(path, args, env, cwd);
    await program.ended;
    if (program.child.exitCode !== 0) throw program.failure("failed");
    return program.printed;
  }

  /** The first line that it prints. */
  async firstLine(): Promise<string> {
    const line = () => (this.printed.includes("\n") ? this.printed.split("\n")[0] : undefined);
    return await this.until("printed nothing", async () => line());
  }

  /** Asks again and again until there is an answer: for the start alone, tests wait on pages. */
  async until<T>(problem: string, ask: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 300; tries++) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (this.child.exitCode !== null) break;
      await new Promise((next) => setTimeout(next, 100));
    }
    throw this.failure(problem);
  }

  /** Everything that it said so far. */
  log(): string {
    return this.said + this.printed;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      const impatience = setTimeout(() => this.child.kill("SIGKILL"), PATIENCE_MS);
      await this.ended;
      clearTimeout(impatience);
    }
  }

  private failure(problem: string): Error {
    return new Error(`${this.name}: ${problem}\n${this.log()}`);
  }
}
