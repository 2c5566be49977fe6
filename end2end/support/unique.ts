import { randomUUID } from 'node:crypto';

/** The words with something behind them that nothing else in this run has: all tests share one server. */
export function unique(words: string): string {
  return `${words} ${randomUUID().slice(-12)}`;
}
