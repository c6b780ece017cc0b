/** `dist/console/`: the static files, the console's and those that the Worker reads. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeAssets } from './assets.mjs';
import { isStale } from './freshness.mjs';

/** Builds the console where its sources are newer; the folder itself must always be there, wrangler needs it. */
export async function buildConsole(root, { force = false, quiet = true } = {}) {
	const output = join(root, 'dist/console');
	mkdirSync(output, { recursive: true });
	try {
		await buildPages(root, output, force, quiet);
	} finally {
		// A build empties the folder first.
		await writeAssets(root);
	}
}

async function buildPages(root, output, force, quiet) {
	if (!existsSync(join(root, 'src/console/index.html'))) return;
	const sources = ['src/console', 'src/client', 'vite.config.ts', 'package-lock.json'].map((path) => join(root, path));
	if (!force && !isStale(join(output, 'index.html'), sources)) return;
	const { build } = await import('vite');
	await build({ configFile: join(root, 'vite.config.ts'), logLevel: quiet ? 'warn' : 'info' });
}
