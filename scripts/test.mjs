/** `npm test`: everything that needs no browser. Arguments go on to vitest: `npm test -- --project node`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorker } from './worker-bundle.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

const rest = process.argv.slice(2);
const projects = rest.flatMap((argument, at) => {
	const value = argument === '--project' ? rest[at + 1] : /^--project=(.*)$/.exec(argument)?.[1];
	return value ? [value] : [];
});

mkdirSync(join(ROOT, 'dist/console'), { recursive: true });
// The end-to-end tests run what is deployed.
if (projects.length === 0 || projects.some((name) => name.startsWith('e2e'))) await buildWorker(ROOT);

const started = Date.now();
const { status } = spawnSync(process.execPath, [VITEST, 'run', ...rest], { cwd: ROOT, stdio: 'inherit' });
const seconds = Math.round((Date.now() - started) / 1000);
console.log(status === 0 ? `Tests passed in ${seconds} s.` : `Tests FAILED after ${seconds} s.`);
process.exit(status ?? 1);
