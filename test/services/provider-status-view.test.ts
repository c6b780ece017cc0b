import { describe, expect, it } from 'vitest';
import type { Credential } from '../../src/gateway/ports';
import type { ClassStatus, EndpointStatus, KeyStanding } from '../../src/health/contract';
import { WHOLE_ENDPOINT } from '../../src/health/place';
import { type KeyAtEndpoint, keyView } from '../../src/services/provider-key-standing';
import { statusView, type Viewing } from '../../src/services/provider-status-view';

const NOW = Date.UTC(2026, 2, 1, 12);

const classStatus = (parts: Partial<ClassStatus> = {}): ClassStatus => ({
	state: 'closed',
	probeAt: null,
	errorRate: 0,
	firstEventMs: null,
	outputTokensPerSecond: null,
	shared: false,
	p50FirstEventMs: null,
	p95FirstEventMs: null,
	lastError: null,
	lastSuccessAt: null,
	...parts,
});

const endpointStatus = (parts: Partial<EndpointStatus> = {}): EndpointStatus => ({
	takenAt: NOW,
	classes: {},
	keys: {},
	lastCheck: null,
	tokens: {},
	...parts,
});

const viewing = (parts: Partial<Viewing> = {}): Viewing => ({
	provider: 'openai',
	host: 'api.openai.com',
	keys: [],
	shows: () => true,
	all: false,
	now: NOW,
	...parts,
});

describe('an endpoint', () => {
	it('that nobody has called yet is closed and unmeasured', () => {
		expect(statusView(endpointStatus(), viewing())).toEqual({
			provider: 'openai',
			host: 'api.openai.com',
			state: 'closed',
			errorRate: 0,
			p50FirstEventMs: null,
			p95FirstEventMs: null,
			outputTokensPerSecond: null,
			lastError: null,
			nextProbeAt: null,
			lastCheck: null,
			models: [],
			keys: [],
			calibrations: [],
		});
	});

	it('is as bad as the worst of its breakers', () => {
		const state = (...states: ClassStatus['state'][]) => {
			const classes = Object.fromEntries(states.map((one, at) => [`m${at}`, classStatus({ state: one })]));
			return statusView(endpointStatus({ classes }), viewing()).state;
		};
		expect(state('closed', 'closed')).toBe('closed');
		expect(state('closed', 'half-open')).toBe('half-open');
		expect(state('half-open', 'open', 'closed')).toBe('open');
		const classes = { [WHOLE_ENDPOINT]: classStatus({ state: 'open' }), m: classStatus() };
		expect(statusView(endpointStatus({ classes }), viewing()).state).toBe('open');
	});

	it('has the slowest, the most failing and the latest of what it answers with, and the next probe', () => {
		const error = { failure: 'server', status: 502, at: NOW - 10 } as const;
		const classes = {
			[WHOLE_ENDPOINT]: classStatus({ lastError: { ...error, at: NOW - 20 } }),
			fast: classStatus({ p50FirstEventMs: 100, p95FirstEventMs: 900, outputTokensPerSecond: 80, errorRate: 0.5 }),
			slow: classStatus({
				state: 'open',
				probeAt: NOW + 5,
				p50FirstEventMs: 300,
				p95FirstEventMs: 400,
				outputTokensPerSecond: 20,
				errorRate: 0.2,
				lastError: error,
			}),
			down: classStatus({ state: 'open', probeAt: NOW + 9 }),
		};
		expect(statusView(endpointStatus({ classes }), viewing())).toMatchObject({
			p50FirstEventMs: 300,
			p95FirstEventMs: 900,
			outputTokensPerSecond: 20,
			errorRate: 0.5,
			lastError: error,
			nextProbeAt: NOW + 5,
		});
	});

	it('lists its models by name, without itself', () => {
		const classes = { [WHOLE_ENDPOINT]: classStatus(), b: classStatus({ lastSuccessAt: 7 }), a: classStatus() };
		const { models } = statusView(endpointStatus({ classes }), viewing());
		expect(models.map(({ model }) => model)).toEqual(['a', 'b']);
		expect(models[1]).toMatchObject({ state: 'closed', lastSuccessAt: 7 });
	});

	it('tells nothing of models that are not to be seen, not even in its own figures', () => {
		const classes = { open: classStatus({ errorRate: 0.1 }), hidden: classStatus({ state: 'open', errorRate: 1 }) };
		const view = statusView(endpointStatus({ classes }), viewing({ shows: (name) => name === 'open' }));
		expect(view).toMatchObject({ state: 'closed', errorRate: 0.1 });
		expect(view.models.map(({ model }) => model)).toEqual(['open']);
	});

	it('passes on what is known of an error and of a check, and nothing that came along with it', () => {
		const lastError = { failure: 'server', status: 500, at: 1, body: 'secret' } as const;
		const lastCheck = { at: 2, ok: false, latencyMs: 3, failure: 'network', status: null, url: 'secret' } as const;
		const view = statusView(endpointStatus({ classes: { m: classStatus({ lastError }) }, lastCheck }), viewing());
		expect(view.lastError).toEqual({ failure: 'server', status: 500, at: 1 });
		expect(view.lastCheck).toEqual({ at: 2, ok: false, latencyMs: 3, failure: 'network', status: null });
		expect(JSON.stringify(view)).not.toContain('secret');
	});

	it('tells what was learned of token counts, by tokenizer, and nothing that came along with it', () => {
		const learned = { factor: 1.12, spread: 0.03, samples: 40 };
		const tokens = { mistral: learned, claude: { ...learned, by: 'o1' } };
		expect(statusView(endpointStatus({ tokens }), viewing()).calibrations).toEqual([
			{ tokenizer: 'claude', ...learned },
			{ tokenizer: 'mistral', ...learned },
		]);
		const { tokens: _, ...older } = endpointStatus();
		expect(statusView(older as EndpointStatus, viewing()).calibrations).toEqual([]);
	});

	it('names no tokenizer by a model that is not the caller’s to see', () => {
		const learned = { factor: 1.12, spread: 0.03, samples: 40 };
		const tokens = { 'unknown *': learned, 'unknown theirs': learned, 'unknown ours': learned };
		const shows = (model: string): boolean => model !== 'theirs';
		const { calibrations } = statusView(endpointStatus({ tokens }), viewing({ shows }));
		expect(calibrations.map(({ tokenizer }) => tokenizer)).toEqual(['unknown *', 'unknown ours']);
	});

	it('whose health object is silent is unknown, with all that is known besides', () => {
		const view = statusView(null, viewing({ keys: [keyAt()] }));
		expect(view).toMatchObject({ provider: 'openai', state: 'unknown', errorRate: null, models: [], lastCheck: null });
		expect(view.keys).toMatchObject([{ name: 'main', standing: 'unknown', requestsMinute: null }]);
	});
});

