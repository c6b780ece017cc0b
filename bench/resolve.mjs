/**
 * `node bench/resolve.mjs`: what it takes to work out the configuration of an organization that uses all there is of
 * it, in a Node loop: from its rows, and from its entry in KV. Medians of rounds, microseconds.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { save } from './report.mjs';
import { loaded } from './sources.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
	options: { rounds: { type: 'string', default: '9' }, times: { type: 'string', default: '2000' } },
});
const BAR_US = 100;

/** What is measured. */
const SOURCES = `
	export { resolvedConfiguration } from './config/snapshot';
	export { configurationRows, ROWS_FORMAT } from './config/rows';
	export { environmentLayer } from './config/environment';
	export { parseSettings } from './env';
	export { findProvider, providerIds } from './providers';`;

const times = (count, make) => Array.from({ length: count }, (_, at) => make(at));
const named = (count, make) => Object.fromEntries(times(count, make));
const PROVIDERS = ['openai', 'anthropic', 'groq', 'mistral', 'deepseek'];
const providerOf = (at) => PROVIDERS[at % PROVIDERS.length];

const SETTINGS = { temperature: 0.2, maxTokens: 2000, topP: 0.9, stop: ['END'], reasoning: { effort: 'low' } };

/** 50 profiles, 200 aliases in chains of four, 20 keys, 10 models of its own, an agent with a prompt. */
const rows = {
	organization: {
		id: 'o1',
		slug: 'acme',
		plan: 'enterprise',
		version: 7,
		requestsPerMinute: 600,
		requestsPerDay: null,
		budgetDayNanoUsd: '500000000000',
		budgetMonthNanoUsd: null,
		configuration: {
			defaultProfile: 'profile-1',
			profiles: named(50, (at) => [
				`profile-${at}`,
				{ provider: providerOf(at), model: `model-${at}`, keyRef: `key-${at % 20}`, settings: SETTINGS },
			]),
			aliases: named(200, (at) => [`alias-${at}`, at % 4 === 3 ? `profile:profile-${at % 50}` : `alias-${at + 1}`]),
			fallbackChain: ['alias-1', 'openai/gpt-4.1-mini', 'profile:profile-2'],
			fallbacks: named(50, (at) => [`profile:profile-${at}`, ['alias-1', 'alias-2']]),
			embeddingModel: 'openai/text-embedding-3-small',
		},
	},
	globals: ['default', 'balanced', 'fast', 'powerful'].map((id, at) => ({
		id,
		provider: 'openai',
		model: `gpt-${at}`,
		settings: SETTINGS,
		isDefault: at === 0,
		inputPricePico: '2500000',
		outputPricePico: '10000000',
		version: at + 1,
	})),
	providers: times(20, (at) => ({
		id: `row-${at}`,
		provider: providerOf(at),
		name: `key-${at}`,
		sealedApiKey: 'v1.key.iv.ciphertext',
		keyLast4: '1234',
		baseUrl: at % 5 === 4 ? 'https://llm.example.org/v1' : null,
		config: {},
	})),
	models: times(10, (at) => ({
		provider: providerOf(at),
		model: `own-${at}`,
		displayName: `Own ${at}`,
		limits: { contextWindow: 32_000 },
		capabilities: { tools: true, input: ['image'] },
		prices: { input: '2500000', output: '10000000', cacheRead: '250000' },
		version: at,
	})),
	agent: {
		id: 'a1',
		slug: 'support',
		profile: 'profile-9',
		settings: { temperature: 0 },
		fallbacks: ['alias-5', 'anthropic/claude-sonnet-4-5'],
		routing: { strategy: 'lowest-cost', candidates: [{ model: 'openai/gpt-4.1-mini' }] },
		context: { mode: 'summarize', summarizer: 'alias-2', maxInputTokens: 100_000 },
		preferences: {
			provider: null,
			model: null,
			params: {},
			embeddingModel: null,
			fallbacks: [],
			prompt: {
				source: {
					identity: 'You are Ada.',
					system: 'Answer {{who}}. '.repeat(200),
					variables: { who: { type: 'string' } },
				},
				hash: 'a'.repeat(64),
				version: 12,
			},
		},
	},
};

/** Median µs of processor time of one call, over rounds of many: other processes on the machine don't count. */
function measure(work) {
	const count = Number(options.times);
	for (let at = 0; at < count; at += 1) work();
	const rounds = times(Number(options.rounds), () => {
		const before = process.cpuUsage();
		for (let at = 0; at < count; at += 1) work();
		const { user, system } = process.cpuUsage(before);
		return (user + system) / count;
	});
	return rounds.sort((left, right) => left - right)[Math.floor(rounds.length / 2)];
}

const sources = await loaded(ROOT, SOURCES);
const { resolvedConfiguration, configurationRows, environmentLayer, parseSettings, findProvider, providerIds } =
	sources;
const settings = parseSettings({ OPENAI_API_KEY: 'key', DEFAULT_PROVIDER: 'openai' });
const environment = environmentLayer(settings, { ids: providerIds, provider: findProvider });
const keys = new Map(rows.providers.map(({ id }) => [id, 'opened']));
const entry = JSON.stringify({ format: sources.ROWS_FORMAT, ...rows });
const bare = {
	...rows,
	agent: null,
	models: [],
	providers: [],
	organization: { ...rows.organization, configuration: {} },
};

const figures = {
	'resolve, everything in use': measure(() => resolvedConfiguration(rows, keys, environment)),
	'resolve, nothing of its own': measure(() => resolvedConfiguration(bare, keys, environment)),
	'read its entry of KV (JSON, checked)': measure(() => configurationRows.parse(JSON.parse(entry))),
};
console.table(
	Object.fromEntries(Object.entries(figures).map(([name, us]) => [name, { µs: Math.round(us * 10) / 10 }])),
);
console.log(`entry of KV: ${(entry.length / 1024).toFixed(1)} KiB`);
console.log(`resolve: ${figures['resolve, everything in use'].toFixed(1)} µs (bar < ${BAR_US})`);
console.log(save(ROOT, { options, figures }));
