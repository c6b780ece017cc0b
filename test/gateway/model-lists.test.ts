import { describe, expect, it } from 'vitest';
import type { LiveList } from '../../src/catalog/live';
import { GatewayError } from '../../src/errors';
import { type ListMemory, modelLists } from '../../src/gateway/model-lists';
import type { Credential, OutboundRequest } from '../../src/gateway/ports';
import type { Provider } from '../../src/providers/provider';
import { virtualTime } from '../support/virtual-time';

const MINUTE = 60_000;

type Answer = (request: OutboundRequest) => unknown;

/** Answers only to an abort. */
const untilAborted: Answer = ({ signal }) =>
	new Promise((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason));
	});

const base = { wire: 'openai-chat', auth: { kind: 'optional' }, defaultModel: 'm', label: '' } as const;
const PROVIDERS: Readonly<Record<string, Provider>> = {
	open: {
		...base,
		id: 'open',
		baseUrl: 'https://open.test/v1',
		liveModels: { path: '/models', shape: 'openrouter', public: true },
	},
	server: { ...base, id: 'server', baseUrl: null, liveModels: { path: '/models', shape: 'openai' } },
	llama: {
		...base,
		id: 'llama',
		baseUrl: 'http://llama',
		liveModels: { path: '/api/tags', shape: 'ollama' },
		local: true,
	},
	studio: {
		...base,
		id: 'studio',
		baseUrl: 'http://studio/v1',
		liveModels: { path: '/models', shape: 'lmstudio' },
		local: true,
	},
	silent: { ...base, id: 'silent', baseUrl: 'https://silent.test' },
};

const credential = (parts: Partial<Credential> = {}): Credential => ({
	rowId: null,
	name: 'server',
	source: 'environment',
	apiKey: 'secret',
	baseUrl: 'https://server.test/v1',
	trust: 'operator',
	config: {},
	...parts,
});

function world(answer: Answer, brokenStore = false) {
	const time = virtualTime(1_000 * MINUTE);
	const sent: OutboundRequest[] = [];
	const logged: { readonly level: string; readonly event: string; readonly fields: object }[] = [];
	const stored = new Map<string, { readonly text: string; readonly ttlSeconds: number }>();
	let deferred: Promise<unknown>[] = [];
	/** Another isolate has a memory of its own and the same store. */
	const isolate = (memory: ListMemory = new Map()) =>
		modelLists({
			memory,
			store: {
				read: async (name) => {
					if (brokenStore) throw new Error('KV is away');
					return stored.get(name)?.text ?? null;
				},
				write: async (name, text, ttlSeconds) => {
					if (brokenStore) throw new Error('KV is away');
					stored.set(name, { text, ttlSeconds });
				},
			},
			registry: {
				provider: (id) => PROVIDERS[id] ?? null,
				ids: Object.keys(PROVIDERS),
				wires: {} as never,
				embedWires: {} as never,
			},
			send: async (request) => {
				sent.push(request);
				const body = await answer(request);
				if (body instanceof Error) throw body;
				return body instanceof Response ? body : Response.json(body);
			},
			time,
			defer: (work) => {
				deferred.push(work);
			},
			log: (level, event, fields) => {
				logged.push({ level, event, fields });
			},
		});
	return {
		time,
		sent,
		logged,
		stored,
		isolate,
		paths: () => sent.map(({ method, url }) => `${method} ${url}`),
		async settled() {
			while (deferred.length > 0) await Promise.all(deferred.splice(0, deferred.length));
			deferred = [];
		},
	};
}

const ids = (list: LiveList | null): readonly string[] | null => list?.models.map(({ id }) => id) ?? null;
const names = (...models: readonly string[]) => ({ data: models.map((id) => ({ id })) });

