// A mail server for the browser tests: it takes every mail but those to addresses that begin with `gone-`, and shows
// them over HTTP. `GET /?to=ada@example.com` answers with a JSON array of `{ subject, text }`, oldest first. Playwright
// starts it and ends it with SIGTERM.
import { createServer } from 'node:http';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const { E2E_SMTP_PORT, E2E_MAILS_PORT } = process.env;
const mails = [];

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  onRcptTo({ address }, session, done) {
    const refusal = Object.assign(new Error('5.1.1 no such user'), { responseCode: 550 });
    done(address.startsWith('gone-') ? refusal : undefined);
  },
  async onData(stream, session, done) {
    try {
      const { subject, text } = await simpleParser(stream);
      mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), subject, text });
      done();
    } catch (error) {
      done(error);
    }
  },
});
smtp.listen(Number(E2E_SMTP_PORT), '127.0.0.1');

createServer((request, response) => {
  const to = new URL(request.url, 'http://localhost').searchParams.get('to');
  const found = mails.filter((mail) => mail.to.includes(to));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(found));
}).listen(Number(E2E_MAILS_PORT), '127.0.0.1');
