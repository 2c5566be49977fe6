import { randomUUID } from 'node:crypto';

/** The text with a unique suffix, because all tests share one server. */
export function unique(words: string): string {
  return `${words} ${randomUUID().slice(-12)}`;
}
