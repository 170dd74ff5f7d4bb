/**
 * Builds the plugin and packs it as npm would publish it, then looks into the package: everything that an app needs,
 * nothing else. Run it after `npm run tsc`, which writes the types.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const plugin = join(root, 'plugins/finops');
const IMPORTED = /^(?:import|export) (?:[^'"]* from )?['"]([^'".][^'"]*)['"]|\bimport\(['"]([^'".][^'"]*)['"]\)/gm;
const MOST_BYTES = 2_000_000;
const EXPECTED = /^(dist\/.+\.(esm\.js(\.map)?|d\.ts)|package\.json|config\.schema\.json|README\.md|LICENSE)$/;

function run(command, args) {
  return execFileSync(command, args, { cwd: plugin, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function faultsOf(folder, files) {
  const faults = [];
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const named = [manifest.main, manifest.module, manifest.types, manifest.configSchema, 'README.md', 'LICENSE'];
  for (const file of named.filter(Boolean).map(name => posix.normalize(name))) {
    if (!files.includes(file)) faults.push(`${file} is named, and not in the package`);
  }
  for (const file of files) {
    if (!EXPECTED.test(file)) faults.push(`${file} does not belong into the package`);
    if (/\.(js|d\.ts)$/.test(file)) faults.push(...missing(folder, file, manifest));
  }
  return faults;
}

/** Imports of a file that nobody who installs the package would have. */
function missing(folder, file, manifest) {
  const known = { ...manifest.dependencies, ...manifest.peerDependencies };
  const text = readFileSync(join(folder, file), 'utf8');
  const imported = [...text.matchAll(IMPORTED)].map(match => match[1] ?? match[2]);
  return imported
    .map(name => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
    .filter(name => !(name in known))
    .map(name => `${file} imports ${name}, which package.json does not name`);
}

const folder = mkdtempSync(join(tmpdir(), 'finops-plugin-'));
try {
  run('npm', ['run', '-s', 'build']);
  // the settings of this workspace keep packages from running scripts when they are installed; packing is ours
  const packed = run('npm', ['pack', '--json', '--ignore-scripts=false', '--pack-destination', folder]);
  const [{ filename, size, unpackedSize, files }] = JSON.parse(packed.slice(packed.indexOf('[\n')));
  execFileSync('tar', ['xzf', join(folder, filename), '-C', folder]);
  const paths = files.map(({ path }) => path);
  const faults = faultsOf(join(folder, 'package'), paths);
  if (unpackedSize > MOST_BYTES) faults.push(`${unpackedSize} bytes are more than ${MOST_BYTES}`);
  if (faults.length) throw new Error(`the package is not as it should be:\n${faults.join('\n')}`);
  process.stdout.write(`${filename}: ${paths.length} files, ${size} bytes, ${unpackedSize} unpacked\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