describe('a provider’s own list', () => {
	it('is never waited for: what is missing is read behind the request', async () => {
		const { isolate, settled, paths } = world(() => names('a', 'b'));
		const lists = isolate();
		expect(lists.list('server', credential())).toBeNull();
		await settled();
		expect(ids(lists.list('server', credential()))).toEqual(['a', 'b']);
		await settled();
		expect(paths()).toEqual(['GET https://server.test/v1/models']);
	});

	it('is asked for once, however many requests miss it at a time', async () => {
		const { isolate, settled, sent } = world(() => names('a'));
		const lists = isolate();
		for (let request = 0; request < 5; request += 1) lists.list('server', credential());
		await settled();
		expect(sent).toHaveLength(1);
	});

	it('is used while it is read anew after ten minutes, a public one after an hour', async () => {
		let version = 1;
		const { isolate, settled, time } = world(() => names(`v${version}`));
		const lists = isolate();
		for (const [provider, by, ttl] of [
			['server', credential(), 10 * MINUTE],
			['open', undefined, 60 * MINUTE],
		] as const) {
			version = 1;
			lists.list(provider, by);
			await settled();
			version = 2;
			await time.advance(ttl - 1);
			expect(ids(lists.list(provider, by))).toEqual(['v1']);
			await settled();
			await time.advance(1);
			expect(ids(lists.list(provider, by)), 'old but there').toEqual(['v1']);
			await settled();
			expect(ids(lists.list(provider, by))).toEqual(['v2']);
		}
	});

	it('outlives the isolate in the store, for a day at most', async () => {
		const { isolate, settled, sent, stored } = world(() => names('a'));
		isolate().list('server', credential());
		await settled();
		expect([...stored].map(([name, { ttlSeconds }]) => [name, ttlSeconds])).toEqual([
			['models:server:environment', 86_400],
		]);
		const another = isolate();
		expect(another.list('server', credential())).toBeNull();
		await settled();
		expect(ids(another.list('server', credential()))).toEqual(['a']);
		expect(sent).toHaveLength(1);
	});

	it('is taken from the store old, and read anew then', async () => {
		let version = 1;
		const { isolate, settled, sent, time } = world(() => (version === 1 ? names('v1') : new Error('gone')));
		isolate().list('server', credential());
		await settled();
		version = 2;
		await time.advance(60 * MINUTE);
		const another = isolate();
		another.list('server', credential());
		await settled();
		expect(ids(another.list('server', credential()))).toEqual(['v1']);
		expect(sent).toHaveLength(2);
	});

	it.each(['no JSON', '{}', '{"at":1,"baseUrl":"https://other.test","models":[]}'])(
		'is read anew where the store holds %s',
		async (text) => {
			const { isolate, settled, stored } = world(() => names('a'));
			stored.set('models:server:environment', { text, ttlSeconds: 1 });
			const lists = isolate();
			lists.list('server', credential());
			await settled();
			expect(ids(lists.list('server', credential()))).toEqual(['a']);
		},
	);

	it('needs no store', async () => {
		const { isolate, settled, logged } = world(() => names('a'), true);
		const lists = isolate();
		lists.list('server', credential());
		await settled();
		expect(ids(lists.list('server', credential()))).toEqual(['a']);
		expect(logged).toEqual([]);
	});

	it('belongs to the row that opened it, and to its address', async () => {
		const { isolate, settled } = world(({ url }) => names(new URL(url).host));
		const lists = isolate();
		const mine = credential({ rowId: 'mine', baseUrl: 'https://mine.test/v1', trust: 'tenant' });
		const theirs = credential({ rowId: 'theirs', baseUrl: 'https://theirs.test/v1', trust: 'tenant' });
		lists.list('server', mine);
		await settled();
		expect(ids(lists.list('server', mine))).toEqual(['mine.test']);
		expect(lists.list('server', theirs)).toBeNull();
		expect(lists.list('server', credential())).toBeNull();
		expect(lists.list('server', { ...mine, baseUrl: 'https://moved.test/v1' })).toBeNull();
		expect(lists.list('server')).toBeNull();
	});

	it('carries the key, and the trust of its address', async () => {
		const { isolate, settled, sent } = world(() => names('a'));
		isolate().list('server', credential({ rowId: 'r', trust: 'tenant' }));
		await settled();
		expect(sent[0]).toMatchObject({ trust: 'tenant', headers: { authorization: 'Bearer secret' } });
	});

	it('that is public is one for all, without any key; a tenant’s own address is not', async () => {
		const { isolate, settled, sent } = world(() => names('a'));
		const lists = isolate();
		const open = { baseUrl: 'https://open.test/v1' };
		lists.list('open', credential({ ...open, rowId: 'one' }));
		await settled();
		expect(ids(lists.list('open', credential({ ...open, rowId: 'two' })))).toEqual(['a']);
		expect(ids(lists.list('open'))).toEqual(['a']);
		expect(sent).toHaveLength(1);
		expect(sent[0]?.headers.authorization).toBeUndefined();
		const own = credential({ rowId: 'three', baseUrl: 'https://tenant.test/v1', trust: 'tenant' });
		expect(lists.list('open', own)).toBeNull();
		await settled();
		expect(sent[1]).toMatchObject({ trust: 'tenant', headers: { authorization: 'Bearer secret' } });
	});

	it('is none where the provider has none', async () => {
		const { isolate, settled, sent } = world(() => names('a'));
		expect(isolate().list('silent', credential())).toBeNull();
		expect(isolate().list('nobody', credential())).toBeNull();
		await isolate().refresh('silent', credential());
		await settled();
		expect(sent).toEqual([]);
	});
});

