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

interface Objects {
  sessions: CheckoutSession[];
  subscriptions: Subscription[];
  customers: Customer[];
  balance_transactions: BalanceTransaction[];
}

/** A client of the stand-in's control API, see stripe/README.md. */
export class Stripe {
  constructor(readonly base: string) {}

  /** Registers the site's webhook endpoint. */
  async registerEndpoint(site: Site): Promise<void> {
    await this.controlSite("webhooks", site, {
      url: site.webhook_url,
      signing_secrets: [site.webhook_secret],
    });
  }

  /** Adds a secret key to the site's account. */
  async addKey(site: Site, secretKey: string): Promise<void> {
    await this.controlSite("keys", site, { of: site.stripe_secret_key, secret_key: secretKey });
  }

  /** Answers 401 to the site's secret key from now on. */
  async expireKey(site: Site): Promise<void> {
    await this.controlSite("keys/expire", site);
  }

  /** Holds the deliveries to the site. */
  async holdDeliveries(site: Site): Promise<void> {
    await this.controlSite("deliveries/hold", site);
  }

  /** Sends the held deliveries. */
  async releaseDeliveries(site: Site): Promise<void> {
    await this.controlSite("deliveries/release", site);
  }

  /** Waits until no delivery to the site is pending. */
  async waitForDeliveries(site: Site): Promise<void> {
    await this.control(`deliveries/idle?secret_key=${site.stripe_secret_key}`);
  }

  /** Makes every retrieval of the site's Checkout sessions fail, until `clearFaults`. */
  async failSessionRetrieval(site: Site): Promise<void> {
    const sessions = { method: "GET", path_prefix: "/v1/checkout/sessions" };
    await this.controlSite("faults", site, { kind: "fail_before", times: 1_000_000, ...sessions });
  }

  /** Removes all faults. */
  async clearFaults(): Promise<void> {
    await this.control("faults", { method: "DELETE" });
  }

  /** How many requests for Checkout sessions were received, by method. */
  async countSessionRequests(method: "GET" | "POST"): Promise<number> {
    const query = `method=${method}&path_prefix=/v1/checkout/sessions`;
    return ((await this.control(`requests?${query}`)) as { requests: unknown[] }).requests.length;
  }

  /** A payment whose purchase the site's database does not have, as after a restore. */
  async createUnmatchedPayment(site: Site): Promise<void> {
    const session = await this.api(site, "checkout/sessions", {
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
    await this.postControl("sessions/complete", paid);
  }

  /** Creates a customer at the site's account, as a subscription with this address would. */
  async createCustomer(site: Site, email: string, name: string): Promise<string> {
    return (await this.api(site, "customers", { email, name })).id;
  }

  /** Turns Stripe's clock; its search knows a new customer a minute later. */
  async passTime(seconds: number): Promise<void> {
    await this.postControl("clock", { seconds });
  }

  /** Adds `cents` of credit to a customer's balance by hand, as in Stripe's Dashboard. */
  async addCredit(site: Site, email: string, cents: number): Promise<void> {
    const { id } = await this.customer(site, email);
    await this.api(site, `customers/${id}/balance_transactions`, {
      amount: String(-cents),
      currency: "usd",
    });
  }

  /** The customer's balance in cents; a credit is negative. */
  async balance(site: Site, email: string): Promise<number> {
    return (await this.customer(site, email)).balance;
  }

  /** Sends an API request with the site's secret key. */
  private async api(site: Site, path: string, params: Record<string, string>) {
    const response = await fetch(`${this.base}v1/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${site.stripe_secret_key}` },
      body: new URLSearchParams(params),
    });
    const body = (await response.json()) as { id: string };
    if (!response.ok) throw new Error(`Stripe refused ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  private async customer(site: Site, email: string): Promise<Customer> {
    const all = (await this.objects(site)).customers.filter((customer) => customer.email === email);
    const [customer] = all;
    if (!customer || all.length > 1) throw new Error(`${all.length} customers are ${email}`);
    return customer;
  }

  /** The customer's balance transactions, oldest first; none if there is no such customer. */
  async balanceTransactions(site: Site, email: string): Promise<BalanceTransaction[]> {
    const objects = await this.objects(site);
    const ids = objects.customers.filter((customer) => customer.email === email).map((customer) => customer.id);
    return objects.balance_transactions.filter((transaction) => ids.includes(transaction.customer));
  }

  /** The Checkout sessions of the site's account, oldest first. */
  async sessions(site: Site): Promise<CheckoutSession[]> {
    return (await this.objects(site)).sessions;
  }

  /** The subscriptions of the site's account, oldest first. */
  async subscriptions(site: Site): Promise<Subscription[]> {
    return (await this.objects(site)).subscriptions;
  }

  private async objects(site: Site): Promise<Objects> {
    return (await this.control(`books?secret_key=${site.stripe_secret_key}`)) as Objects;
  }

  private async controlSite(path: string, site: Site, body: object = {}): Promise<void> {
    await this.postControl(path, { secret_key: site.stripe_secret_key, ...body });
  }

  private async postControl(path: string, body: object): Promise<void> {
    await this.control(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  private async control(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(`${this.base}_control/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`the stand-in refused ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
