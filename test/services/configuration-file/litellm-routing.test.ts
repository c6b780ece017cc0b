import { describe, expect, test } from 'vitest';
import type { GatewayError } from '../../../src/errors';
import { readConfigurationFile } from '../../../src/services/configuration-file/shapes';

const read = (text: string) => readConfigurationFile(text, null);
const documentOf = (text: string) => read(text).document;

function refusal(text: string): GatewayError {
	try {
		read(text);
	} catch (error) {
		return error as GatewayError;
	}
	throw new Error('nothing was refused');
}

const listed = (...entries: readonly object[]): string =>
	JSON.stringify({
		model_list: entries.map((params, at) => ({ model_name: 'm', litellm_params: { api_key: `k${at}`, ...params } })),
	});

const router = (settings: object, rest: object = {}): string => JSON.stringify({ router_settings: settings, ...rest });

const LIST = {
	model_list: [
		{ model_name: 'small', litellm_params: { model: 'openai/gpt-4o', api_key: 'k1' } },
		{ model_name: 'large', litellm_params: { model: 'google/gemini-2.5-pro', api_key: 'k2' } },
	],
};

describe('several entries of one model_name', () => {
	test('are a profile with the others as candidates by their weights, under one alias', () => {
		const { document, notes } = read(
			listed({ model: 'openai/gpt-4o', weight: 3 }, { model: 'groq/openai/gpt-oss-20b', weight: 1 }),
		);
		expect(document.aliases).toEqual({ m: 'profile:m' });
		expect(document.profiles?.m?.routing).toEqual({
			strategy: 'weighted',
			candidates: [{ model: 'profile:m-2', weight: 1 }],
			weight: 3,
		});
		expect(document.profiles?.['m-2']?.routing).toBeUndefined();
		expect(notes).toEqual(["line 1: 'm' has 2 entries: candidates of one group."]);
	});

	test('follow the strategy of the router where it says one', () => {
		const { profiles, routing } = documentOf(
			JSON.stringify({
				model_list: [LIST.model_list[0], { model_name: 'small', litellm_params: { model: 'groq/x', api_key: 'k' } }],
				router_settings: { routing_strategy: 'latency-based-routing' },
			}),
		);
		expect(profiles?.small?.routing).toEqual({ candidates: [{ model: 'profile:small-2' }] });
		expect(routing).toEqual({ strategy: 'lowest-latency' });
	});

	test('may be one model by several keys, and one by the same key counts once', () => {
		const twice = { model: 'openai/gpt-4o' };
		expect(documentOf(listed(twice, twice)).profiles?.m?.routing?.candidates).toEqual([{ model: 'profile:m-2' }]);
		const { document, notes } = read(listed(twice, { ...twice, api_key: 'k0' }));
		expect(document.profiles?.m?.routing).toBeUndefined();
		expect(notes).toEqual([expect.stringContaining('the same model by the same key as profile:m')]);
	});

	test('share as their rpm does where none has a weight, else as their tpm', () => {
		const weights = (...entries: readonly object[]) => {
			const { weight, candidates } = documentOf(listed(...entries)).profiles?.m?.routing ?? {};
			return [weight, ...(candidates ?? []).map((one) => one.weight)];
		};
		const [a, b] = [{ model: 'groq/a' }, { model: 'groq/b' }];
		expect(weights({ ...a, rpm: 6, tpm: 1 }, { ...b, rpm: 90, tpm: 2 })).toEqual([6, 90]);
		expect(weights({ ...a, rpm: 6, tpm: 100 }, { ...b, tpm: 300 })).toEqual([100, 300]);
		expect(weights({ ...a, rpm: 6 }, b)).toEqual([undefined, undefined]);
		expect(weights({ ...a, rpm: 6, weight: 2 }, { ...b, rpm: 90 })).toEqual([2, undefined]);
	});

	test('share in proportion where one is more than a weight can be', () => {
		const { routing } =
			documentOf(listed({ model: 'groq/a', rpm: 6 }, { model: 'groq/b', rpm: 1_500 }, { model: 'groq/c', rpm: 1e9 }))
				.profiles?.m ?? {};
		expect(routing?.weight).toBe(0.001);
		expect(routing?.candidates?.map(({ weight }) => weight)).toEqual([0.002, 1_000]);
	});

	test('beyond eight, and a weight of nobody, are refused with the line', () => {
		const nine = Array.from({ length: 9 }, (_, at) => ({ model: `groq/x-${at}` }));
		expect(refusal(listed(...nine)).message).toContain('at most 7 candidates');
		const none = refusal(listed({ model: 'groq/a', weight: 0 }, { model: 'groq/b' }));
		expect(none).toMatchObject({ code: 'invalid_request', param: expect.stringContaining('routing.weight') });
	});
});

