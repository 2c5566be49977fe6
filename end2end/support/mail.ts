import type { APIRequestContext } from '@playwright/test';
import { expect } from './fixtures.ts';

/** A mail that the site has sent. */
export type Mail = { subject: string; text: string };

/** The mails to an address, oldest first, once there are this many. */
export async function mailsTo(request: APIRequestContext, address: string, count: number): Promise<Mail[]> {
  const sink = `http://127.0.0.1:${process.env.E2E_MAILS_PORT}/?to=${encodeURIComponent(address)}`;
  let mails: Mail[] = [];
  await expect(async () => {
    mails = (await (await request.get(sink)).json()) as Mail[];
    expect(mails).toHaveLength(count);
  }).toPass();
  return mails;
}

/** The last of so many mails to an address. */
export async function lastMailTo(request: APIRequestContext, address: string, count = 1): Promise<Mail> {
  const last = (await mailsTo(request, address, count)).at(-1);
  if (last === undefined) throw new Error(`no mail to ${address}`);
  return last;
}

/** The code in a mail that verifies an address. */
export function codeIn({ text }: Mail): string {
  const [, code] = /page of your account: (\d{3} \d{3})/.exec(text) ?? [];
  if (code === undefined) throw new Error(`no code: ${text}`);
  return code;
}

/** The path of the link in a mail that verifies an address. */
export function linkIn({ text }: Mail): string {
  const [, path] = /(\/auth\/verify-email\?token=\w+)/.exec(text) ?? [];
  if (path === undefined) throw new Error(`no link: ${text}`);
  return path;
}
