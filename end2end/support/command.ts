import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The path of a link to set a new password, made with the command for administrators. */
export function resetLink(email: string): string {
  const root = resolve(import.meta.dirname, '../..');
  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
  const program = process.env.E2E_BINARY ?? join(target, 'debug/mini-compete');
  const data = process.env.E2E_DATA ?? tmpdir();
  const said = execFileSync(program, ['admin', 'reset-link', email], {
    cwd: data,
    encoding: 'utf8',
    env: {
      ...process.env,
      DATABASE_URL: process.env.E2E_DATABASE_URL ?? `sqlite://${data}/mini-compete.db`,
      RUST_LOG: 'warn',
    },
  });
  const [, path] = /(\/auth\/reset\?token=\w+)/.exec(said) ?? [];
  if (path === undefined) throw new Error(`no link: ${said}`);
  return path;
}
