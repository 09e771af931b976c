/** The output of `server demo --json`. */

export interface Site {
  key: string;
  name: string;
  url: string;
  stripe_secret_key: string;
  webhook_secret: string;
  webhook_url: string;
}

export interface Login {
  site: string;
  name: string;
  email: string;
  password: string;
  role: Role;
}

export type Role = "member" | "tenant admin" | "platform admin" | "tenant and platform admin";

export interface Demo {
  sites: Site[];
  logins: Login[];
}
