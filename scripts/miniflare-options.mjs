/** The built Worker as Miniflare takes it: bindings and assets from `wrangler.toml`, variables as given. */
import { join } from 'node:path';
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from 'wrangler';

/** Data lives below `stateDir` as `wrangler dev` lays it out, or in memory where there is none. Listens on loopback. */
export function builtWorkerOptions(root, { variables = {}, stateDir } = {}) {
	// A file that does not exist in place of `.dev.vars`, which belongs to `npm run dev`.
	const { workerOptions } = readWorkerOptions(join(root, 'wrangler.toml'), undefined, { envFiles: ['.wrangler/none'] });
	const at = (folder) => (stateDir ? join(stateDir, 'v3', folder) : false);
	return {
		...workerOptions,
		name: 'switchyard',
		modules: true,
		modulesRules: undefined,
		scriptPath: join(root, 'dist/worker/index.js'),
		modulesRoot: join(root, 'dist/worker'),
		bindings: variables,
		host: '127.0.0.1',
		port: 0,
		cf: false,
		d1Persist: at('d1'),
		kvPersist: at('kv'),
		durableObjectsPersist: at('do'),
	};
}
