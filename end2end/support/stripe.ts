import type { Site } from "./world";

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
    await this.ask(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ secret_key: site.stripe_secret_key, ...what }),
    });
  }

  private async ask(path: string, init?: RequestInit): Promise<unknown> {
    const answer = await fetch(`${this.base}_control/${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the stand-in refused ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
