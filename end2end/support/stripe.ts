import type { Site } from "./demo";

export interface BalanceTransaction {
  id: string;
  amount: number;
  currency: string;
  customer: string;
  description: string | null;
  type: string;
}

interface Customer {
  id: string;
  email: string | null;
  balance: number;
}

export interface CheckoutSession {
  id: string;
  mode: string;
  status: string;
  amount_total: number;
  customer: string | null;
  customer_details: { email: string | null } | null;
  metadata: Record<string, string>;
}

interface Subscription {
  id: string;
  metadata: Record<string, string>;
}

interface Books {
  sessions: CheckoutSession[];
  subscriptions: Subscription[];
  customers: Customer[];
  balance_transactions: BalanceTransaction[];
}

/** The stand-in for Stripe, seen from behind: its README lists what it can be asked. */
export class Stripe {
  constructor(readonly base: string) {}

  /** Lets the site hear of its events. */
  async register(site: Site): Promise<void> {
    await this.order("webhooks", site, {
      url: site.webhook_url,
      signing_secrets: [site.webhook_secret],
    });
  }

  /** The account of the site has this secret key as well. */
  async addKey(site: Site, secretKey: string): Promise<void> {
    await this.order("keys", site, { of: site.stripe_secret_key, secret_key: secretKey });
  }

  /** Keeps what it has to tell the site to itself. */
  async hold(site: Site): Promise<void> {
    await this.order("deliveries/hold", site);
  }

  /** Tells what it kept. */
  async release(site: Site): Promise<void> {
    await this.order("deliveries/release", site);
  }

  /** Waits until nothing that it has to tell the site is under way. */
  async idle(site: Site): Promise<void> {
    await this.ask(`deliveries/idle?secret_key=${site.stripe_secret_key}`);
  }

  /** Fails whoever retrieves a Checkout session of the site, until `mend`. */
  async spoilRetrieving(site: Site): Promise<void> {
    const sessions = { method: "GET", path_prefix: "/v1/checkout/sessions" };
    await this.order("faults", site, { kind: "fail_before", times: 1_000_000, ...sessions });
  }

  /** Nothing fails any more. */
  async mend(): Promise<void> {
    await this.ask("faults", { method: "DELETE" });
  }

  /** How often Checkout sessions were asked for, and which way. */
  async asked(method: "GET" | "POST"): Promise<number> {
    const of = `method=${method}&path_prefix=/v1/checkout/sessions`;
    return ((await this.ask(`requests?${of}`)) as { requests: unknown[] }).requests.length;
  }

  /** A sale of the site that its database does not know, as after a backup was put back. */
  async sellUnknown(site: Site): Promise<void> {
    const session = await this.call(site, "checkout/sessions", {
      mode: "payment",
      success_url: site.url,
      "line_items[0][quantity]": "1",
      "line_items[0][price_data][currency]": "usd",
      "line_items[0][price_data][unit_amount]": "3500",
      "line_items[0][price_data][product_data][name]": "Ladies' Night at the Range",
      "metadata[site]": site.key,
      "metadata[purchase_id]": "999999999",
    });
    const paid = { session: session.id, how: "paid", email: "jane@example.com" };
    await this.post("sessions/complete", paid);
  }

  /** Gives a customer `cents` of credit by hand, as one does in Stripe's Dashboard. */
  async give(site: Site, email: string, cents: number): Promise<void> {
    const { id } = await this.customer(site, email);
    await this.call(site, `customers/${id}/balance_transactions`, {
      amount: String(-cents),
      currency: "usd",
    });
  }

  /** The balance of the one customer with this address, in cents; a credit is negative. */
  async balance(site: Site, email: string): Promise<number> {
    return (await this.customer(site, email)).balance;
  }

  /** What the site itself would call, with its own key. */
  private async call(site: Site, path: string, what: Record<string, string>) {
    const answer = await fetch(`${this.base}v1/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${site.stripe_secret_key}` },
      body: new URLSearchParams(what),
    });
    const told = (await answer.json()) as { id: string };
    if (!answer.ok) throw new Error(`Stripe refused ${path}: ${JSON.stringify(told)}`);
    return told;
  }

  private async customer(site: Site, email: string): Promise<Customer> {
    const all = (await this.books(site)).customers.filter((one) => one.email === email);
    const [customer] = all;
    if (!customer || all.length > 1) throw new Error(`${all.length} customers are ${email}`);
    return customer;
  }

  /** The ledger of one person, oldest entry first; empty for who never was a customer. */
  async ledger(site: Site, email: string): Promise<BalanceTransaction[]> {
    const books = await this.books(site);
    const ids = books.customers.filter((one) => one.email === email).map((one) => one.id);
    return books.balance_transactions.filter((entry) => ids.includes(entry.customer));
  }

  /** The Checkout sessions of the site's account, oldest first. */
  async sessions(site: Site): Promise<CheckoutSession[]> {
    return (await this.books(site)).sessions;
  }

  /** The subscriptions of the site's account, oldest first. */
  async subscriptions(site: Site): Promise<Subscription[]> {
    return (await this.books(site)).subscriptions;
  }

  private async books(site: Site): Promise<Books> {
    return (await this.ask(`books?secret_key=${site.stripe_secret_key}`)) as Books;
  }

  private async order(path: string, site: Site, what: object = {}): Promise<void> {
    await this.post(path, { secret_key: site.stripe_secret_key, ...what });
  }

  private async post(path: string, what: object): Promise<void> {
    await this.ask(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(what),
    });
  }

  private async ask(path: string, init?: RequestInit): Promise<unknown> {
    const answer = await fetch(`${this.base}_control/${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the stand-in refused ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