describe('rpm and tpm of an entry', () => {
	test('stand at its key, and are added up where entries share it', () => {
		const { document, notes } = read(
			listed(
				{ model: 'openai/gpt-4o', api_key: 'k', rpm: 60, tpm: 1_000 },
				{ model: 'openai/gpt-4.1', api_key: 'k', rpm: 30 },
			),
		);
		expect(document.providers).toEqual([
			{ provider: 'openai', name: 'openai', apiKey: 'k', config: { requestsPerMinute: 90, tokensPerMinute: 1_000 } },
		]);
		expect(notes).toContain("line 1: rpm and tpm are added to those of row 'openai', whose key this entry shares.");
	});

	test('may stand beside its parameters, as in older files', () => {
		const entry = {
			model_name: 'm',
			litellm_params: { model: 'openai/gpt-4o', api_key: 'k', rpm: 60 },
			rpm: 1,
			tpm: 9,
		};
		expect(documentOf(JSON.stringify({ model_list: [entry] })).providers?.[0]?.config).toEqual({
			requestsPerMinute: 60,
			tokensPerMinute: 9,
		});
	});

	test('without a key of its own are named', () => {
		const { document, notes } = read(listed({ model: 'openai/gpt-4o', api_key: null, rpm: 60 }));
		expect(document.providers).toBeUndefined();
		expect(notes).toEqual([expect.stringContaining('rpm and tpm belong to a key')]);
	});
});

test('a timeout of an entry beyond our bounds is bounded, and said', () => {
	const { document, notes } = read(listed({ model: 'openai/gpt-4o', timeout: 6_000 }));
	expect(document.profiles?.m?.settings).toEqual({ timeoutMs: 600_000 });
	expect(notes).toEqual(['line 1: 6000000 is more than there can be here: 600000 instead.']);
});

test('a pattern among the entries is no profile', () => {
	const { document, notes } = read(
		'model_list:\n' +
			'  - {model_name: "openai/*", litellm_params: {model: "openai/*", api_key: k, rpm: 9}}\n' +
			'  - {model_name: "*", litellm_params: {model: "*"}}\n' +
			'  - {model_name: all, litellm_params: {model: "groq/*", api_key: g}}\n',
	);
	expect(document).toEqual({
		providers: [
			{ provider: 'openai', name: 'openai', apiKey: 'k', config: { requestsPerMinute: 9 } },
			{ provider: 'groq', name: 'groq', apiKey: 'g' },
		],
	});
	expect(notes).toHaveLength(3);
});

test('max_retries and stream_timeout of an entry are the policy of its profile', () => {
	const { profiles } = documentOf(listed({ model: 'openai/gpt-4o', max_retries: 1, stream_timeout: 2.5 }));
	expect(profiles?.m?.routing).toEqual({ maxAttempts: 2, firstEventTimeoutMs: 2_500 });
});

