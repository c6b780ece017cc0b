import { describe, expect, it } from 'vitest';
import { GatewayError, type UpstreamFailure } from '../../src/errors';
import { chatStream, doorApp, start, text } from '../support/door-app';

const HEADER = 'x-switchyard-error-source';
const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };
const LIMITED: UpstreamFailure = { failure: 'rate-limited', status: 429, scope: 'key' };

const limit = (upstream?: UpstreamFailure) =>
	new GatewayError('rate_limited', 'Too many.', { retryAfterMs: 7_000, ...(upstream && { upstream }) });

function failing(error: GatewayError) {
	const fail = () => {
		throw error;
	};
	return doorApp({
		variables: { CORS_ORIGINS: 'https://app.example' },
		chat: fail,
		stream: fail,
		embed: fail,
		models: fail,
		countTokens: fail,
		passthrough: fail,
	});
}

const POSTED: readonly (readonly [path: string, body: object])[] = [
	['/v1/chat/completions', CHAT],
	['/v1/chat/completions', { ...CHAT, stream: true }],
	['/v1/chat/completions', { ...CHAT, n: 2 }],
	['/v1/responses', { input: 'Hi' }],
	['/v1/embeddings', { input: 'Hi' }],
	['/v1/messages', { ...CHAT, max_tokens: 9 }],
	['/v1/messages', { ...CHAT, max_tokens: 9, stream: true }],
	['/v1/messages/count_tokens', CHAT],
	['/v1/providers/openai/v1/rerank', {}],
	['/trpc/chat', CHAT],
	['/trpc/embed', { input: 'Hi' }],
];

describe('an error answer', () => {
	it.each(POSTED)(
		'of %s %j says whether the limit was ours or an upstream’s, with its Retry-After',
		async (path, body) => {
			const theirs = await failing(limit(LIMITED)).post(path, body);
			expect([theirs.status, theirs.headers.get(HEADER), theirs.headers.get('retry-after')]).toEqual([
				429,
				'upstream',
				'7',
			]);
			const ours = await failing(limit()).post(path, body);
			expect([ours.status, ours.headers.get(HEADER), ours.headers.get('retry-after')]).toEqual([429, 'gateway', '7']);
		},
	);

	it.each(['/v1/models', '/trpc/models.list'])('of %s says it too', async (path) => {
		expect((await failing(limit()).request(path)).headers.get(HEADER)).toBe('gateway');
	});

	it.each([
		['/v1/chat/completions', {}, 400],
		['/v1/messages', CHAT, 400],
		['/trpc/chat', {}, 400],
		['/trpc/chat', '{"messages":', 400],
		['/v1/nothing', {}, 404],
		['/trpc/nothing', {}, 404],
		['/elsewhere', {}, 404],
	])('of %s with %j is the gateway’s own (%i)', async (path, body, status) => {
		const response = await doorApp().post(path, body);
		expect([response.status, response.headers.get(HEADER)]).toEqual([status, 'gateway']);
	});

	it('is the gateway’s own without a key, for a method no route has, and where a store does not answer', async () => {
		const unknown = await doorApp().request('/v1/models', { key: 'wrong' });
		expect([unknown.status, unknown.headers.get(HEADER)]).toEqual([401, 'gateway']);
		const method = await doorApp().request('/api/v1/session', { method: 'PATCH', key: 'sy_manage' });
		expect([method.status, method.headers.get(HEADER)]).toEqual([405, 'gateway']);
		const ready = async () => ({ d1: 'failed', kv: 'ok', ledger: 'ok', health: 'ok' }) as const;
		const unready = await doorApp({ ready }).request('/readyz', { key: false });
		expect([unready.status, unready.headers.get(HEADER)]).toEqual([503, 'gateway']);
	});

	it('keeps its source where a door says the field in its own words', async () => {
		const upstream: UpstreamFailure = { failure: 'bad-request', status: 400, scope: 'request' };
		const theirs = new GatewayError('invalid_request', 'maxTokens: too many', { param: 'maxTokens', upstream });
		expect((await failing(theirs).post('/v1/chat/completions', CHAT)).headers.get(HEADER)).toBe('upstream');
		const ours = new GatewayError('invalid_request', 'maxTokens: too many', { param: 'maxTokens' });
		expect((await failing(ours).post('/v1/chat/completions', CHAT)).headers.get(HEADER)).toBe('gateway');
	});

	it('can be told apart by pages of other origins', async () => {
		const door = failing(limit(LIMITED));
		for (const path of ['/v1/chat/completions', '/trpc/chat']) {
			const { headers } = await door.post(path, CHAT, { origin: 'https://app.example' });
			expect(headers.get('access-control-expose-headers')?.split(', ')).toContain(HEADER);
		}
	});

	it('is none where the answer is none of an error', async () => {
		expect((await doorApp().request('/healthz', { key: false })).headers.has(HEADER)).toBe(false);
		expect((await doorApp().request('/readyz', { key: false })).headers.has(HEADER)).toBe(false);
	});
});

describe('a tRPC error', () => {
	const sourceOf = async (response: Response) => JSON.stringify(await response.json()).match(/"source":"(\w+)"/g);

	it('has its source in its data', async () => {
		expect(await sourceOf(await failing(limit(LIMITED)).post('/trpc/chat', CHAT))).toEqual(['"source":"upstream"']);
		expect(await sourceOf(await failing(limit()).post('/trpc/chat', CHAT))).toEqual(['"source":"gateway"']);
		expect(await sourceOf(await doorApp().request('/trpc/chat', { key: 'wrong', body: CHAT }))).toEqual([
			'"source":"gateway"',
		]);
	});

	it('in a stream has it there too', async () => {
		const error = new GatewayError('upstream_unavailable', 'reset', {
			upstream: { failure: 'network', scope: 'provider' },
		});
		const door = doorApp({ stream: () => chatStream([[start, text('a')], [{ type: 'error', error }]]) });
		const response = await door.post('/trpc/stream?batch=1', { 0: CHAT }, { 'trpc-accept': 'application/jsonl' });
		expect(await response.text()).toContain('"source":"upstream"');
	});

	it('of a whole batch is in its header where all are one’s, and only in their data where they are not', async () => {
		const batch = async (...errors: (GatewayError | null)[]) => {
			const door = doorApp({
				chat: (_, number) => {
					const error = errors[number];
					if (error) throw error;
					throw limit();
				},
			});
			return door.post('/trpc/chat,chat?batch=1', { 0: CHAT, 1: CHAT });
		};
		expect((await batch(limit(LIMITED), limit(LIMITED))).headers.get(HEADER)).toBe('upstream');
		expect((await batch(limit(), limit())).headers.get(HEADER)).toBe('gateway');
		const mixed = await batch(limit(LIMITED), limit());
		expect(mixed.headers.has(HEADER)).toBe(false);
		expect(await sourceOf(mixed)).toEqual(['"source":"upstream"', '"source":"gateway"']);
	});
});
