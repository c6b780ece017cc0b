/** `dist/worker/index.js`: the Worker as it is deployed, one minified ES module. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeAssets } from './assets.mjs';
import { isStale } from './freshness.mjs';
import { runWrangler } from './wrangler.mjs';

const SOURCES = ['src', 'wrangler.toml', 'package-lock.json'];

/** Builds where sources are newer (or always, with `force`) and answers its path. */
export async function buildWorker(root, { force = false } = {}) {
	// Wrangler wants the folder of the assets to be there.
	await writeAssets(root);
	const output = join(root, 'dist/worker/index.js');
	const sources = SOURCES.map((path) => join(root, path));
	if (force || isStale(output, sources))
		await runWrangler(root, ['deploy', '--dry-run', '--minify', '--outdir', 'dist/worker']);
	return output;
}

/** Bytes of a file, and of its gzip at the default level. */
export function sizeOf(path) {
	const bytes = readFileSync(path);
	return { bytes: bytes.length, gzip: gzipSync(bytes).length };
}
