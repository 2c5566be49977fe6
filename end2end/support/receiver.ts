import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test as base } from './fixtures.ts';

type Received = { headers: IncomingHttpHeaders; body: string };

/** A receiver of webhooks on this machine. */
export class Receiver {
  /** The requests so far. */
  readonly requests: Received[] = [];
  /** The status of the next responses. */
  status = 204;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => (body += part));
      request.on('end', () => {
        this.requests.push({ headers: request.headers, body });
        response.writeHead(this.status).end();
      });
    });
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Receiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Checks the signatures of a request: one of each secret, in this order. */
export function expectSigned({ headers, body }: Received, secrets: string[]): void {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  });
  expect(headers['webhook-signature']).toBe(signatures.join(' '));
}

/** A test with a receiver. */
export const test = base.extend<{ receiver: Receiver }>({
  // Playwright reads the fixtures from the braces.
  receiver: async ({}, use) => {
    const receiver = await Receiver.start();
    await use(receiver);
    await receiver.stop();
  },
});
