/** A person, and the pages that they see. */
interface Group {
  person: string;
  /** What the person is, in a sentence. */
  about: string;
  /** The name of each page in `support/pages.ts`, and what it is. */
  pages: [name: string, what: string][];
}

/** The pages of `docs/pictures`. A state that says what was typed wrong, or that something ended, is not among them. */
export const GALLERY: Group[] = [
  {
    person: "A visitor",
    about: "Anybody who opens a tenant's site: a shooting range, or a coach.",
    pages: [
      ["home", "Home page"],
      ["events", "Events"],
      ["courses", "Courses"],
      ["memberships", "Memberships"],
      ["shop", "Shop"],
      ["ticket", "A ticket"],
      ["membership", "A membership"],
      ["sign-in", "Sign in"],
      ["forgot-password", "Forgot password"],
      ["register", "Register"],
      ["coaching-home", "Home page of a coach"],
      ["coaching-course", "A course of a coach"],
    ],
  },
  {
    person: "A friend",
    about: "Somebody who followed a member's link, registers and buys.",
    pages: [
      ["home-invited", "Home page, through a link"],
      ["register-invited", "Register, through a link"],
      ["dashboard-new", "Dashboard of a new member"],
      ["item-open-page", "A shop item whose payment was begun"],
      ["purchase-waiting", "Receipt, while Stripe has no payment yet"],
      ["purchase-paid", "Receipt"],
      ["dashboard-purchases", "Dashboard with purchases"],
    ],
  },
  {
    person: "A member",
    about: "Somebody who refers friends.",
    pages: [
      ["dashboard", 'Dashboard, with the card "Refer a Friend"'],
      ["referrals", "Friends"],
      ["share", "Share your link"],
      ["share-page", "Share a page"],
      ["credits", "Credit"],
      ["notifications", "Notifications"],
      ["account", "Account"],
      ["second-factor", "Set up a second factor"],
      ["account-delete", "Delete the account"],
    ],
  },
  {
    person: "A prospect",
    about: "Somebody who subscribes to a brand, through the link of a platform referrer.",
    pages: [
      ["pewpros-landing", "Home page of PewPros"],
      ["pewpros-pricing", "Pricing of PewPros"],
      ["pewpros-checkout", "Checkout"],
      ["pewpros-open-page", "Checkout, after Back"],
      ["pewpros-thank-you", "Receipt"],
      ["coachpros-landing", "Home page of CoachPros"],
      ["coachpros-pricing", "Pricing of CoachPros"],
    ],
  },
  {
    person: "A partner",
    about: "A platform referrer, who shares a link to the pricing page and has no password.",
    pages: [
      ["referrer-ask", "Ask for a link to sign in"],
      ["referrer-link", "Sign in"],
      ["referrer", "Referrals and credit"],
    ],
  },
  {
    person: "An admin",
    about: "Who runs a tenant's site and its program, or the platform's.",
    pages: [
      ["admin-referrals", "Referrals"],
      ["admin-referral", "A referral"],
      ["admin-referral-review", "Review a credit"],
      ["admin-referral-void", "Void a referral"],
      ["admin-reviews", "Reviews"],
      ["admin-books", "Books"],
      ["admin-why-person", "Why somebody has no credit"],
      ["admin-platform-referrers", "Platform referrers and referrals"],
      ["admin-platform-referrer-customer", "A platform referrer"],
      ["admin-platform-referral", "A platform referral"],
      ["admin-orders", "Orders"],
      ["admin-order-refund", "Refund an order"],
      ["admin-subscriptions", "Subscriptions"],
      ["admin-catalog", "Catalog"],
      ["admin-product", "A product"],
      ["admin-members", "Members"],
      ["admin-member", "A member"],
      ["admin-member-credit", "Statement of a member"],
      ["admin-member-grant", "Give or take credit"],
      ["admin-team", "Team"],
      ["admin-mail", "Mail"],
      ["admin-settings", "Settings: payments"],
      ["admin-settings-general", "Settings: general"],
      ["admin-settings-rewards", "Settings: rewards"],
      ["admin-settings-app", "Settings: mobile app"],
      ["admin-audit-log", "Audit log"],
      ["admin-security-log", "Security log"],
    ],
  },
];

export const DEVICES = ["desktop", "phone"] as const;
export const SCHEMES = ["light", "dark"] as const;

export type Device = (typeof DEVICES)[number];
export type Scheme = (typeof SCHEMES)[number];

/** The name of the file with this picture. */
export function fileName(page: string, device: Device, scheme: Scheme): string {
  return `${page}-${device}-${scheme}.webp`;
}
