/** Sources of the Worker as one module that Node runs, for what is measured outside of it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/** `code`: the exports wanted, its imports relative to `src/`. */
export async function loaded(root, code) {
	const entry = `${root}src/bench-entry.ts`;
	const virtual = {
		name: 'entry',
		resolveId: (id) => (id === entry ? id : null),
		load: (id) => (id === entry ? code : null),
	};
	const { output } = await build({
		root,
		configFile: false,
		logLevel: 'error',
		plugins: [virtual],
		ssr: { noExternal: true },
		build: { ssr: entry, write: false, minify: false, target: 'node20' },
	});
	const path = join(mkdtempSync(join(tmpdir(), 'switchyard-bench-')), 'sources.mjs');
	writeFileSync(path, output[0].code);
	return import(path);
}
