/**
 * `dist/console/description.json`: the OpenAPI document and the page `/docs` without their origin, which the Worker
 * writes in. Made of `src/doors/rest/described`, by the bundler that wrangler has too.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isStale } from './freshness.mjs';

const ENTRY = 'src/doors/rest/described/render.ts';
const SOURCES = ['src', 'scripts/description.mjs', 'package-lock.json'];

const require = createRequire(import.meta.url);

/** What the sources of `root` make of it now. */
async function rendered(root, folder) {
	const { build } = createRequire(require.resolve('wrangler/package.json'))('esbuild');
	// Within the checkout, so that it finds the packages.
	const module = join(folder, `description.${randomUUID()}.mjs`);
	try {
		await build({
			entryPoints: [join(root, ENTRY)],
			outfile: module,
			bundle: true,
			packages: 'external',
			platform: 'node',
			format: 'esm',
			logLevel: 'error',
		});
		const { renderedDescription } = await import(pathToFileURL(module).href);
		return await renderedDescription();
	} finally {
		rmSync(module, { force: true });
	}
}

/** Writes it where it is missing or older than the sources. */
export async function writeDescription(root) {
	// An older checkout, as a bench compares with, describes itself.
	if (!existsSync(join(root, ENTRY))) return;
	const path = join(root, 'dist/console/description.json');
	if (
		!isStale(
			path,
			SOURCES.map((source) => join(root, source)),
		)
	)
		return;
	mkdirSync(join(root, 'dist/console'), { recursive: true });
	// Whole or not at all: others may read it meanwhile.
	const made = `${path}.${randomUUID()}`;
	writeFileSync(made, JSON.stringify(await rendered(root, join(root, 'dist'))));
	renameSync(made, path);
}
