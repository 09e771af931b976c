import { expect } from "@playwright/test";

/** A mail that the product sent. */
export interface Mail {
  to: string[];
  from: string;
  subject: string;
  text: string;
  html: string;
}

/** Where every mail of the product ends. */
export class Mailbox {
  /** `url` is the page with the mails. */
  constructor(readonly url: string) {}

  /** The newest mail to this address with this subject, as soon as it is there. */
  async mailTo(address: string, subject: string): Promise<Mail> {
    let found: Mail | undefined;
    await expect(async () => {
      const response = await fetch(`${this.url}mails.json`);
      const mails = (await response.json()) as Mail[];
      found = mails.filter((mail) => mail.to.includes(address) && mail.subject === subject).pop();
      expect(found, `a mail to ${address}: ${subject}`).toBeDefined();
    }).toPass();
    return found as Mail;
  }
}

/** The first address in the mail's text that contains `part`. */
export function linkIn(mail: Mail, part: string): string {
  const link = mail.text.split(/\s+/).find((word) => word.startsWith("http") && word.includes(part));
  expect(link, `a link with ${part}`).toBeDefined();
  return link as string;
}
