/**
 * Copies the sources of the pages into the plugin, so that the plugin is one npm package and has them under the one
 * React of this workspace.
 */

import { cpSync, mkdirSync, readFileSync, realpathSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const from = join(root, '../packages/pages/src');
const styles = join(from, 'styles');
const to = join(root, 'plugins/finops/src/pages');

/** Copies everything. */
export function copyPages() {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  refresh();
}

/** Copies again what changes, until the process ends. */
export function followPages() {
  let timer;
  watch(from, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 200);
  });
}

function refresh() {
  cpSync(from, to, { recursive: true, filter: source => source !== styles });
  writeFileSync(join(to, 'styles.css'), inlined(join(styles, 'index.css')));
}

// the build of a plugin leaves @import as it is, and a browser would look for it beside the page
function inlined(file) {
  return readFileSync(file, 'utf8').replace(/@import '(.+)';/g, (_, name) => inlined(join(dirname(file), name)));
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) copyPages();
