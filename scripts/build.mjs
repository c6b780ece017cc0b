/** `npm run build`: the Worker and the console into `dist/`; fails where the Worker outgrows its limit. */
import { fileURLToPath } from 'node:url';
import { buildConsole } from './console.mjs';
import { buildWorker, sizeOf } from './worker-bundle.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_KIB = 400;

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

await buildConsole(ROOT, { force: true, quiet: false });
const size = sizeOf(await buildWorker(ROOT, { force: true }));
console.log(`dist/worker/index.js  ${kib(size.bytes)}, gzip ${kib(size.gzip)} (limit ${LIMIT_KIB} KiB)`);
console.log('dist/console/');
if (size.gzip > LIMIT_KIB * 1024) {
	console.error(`The Worker is ${kib(size.gzip - LIMIT_KIB * 1024)} over its limit.`);
	process.exitCode = 1;
}
