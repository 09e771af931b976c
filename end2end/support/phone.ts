import { randomUUID } from "node:crypto";

import { type APIRequestContext, type APIResponse, expect } from "@playwright/test";

import type { Person } from "./people";
import type { Site } from "./demo";

/** The body of a registration in the app. */
export interface Registration {
  email: string;
  password: string;
  first_name: string;
  last_name: string;
  date_of_birth: string;
  referral_code?: unknown;
  device_name?: string;
}

export interface NewMember {
  user: { id: number; email: string };
  token: string;
  referral: { status: "linked" | "ignored" | "none"; reason: string | null };
}

interface Amount {
  cents: number;
  currency: string;
  text: string;
}

interface Me {
  balance: { status: string; amount: Amount | null; text: string };
  unread_notifications: number;
}

interface Referral {
  friend: string;
  status: "pending" | "credited" | "failed";
  credit: Amount | null;
}

interface Product {
  id: number;
  name: string;
  price: Amount;
}

interface Purchase {
  id: number;
  status: string;
}

interface Notification {
  id: number;
  text: string;
  read_at: string | null;
}

/** The mobile app on somebody's phone: calls the API and keeps its token. */
export class Phone {
  private token = "";

  constructor(
    private readonly request: APIRequestContext,
    private readonly site: Site,
  ) {}

  /** Sends any API request. A repeated request must send the same idempotency key. */
  async call(
    method: "GET" | "POST",
    path: string,
    data?: object,
    key: string = randomUUID(),
  ): Promise<APIResponse> {
    const headers = {
      ...(this.token && { authorization: `Bearer ${this.token}` }),
      ...(method === "POST" && { "idempotency-key": key }),
    };
    return await this.request.fetch(`${this.site.url}/api/v1/${path}`, { method, headers, data });
  }

  /** Registers and keeps the token. */
  async register(registration: Registration): Promise<NewMember> {
    const response = await this.call("POST", "auth/register", registration);
    const member = await read<NewMember>(response, 201);
    this.token = member.token;
    return member;
  }

  /** Signs in and keeps the token. */
  async signIn(login: { email: string; password: string }, deviceName?: string): Promise<void> {
    const { email, password } = login;
    const data = { email, password, device_name: deviceName };
    const { token } = await read<{ token: string }>(await this.call("POST", "auth/login", data));
    this.token = token;
  }

  async me(): Promise<Me> {
    return await read(await this.call("GET", "me"));
  }

  /** The referral link and code of the member; generated once. */
  async referralLink(): Promise<{ code: string; link: string }> {
    return await read(await this.call("POST", "me/referral-link"));
  }

  /** The owner of a referral code. */
  async lookUp(code: string): Promise<{ code: string; first_name: string }> {
    return await read(await this.call("GET", `referral-codes/${code}`));
  }

  /** The member's referrals, newest first. */
  async referrals(): Promise<Referral[]> {
    return (await read<{ data: Referral[] }>(await this.call("GET", "me/referrals"))).data;
  }

  async products(): Promise<Product[]> {
    return (await read<{ data: Product[] }>(await this.call("GET", "products"))).data;
  }

  /** Starts a purchase, which is then paid at `checkout_url`. */
  async beginPurchase(productId: number): Promise<Purchase & { checkout_url: string }> {
    return await read(await this.call("POST", "purchases", { product_id: productId }), 201);
  }

  async purchase(id: number): Promise<Purchase> {
    return await read(await this.call("GET", `purchases/${id}`));
  }

  /** The member's notifications, newest first. */
  async notifications(): Promise<Notification[]> {
    return (await read<{ data: Notification[] }>(await this.call("GET", "me/notifications"))).data;
  }

  async markAsRead(notification: Notification): Promise<Notification> {
    return await read(await this.call("POST", `me/notifications/${notification.id}/read`));
  }
}

/** The body of `person`'s registration in the app. */
export function registrationOf(person: Person): Registration {
  return {
    email: person.email,
    password: person.password,
    first_name: person.firstName,
    last_name: person.lastName,
    date_of_birth: person.dateOfBirth,
  };
}

async function read<T>(response: APIResponse, status = 200): Promise<T> {
  expect(response.status(), await response.text()).toBe(status);
  return (await response.json()) as T;
}
