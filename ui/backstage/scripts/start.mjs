/**
 * Runs the app and the backend for development, beside a FinOps API that lets Backstage's users in. The backend keeps
 * its catalog in PostgreSQL, in databases of its own: on the server of BACKSTAGE_DATABASE_URL, else on the mart's.
 */

import { execFileSync, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyPages, followPages } from './pages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function databaseUrl() {
  const finops = process.env.FINOPS_COMMAND ?? join(root, '../../.venv/bin/finops');
  try {
    return execFileSync(finops, ['db', 'url'], { encoding: 'utf8' }).trim();
  } catch {
    process.stderr.write('No database for Backstage: run `make up` beside this, or set BACKSTAGE_DATABASE_URL.\n');
    return process.exit(1);
  }
}

const env = {
  ...process.env,
  FINOPS_API_URL: process.env.FINOPS_API_URL ?? 'http://127.0.0.1:3100',
  BACKSTAGE_DATABASE_URL: process.env.BACKSTAGE_DATABASE_URL ?? databaseUrl(),
};
copyPages();
followPages();
const command = join(root, 'node_modules/.bin/backstage-cli');
const running = spawn(command, ['repo', 'start'], { cwd: root, env, stdio: 'inherit' });
running.on('exit', code => process.exit(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => running.kill(signal));
