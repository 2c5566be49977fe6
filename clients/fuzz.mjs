// Runs schemathesis against the server at MINI_COMPETE_URL as one of its users.
//
//   node fuzz.mjs EMAIL REPORT [OPTION…]
//
// The options are schemathesis's own, such as --seed and --max-examples; the defaults are a fixed seed and a short run.
import { spawnSync } from 'node:child_process';

const [email, report, ...options] = process.argv.slice(2);
const url = process.env.MINI_COMPETE_URL;

const response = await fetch(`${url}/auth/login`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ email, password: 'password123' }),
});
const { token } = await response.json();

const run = spawnSync(
  'schemathesis',
  [
    '--config-file=clients/schemathesis.toml',
    'run',
    'openapi.json',
    `--url=${url}`,
    `--header=Authorization: Bearer ${token}`,
    // These would end the token that the others use.
    '--exclude-operation-id=delete_account',
    '--exclude-operation-id=change_password',
    // A run has one role.
    '--exclude-operation-id=add_role',
    // An endless response.
    '--exclude-operation-id=watch_seats',
    // Two threads make CPython 3.11 fail now and then.
    '--workers=1',
    '--request-timeout=10',
    '--seed=11',
    '--max-examples=3',
    '--report=junit',
    `--report-junit-path=${report}`,
    ...options,
  ],
  { stdio: 'inherit' },
);
process.exitCode = run.status ?? 1;