describe('a list that can’t be read', () => {
	it.each([
		['unreachable', () => new GatewayError('upstream_unavailable', 'The upstream could not be reached.')],
		['refused', () => new Response('no', { status: 401 })],
		['elsewhere', () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.test' } })],
		['no JSON', () => new Response('<html>')],
		['too long', () => new Response('x', { headers: { 'content-length': String(9 * 1024 * 1024) } })],
	])('because it is %s is logged, left alone for a minute and asked for again', async (_, answer) => {
		const { isolate, settled, sent, logged, time } = world(answer);
		const lists = isolate();
		lists.list('server', credential({ rowId: 'row1' }));
		await settled();
		expect(logged).toEqual([
			{
				level: 'warn',
				event: 'model-list-unreadable',
				fields: { provider: 'server', providerRowId: 'row1', reason: expect.any(String) },
			},
		]);
		await time.advance(MINUTE - 1);
		expect(lists.list('server', credential({ rowId: 'row1' }))).toBeNull();
		await lists.refresh('server', credential({ rowId: 'row1' }));
		await settled();
		expect(sent).toHaveLength(1);
		await time.advance(1);
		lists.list('server', credential({ rowId: 'row1' }));
		await settled();
		expect(sent).toHaveLength(2);
	});

	it('is no matter for the log where nobody configured the server', async () => {
		const { isolate, settled, logged } = world(() => new Error('connection refused'));
		isolate().list('server', credential({ source: 'none' }));
		await settled();
		expect(logged.map(({ level }) => level)).toEqual(['debug']);
	});

	it('does not take away the one that was read before', async () => {
		let works = true;
		const { isolate, settled, time } = world(() => (works ? names('a') : new Error('gone')));
		const lists = isolate();
		lists.list('server', credential());
		await settled();
		works = false;
		await time.advance(11 * MINUTE);
		lists.list('server', credential());
		await settled();
		expect(ids(lists.list('server', credential()))).toEqual(['a']);
	});

	it('is given up after fifteen seconds', async () => {
		const { isolate, time, logged } = world(untilAborted);
		const work = isolate().refresh('server', credential());
		await time.advance(14_999);
		expect(logged).toEqual([]);
		await time.advance(1);
		await work;
		expect(logged[0]?.fields).toMatchObject({ reason: expect.stringContaining('longer than 15000 ms') });
		expect(time.pending()).toBe(0);
	});
});

describe('waiting for a list', () => {
	it('reads it where it is missing or old, and only there', async () => {
		const { isolate, sent, time } = world(() => names('a'));
		const lists = isolate();
		await lists.refresh('server', credential());
		expect(ids(lists.list('server', credential()))).toEqual(['a']);
		await lists.refresh('server', credential());
		expect(sent).toHaveLength(1);
		await time.advance(10 * MINUTE);
		await lists.refresh('server', credential());
		expect(sent).toHaveLength(2);
	});

	it('never shares another request’s work: a missing list is read for oneself', async () => {
		const { isolate, sent, settled } = world(() => names('a'));
		const lists = isolate();
		lists.list('server', credential());
		await lists.refresh('server', credential());
		await settled();
		expect(sent.length).toBe(2);
		expect(ids(lists.list('server', credential()))).toEqual(['a']);
	});
});

describe('the shape of a list', () => {
	it('of many pages is followed within its own address', async () => {
		const { isolate, settled, paths } = world(({ url }) => ({
			...names(url),
			links: { next: url.includes('offset') ? null : 'https://elsewhere.test/api/v1/models?offset=500&limit=500' },
		}));
		const lists = isolate();
		lists.list('open');
		await settled();
		expect(paths()).toEqual([
			'GET https://open.test/v1/models',
			'GET https://open.test/v1/models?offset=500&limit=500',
		]);
		expect(lists.list('open')?.models).toHaveLength(2);
	});

	it('of many pages ends at the fifth', async () => {
		const { isolate, settled, sent } = world(() => ({ ...names('a'), links: { next: '?offset=1' } }));
		isolate().list('open');
		await settled();
		expect(sent).toHaveLength(5);
	});

	it('of Ollama is completed model by model, again only for what changed', async () => {
		let digest = 'one';
		const { isolate, settled, sent, time } = world(({ url, body }) => {
			if (url.endsWith('/api/tags'))
				return { models: [{ name: 'a:latest', digest: 'a' }, { name: 'b:latest', digest }, { name: 'broken' }] };
			if (String(body).includes('broken')) return new Response('no', { status: 500 });
			return {
				capabilities: ['completion', 'tools'],
				model_info: { 'x.context_length': digest === 'one' ? 1_000 : 2_000 },
			};
		});
		const lists = isolate();
		const by = credential({ baseUrl: 'http://llama', apiKey: null });
		lists.list('llama', by);
		await settled();
		expect(lists.list('llama', by)?.models).toEqual([
			{
				id: 'a:latest',
				digest: 'a',
				kind: 'chat',
				contextWindow: 1_000,
				input: ['text'],
				tools: true,
				reasoning: false,
			},
			expect.objectContaining({ id: 'b:latest', contextWindow: 1_000 }),
			{ id: 'broken' },
		]);
		digest = 'two';
		await time.advance(10 * MINUTE);
		sent.splice(0);
		lists.list('llama', by);
		await settled();
		expect(sent.map(({ body }) => body)).toEqual([undefined, '{"model":"b:latest"}', '{"model":"broken"}']);
		expect(lists.list('llama', by)?.models.map(({ contextWindow }) => contextWindow)).toEqual([
			1_000,
			2_000,
			undefined,
		]);
	});

	it('of LM Studio is its own, else OpenAI’s', async () => {
		const by = credential({ baseUrl: 'http://studio/v1' });
		const newer = world(() => ({ models: [{ key: 'own', type: 'llm', max_context_length: 4_096 }] }));
		const lists = newer.isolate();
		await lists.refresh('studio', by);
		expect(newer.paths()).toEqual(['GET http://studio/api/v1/models']);
		expect(lists.list('studio', by)?.models).toEqual([{ id: 'own', kind: 'chat', contextWindow: 4_096 }]);
		const older = world(({ url }) => (url.includes('/api/') ? new Response('no', { status: 404 }) : names('plain')));
		const olderLists = older.isolate();
		await olderLists.refresh('studio', by);
		expect(older.paths()).toEqual(['GET http://studio/api/v1/models', 'GET http://studio/v1/models']);
		expect(ids(olderLists.list('studio', by))).toEqual(['plain']);
	});
});

it('keeps what was read last where memory runs full', async () => {
	const many = Array.from({ length: 2_000 }, (_, at) => `m${at}`);
	const { isolate, settled } = world(() => names(...many));
	const memory: ListMemory = new Map();
	const lists = isolate(memory);
	for (let row = 0; row < 15; row += 1) {
		lists.list('server', credential({ rowId: `row${row}` }));
		await settled();
	}
	expect([...memory.keys()]).toEqual(Array.from({ length: 10 }, (_, at) => `models:server:row${at + 5}`));
});