const MARK = 'row-1.0000abcd';

const credential = (parts: Partial<Credential> = {}): Credential => ({
	rowId: 'row-1',
	name: 'main',
	source: 'organization',
	apiKey: 'sk-1',
	baseUrl: 'https://api.openai.com/v1',
	trust: 'operator',
	config: {},
	mark: MARK,
	...parts,
});

const row = (parts: { readonly refusedAt?: number } = {}) => ({
	id: 'row-1',
	name: 'main',
	baseUrl: null,
	config: {},
	refusedAt: null,
	...parts,
});

const keyAt = (parts: Partial<KeyAtEndpoint> = {}): KeyAtEndpoint => ({
	credential: credential(),
	row: row(),
	...parts,
});

const standing = (parts: Partial<KeyStanding> = {}): KeyStanding => ({
	refusedUntil: null,
	limitedUntil: null,
	requestsMinute: 0,
	tokensMinute: 0,
	rates: null,
	...parts,
});

const seen = (known: Partial<KeyStanding> | null, key: KeyAtEndpoint = keyAt(), all = false) =>
	keyView(key, { keys: known ? { [MARK]: standing(known) } : {} }, { all, now: NOW });

describe('a key', () => {
	it('of which nothing is known is good', () => {
		expect(seen(null)).toEqual({
			name: 'main',
			rowId: 'row-1',
			standing: 'good',
			until: null,
			requestsMinute: 0,
			tokensMinute: 0,
			requestsPerMinute: null,
			tokensPerMinute: null,
			rates: null,
		});
	});

	it('is refused until then, limited until then, and good after', () => {
		expect(seen({ refusedUntil: NOW + 5, limitedUntil: NOW + 9 })).toMatchObject({
			standing: 'refused',
			until: NOW + 5,
		});
		expect(seen({ limitedUntil: NOW + 9 })).toMatchObject({ standing: 'limited', until: NOW + 9 });
		expect(seen({ refusedUntil: NOW, limitedUntil: NOW - 1 })).toMatchObject({ standing: 'good', until: null });
	});

	it('stays refused as long as its row says so, whatever health remembers', () => {
		const refused = keyAt({ row: row({ refusedAt: NOW - 1 }) });
		expect(seen(null, refused)).toMatchObject({ standing: 'refused', until: null });
		expect(keyView(refused, null, { all: false, now: NOW })).toMatchObject({ standing: 'refused', until: null });
	});

	it.each([
		['its configured requests', { requestsMinute: 90 }, { requestsMinute: 89 }],
		['its configured tokens', { tokensMinute: 900 }, { tokensMinute: 899 }],
		[
			'the requests its provider allows',
			{ rates: { requests: { limit: 60, remaining: 6, resetAt: NOW + 1 }, tokens: null } },
			{ rates: { requests: { limit: 60, remaining: 7, resetAt: NOW + 1 }, tokens: null } },
		],
		[
			'the tokens its provider allows',
			{ rates: { requests: null, tokens: { limit: null, remaining: 0, resetAt: NOW + 1 } } },
			{ rates: { requests: null, tokens: { limit: null, remaining: 1, resetAt: NOW + 1 } } },
		],
	])('is near its limit where less than a tenth is left of %s', (_, near, far) => {
		const limits = keyAt({ credential: credential({ config: { requestsPerMinute: 100, tokensPerMinute: 1_000 } }) });
		expect(seen(near, limits)).toMatchObject({ standing: 'near its limit', requestsPerMinute: 100 });
		expect(seen(far, limits)).toMatchObject({ standing: 'good', tokensPerMinute: 1_000 });
	});

	it('is no longer near a limit that has been reset', () => {
		const rates = { requests: { limit: 60, remaining: 0, resetAt: NOW }, tokens: null };
		expect(seen({ rates })).toMatchObject({ standing: 'good', rates });
	});

	it('that can’t be opened says so', () => {
		expect(seen(null, keyAt({ credential: null }))).toMatchObject({
			name: 'main',
			standing: 'unreadable',
			requestsMinute: null,
		});
	});

	it('names the model that it is limited for, but of a shared key to the operator alone', () => {
		const keys = { [MARK]: { ...standing({ limitedUntil: NOW + 9 }), modelClass: 'gpt-4o' } };
		expect(keyView(keyAt(), { keys }, { all: false, now: NOW })).toMatchObject({
			standing: 'limited',
			model: 'gpt-4o',
		});
		const shared = keyAt({ row: null });
		expect(keyView(shared, { keys }, { all: false, now: NOW })).not.toHaveProperty('model');
		expect(keyView(shared, { keys }, { all: true, now: NOW })).toMatchObject({ model: 'gpt-4o' });
	});

	it('of the environment shows how it stands to all, and what others do with it to the operator', () => {
		const shared = keyAt({
			credential: credential({ rowId: null, name: 'openai', source: 'environment', config: { requestsPerMinute: 9 } }),
			row: null,
		});
		const known = { requestsMinute: 4, tokensMinute: 5, limitedUntil: NOW + 1 };
		expect(seen(known, shared)).toEqual({
			name: 'openai',
			rowId: null,
			standing: 'limited',
			until: NOW + 1,
			requestsMinute: null,
			tokensMinute: null,
			requestsPerMinute: null,
			tokensPerMinute: null,
			rates: null,
		});
		expect(seen(known, shared, true)).toMatchObject({ requestsMinute: 4, tokensMinute: 5, requestsPerMinute: 9 });
	});

	it('is found by its own mark alone', () => {
		const other = { keys: { 'row-2.0000abcd': standing({ limitedUntil: NOW + 5, requestsMinute: 7 }) } };
		expect(keyView(keyAt(), other, { all: true, now: NOW })).toMatchObject({ standing: 'good', requestsMinute: 0 });
		const inherited = keyAt({ credential: credential({ mark: 'constructor' }) });
		expect(keyView(inherited, { keys: {} }, { all: true, now: NOW })).toMatchObject({ standing: 'good' });
	});
});
