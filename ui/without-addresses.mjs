// Takes what npm writes of sponsors out of lock files: their addresses pin nothing, and change from day to day.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';

for (const file of argv.slice(2)) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  Object.values(lock.packages).forEach(entry => delete entry.funding);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
