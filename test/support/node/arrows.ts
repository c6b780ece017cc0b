/** Which folder of `src/` may import which: ARCHITECTURE.md, made to be checked. */
import { posix } from 'node:path';
import { importsOf, type SourceFile } from './source-rules';

interface Arrows {
	/** Folders, files of `src/`, or single modules such as `ledger/price`. */
	readonly to: readonly string[];
	/** The same, but nothing of it may be left at run time. */
	readonly types?: readonly string[];
}

/** By folder, by file of `src/`, or by a folder within one, which adds to its parent's. */
export const ARROWS: Readonly<Record<string, Arrows>> = {
	errors: { to: [] },
	recency: { to: [] },
	wait: { to: [] },
	language: { to: ['errors'] },
	providers: { to: ['language', 'errors'] },
	catalog: { to: ['language', 'errors'], types: ['providers/provider', 'gateway/ports'] },
	planner: { to: ['catalog', 'language', 'errors'], types: ['ledger/contract', 'health/contract'] },
	prompt: { to: ['language', 'errors'], types: ['gateway/ports'] },
	gateway: {
		to: [
			'providers',
			'planner',
			'prompt',
			'catalog',
			'language',
			'recency',
			'wait',
			'errors',
			'auth/digest',
			'ledger/contract',
			'ledger/price',
			'ledger/hold',
			'health/contract',
			'health/place',
		],
	},
	ledger: { to: ['language', 'wait', 'errors', 'db/schema'], types: ['catalog/facts', 'gateway/ports'] },
	health: { to: ['language', 'wait', 'errors', 'planner/calibration', 'db/schema'], types: ['gateway/ports'] },
	db: { to: ['errors'], types: ['language', 'prompt/source'] },
	vault: { to: ['errors'] },
	auth: { to: ['db', 'vault', 'recency', 'errors'], types: ['gateway/ports'] },
	config: {
		to: [
			'db',
			'auth',
			'vault',
			'catalog',
			'providers',
			'language',
			'recency',
			'errors',
			'gateway/asked',
			'gateway/context-policy',
			'gateway/preset',
			'gateway/refusal',
			'gateway/route',
			'gateway/target',
			'gateway/wire-request',
		],
		types: ['gateway/ports', 'ledger/contract', 'prompt/source', 'env'],
	},
	services: {
		to: ['db', 'auth', 'config', 'vault', 'catalog', 'prompt', 'providers', 'health/place', 'language', 'errors'],
		types: ['gateway/ports', 'health/contract', 'ledger/contract'],
	},
	routers: { to: ['services', 'gateway', 'auth', 'language', 'errors'] },
	http: { to: ['auth', 'language/context', 'errors'], types: ['env', 'gateway', 'services/context'] },
	doors: { to: ['http', 'gateway', 'auth', 'language', 'errors'] },
	'doors/trpc': { to: ['routers'] },
	'doors/rest': { to: ['services'] },
	'doors/key': { to: ['services'] },
	alerts: { to: ['db', 'errors'], types: ['gateway/ports'] },
	'durable-objects': { to: ['ledger', 'health', 'db', 'errors', 'env'] },
	env: { to: ['errors'], types: ['durable-objects', 'gateway/ports', 'health/contract'] },
	encodings: { to: ['planner', 'wait', 'errors'], types: ['gateway/ports'] },
	summaries: { to: ['recency', 'vault'], types: ['gateway/ports', 'gateway/summary-port'] },
	address: { to: [] },
	outbound: { to: ['address', 'errors'], types: ['gateway/ports'] },
	id: { to: [] },
	log: { to: [], types: ['gateway/ports'] },
	client: { to: [], types: ['routers'] },
	console: { to: ['client'], types: ['routers'] },
};

/** The composition root with what it keeps and asks, the application and the entry bring everything together. */
const ANYTHING = new Set(['compose', 'wiring', 'scheduled', 'isolate', 'ready', 'app', 'index']);

/** `gateway/run` of `src/gateway/run.ts`. */
const moduleOf = (path: string): string => path.replace(/^src\//, '').replace(/\.tsx?$/, '');
const areaOf = (module: string): string => module.split('/')[0] ?? module;

function arrowsOf(module: string): Arrows {
	const [area = '', folder] = module.split('/');
	const parts = [ARROWS[area], folder === undefined ? undefined : ARROWS[`${area}/${folder}`]];
	return {
		to: parts.flatMap((arrows) => arrows?.to ?? []),
		types: parts.flatMap((arrows) => arrows?.types ?? []),
	};
}

const leadsTo = (arrows: readonly string[], module: string): boolean =>
	arrows.some((arrow) => module === arrow || module.startsWith(`${arrow}/`));

/** Imports of other folders that no arrow allows. */
export function forbiddenImports(file: SourceFile): string[] {
	const from = moduleOf(file.path);
	if (ANYTHING.has(from)) return [];
	if (!ARROWS[areaOf(from)]) return [`${file.path} is in no folder that ARROWS knows`];
	const { to, types = [] } = arrowsOf(from);
	return importsOf(file)
		.filter(({ specifier }) => specifier.startsWith('.'))
		.map((each) => ({ ...each, module: posix.join(posix.dirname(from), each.specifier).replace(/\.tsx?$/, '') }))
		.filter(({ module }) => areaOf(module) !== areaOf(from))
		.filter(({ module, typeOnly }) => !leadsTo(to, module) && !(typeOnly && leadsTo(types, module)))
		.map(({ module, typeOnly }) => `${file.path} imports ${typeOnly ? 'types of ' : ''}${module}`);
}
