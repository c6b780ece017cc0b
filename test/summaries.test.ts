import { describe, expect, it } from 'vitest';
import { type SummaryMemory, summaries, summaryMemory } from '../src/summaries';
import { keyRing } from '../src/vault/seal';

const KEY = btoa(String.fromCharCode(...new Uint8Array(32).fill(1)));
const OTHER_KEY = btoa(String.fromCharCode(...new Uint8Array(32).fill(2)));
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

interface Put {
	readonly name: string;
	readonly value: string;
	readonly ttl: number | undefined;
}

function store() {
	const values = new Map<string, string>();
	const puts: Put[] = [];
	const gets: string[] = [];
	const state = { broken: false };
	const kv = {
		get: async (name: string) => {
			gets.push(name);
			if (state.broken) throw new Error('KV is away');
			return values.get(name) ?? null;
		},
		put: async (name: string, value: string, options?: { expirationTtl?: number }) => {
			if (state.broken) throw new Error('KV is away');
			puts.push({ name, value, ttl: options?.expirationTtl });
			values.set(name, value);
		},
	};
	return { values, puts, gets, state, kv: kv as unknown as Pick<KVNamespace, 'get' | 'put'> };
}

interface Setting {
	readonly memory?: SummaryMemory;
	readonly organizationId?: string;
	readonly key?: string | null;
	readonly old?: readonly string[];
}

function isolate({ kv }: ReturnType<typeof store>, setting: Setting = {}) {
	const { memory = summaryMemory(), organizationId = 'org1', key = KEY, old = [] } = setting;
	const clock = { now: 1_000 };
	const work: Promise<unknown>[] = [];
	const port = summaries({
		memory,
		organizationId,
		kv,
		ring: () => keyRing(key, old, random),
		time: { now: () => clock.now },
		defer: (one) => {
			work.push(one);
		},
	});
	return { ...port, memory, clock, settled: () => Promise.all(work) };
}

const TEXT = 'The user lives in Graz.';

describe('a summary that was written', () => {
	it('is there at once in its isolate, and for a day in every other', async () => {
		const kv = store();
		const first = isolate(kv);
		first.write('name', TEXT);
		expect(await first.read('name')).toBe(TEXT);
		await first.settled();
		expect(kv.gets).toEqual([]);
		expect(kv.puts.map(({ name, ttl }) => [name, ttl])).toEqual([['summary:name', 86_400]]);
		const second = isolate(kv);
		expect(await second.read('name')).toBe(TEXT);
		expect(await second.read('name')).toBe(TEXT);
		expect(kv.gets).toEqual(['summary:name']);
	});

	it('lies nowhere readable', async () => {
		const kv = store();
		const { write, settled } = isolate(kv);
		write('name', TEXT);
		await settled();
		expect(kv.puts).toHaveLength(1);
		for (const { value } of kv.puts) expect(value + atobAll(value)).not.toMatch(/Graz|user/);
	});

	it('is none for another organization, from memory and from KV, whatever its name', async () => {
		const kv = store();
		const memory = summaryMemory();
		const own = isolate(kv, { memory });
		own.write('name', TEXT);
		await own.settled();
		expect(await isolate(kv, { memory, organizationId: 'org2' }).read('name')).toBeNull();
		expect(await isolate(kv, { organizationId: 'org2' }).read('name')).toBeNull();
		kv.values.set('summary:another', kv.values.get('summary:name') ?? '');
		expect(await isolate(kv).read('another')).toBeNull();
	});

	it('opens after the key was rotated, and not once that key is gone', async () => {
		const kv = store();
		const { write, settled } = isolate(kv);
		write('name', TEXT);
		await settled();
		expect(await isolate(kv, { key: OTHER_KEY, old: [KEY] }).read('name')).toBe(TEXT);
		expect(await isolate(kv, { key: OTHER_KEY }).read('name')).toBeNull();
	});

	it('stays in memory alone where there is no key to seal it with', async () => {
		const kv = store();
		const { write, read, settled } = isolate(kv, { key: null });
		write('name', TEXT);
		await settled();
		expect(await read('name')).toBe(TEXT);
		expect(kv.puts).toEqual([]);
	});

	it('is as none where KV holds garbage or is away', async () => {
		const kv = store();
		for (const value of ['', 'x', 'v1.a.b.c', TEXT, '{"text":"no"}']) {
			kv.values.set('summary:name', value);
			expect(await isolate(kv).read('name')).toBeNull();
		}
		kv.state.broken = true;
		const { read, write, settled } = isolate(kv);
		expect(await read('name')).toBeNull();
		write('name', TEXT);
		await settled();
		expect(await read('name')).toBe(TEXT);
	});
});

const atobAll = (envelope: string): string =>
	envelope
		.split('.')
		.map((part) => atob(part.replaceAll('-', '+').replaceAll('_', '/')))
		.join('');

describe('what an isolate keeps', () => {
	it('is 256 summaries at most: the one that was used longest ago goes first', async () => {
		const kv = store();
		kv.state.broken = true;
		const { read, write, memory } = isolate(kv);
		for (let at = 0; at < 256; at += 1) write(`${at}`, TEXT);
		expect(await read('0')).toBe(TEXT);
		write('one more', TEXT);
		expect(memory.kept.size).toBe(256);
		expect(await read('0')).toBe(TEXT);
		expect(await read('1')).toBeNull();
	});

	it('is a megabyte at most, and nothing of a length that none has', async () => {
		const kv = store();
		kv.state.broken = true;
		const { read, write, memory } = isolate(kv);
		for (let at = 0; at < 40; at += 1) write(`${at}`, 'x'.repeat(30_000));
		write('39', 'y'.repeat(20_000));
		const length = [...memory.kept.values()].reduce((sum, text) => sum + text.length, 0);
		expect(memory.length).toBe(length);
		expect(length * 2).toBeLessThanOrEqual(1_048_576);
		expect(length * 2).toBeGreaterThan(900_000);
		expect(await read('39')).toBe('y'.repeat(20_000));
		expect(await read('0')).toBeNull();
		write('huge', 'x'.repeat(40_000));
		expect(await read('huge')).toBeNull();
	});
});

describe('the writing of a summary', () => {
	it('is one request’s at a time, which hears that another wants it', () => {
		const memory = summaryMemory();
		const kv = store();
		const one = isolate(kv, { memory });
		const other = isolate(kv, { memory });
		const work = one.begin('name', 500);
		expect(work?.wanted()).toBe(false);
		expect(other.writing('name')).toBe(true);
		expect(other.begin('name', 500)).toBeNull();
		expect(work?.wanted()).toBe(true);
		expect(isolate(kv, { memory, organizationId: 'org2' }).writing('name')).toBe(false);
		work?.end();
		expect(other.writing('name')).toBe(false);
		expect(other.begin('name', 500)?.wanted()).toBe(false);
	});

	it('is over when its time is, and a late end takes nothing from who came after', () => {
		const { begin, writing, clock } = isolate(store());
		const first = begin('name', 500);
		clock.now += 500;
		expect(writing('name')).toBe(false);
		expect(begin('name', 500)).not.toBeNull();
		first?.end();
		expect(writing('name')).toBe(true);
	});
});