describe('the router', () => {
	test.each([
		['simple-shuffle', 'weighted', false],
		['least-busy', 'round-robin', true],
		['latency-based-routing', 'lowest-latency', false],
		['cost-based-routing', 'lowest-cost', false],
		['usage-based-routing', 'round-robin', true],
		['usage-based-routing-v2', 'round-robin', true],
	])('its strategy %s is %s here', (strategy, ours, noted) => {
		const { document, notes } = read(router({ routing_strategy: strategy }));
		expect(document.routing).toEqual({ strategy: ours });
		expect(notes.length > 0).toBe(noted);
	});

	test('a strategy there is none of is named with its line', () => {
		const { document, notes } = read('router_settings:\n  routing_strategy: by-the-moon\n');
		expect(document.routing).toBeUndefined();
		expect(notes).toEqual(["line 2: there is no strategy 'by-the-moon' here: the order of the list holds."]);
	});

	test('retries and timeouts become attempts and milliseconds', () => {
		expect(documentOf(router({ num_retries: 2, timeout: 30, stream_timeout: 4.5 })).routing).toEqual({
			maxAttempts: 3,
			firstEventTimeoutMs: 4_500,
			totalTimeoutMs: 30_000,
		});
	});

	test('what is beyond our bounds is bounded, and said with its line', () => {
		const { document, notes } = read('router_settings:\n  num_retries: 50\n  timeout: 6000\n  stream_timeout: 900\n');
		expect(document.routing).toEqual({ maxAttempts: 10, firstEventTimeoutMs: 600_000, totalTimeoutMs: 3_600_000 });
		expect(notes).toEqual([
			'line 2: 51 is more than there can be here: 10 instead.',
			'line 4: 900000 is more than there can be here: 600000 instead.',
			'line 3: 6000000 is more than there can be here: 3600000 instead.',
		]);
	});

	test('a time to the first event beyond the whole is the whole', () => {
		expect(documentOf(router({ timeout: 5, stream_timeout: 30 })).routing).toEqual({
			firstEventTimeoutMs: 5_000,
			totalTimeoutMs: 5_000,
		});
	});

	test('its timeout stands over the one of all calls', () => {
		const both = { litellm_settings: { request_timeout: 600 } };
		expect(documentOf(router({ timeout: 30 }, both)).routing).toEqual({ totalTimeoutMs: 30_000 });
		expect(documentOf(router({}, both)).routing).toEqual({ totalTimeoutMs: 600_000 });
	});

	test('says more than the settings of all calls, field by field', () => {
		const both = (outer: object) =>
			documentOf(router({ num_retries: 1, stream_timeout: 2 }, { litellm_settings: outer }));
		const settings = { num_retries: 5, stream_timeout: 9, request_timeout: 60, routing_strategy: 'simple-shuffle' };
		expect(both(settings).routing).toEqual({
			strategy: 'weighted',
			maxAttempts: 2,
			firstEventTimeoutMs: 2_000,
			totalTimeoutMs: 60_000,
		});
		expect(both({ num_retries: 1e9 }).routing).toEqual({ maxAttempts: 2, firstEventTimeoutMs: 2_000 });
	});

	test.each([
		['num_retries', -1],
		['timeout', -1],
		['timeout', 'soon'],
		['stream_timeout', 0],
	])('refuses %s: %j', (field, value) => {
		expect(refusal(router({ [field]: value }))).toMatchObject({
			code: 'invalid_request',
			param: `router_settings.${field}`,
		});
	});

	test('keeps our own routing of the same file over it, field by field', () => {
		const own = { routing: { maxAttempts: 5 } };
		expect(documentOf(router({ routing_strategy: 'simple-shuffle', num_retries: 1 }, own)).routing).toEqual({
			strategy: 'weighted',
			maxAttempts: 5,
		});
		expect(documentOf(router({ num_retries: 1 }, { routing: null })).routing).toBeNull();
	});
});

describe('fallbacks of a kind', () => {
	test('are the policy of the profile that a model_name, or an alias of it, leads to', () => {
		const { profiles, routing } = documentOf(
			router(
				{
					context_window_fallbacks: [{ tiny: ['large'] }],
					content_policy_fallbacks: [{ small: ['large'] }, { small: ['anthropic/claude-sonnet-4-5'] }],
					model_group_alias: { tiny: 'small' },
				},
				LIST,
			),
		);
		expect(profiles?.small?.routing).toEqual({
			contextFallbacks: ['large'],
			contentFilterFallbacks: ['large', 'anthropic/claude-sonnet-4-5'],
		});
		expect(routing).toBeUndefined();
	});

	test("of other models are the organization's, and said so", () => {
		const { document, notes } = read(router({ context_window_fallbacks: [{ 'gpt-4o': ['large'] }] }, LIST));
		expect(document.routing).toEqual({ contextFallbacks: ['large'] });
		expect(notes).toEqual(["line 1: 'gpt-4o' is no model_name of this file: large follow every model then."]);
	});
});

describe("a chain of '*'", () => {
	test('follows every model that has no other', () => {
		const { fallbackChain, fallbacks } = documentOf(
			router({ fallbacks: [{ '*': ['large'] }, { small: ['large'] }, { '*': ['openai/gpt-4o'] }] }, LIST),
		);
		expect(fallbackChain).toEqual(['large', 'openai/gpt-4o']);
		expect(fallbacks).toEqual({ small: ['large'] });
	});

	test("of a kind is everybody's, without a word about it", () => {
		const { document, notes } = read(router({ context_window_fallbacks: [{ '*': ['large'] }] }, LIST));
		expect(document.routing).toEqual({ contextFallbacks: ['large'] });
		expect(notes).toEqual([]);
	});
});
