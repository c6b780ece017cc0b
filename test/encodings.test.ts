import { describe, expect, it } from 'vitest';
import { ranksFile } from '../scripts/ranks.mjs';
import { type EncodingMemory, encodingMemory, encodings } from '../src/encodings';
import type { EncodingPort } from '../src/planner/encoding';
import { type VirtualTime, virtualTime } from './support/virtual-time';

type Asset = (url: string) => Promise<Response>;

interface Loading {
	readonly port: EncodingPort;
	readonly memory: EncodingMemory;
	readonly time: VirtualTime;
	readonly asked: string[];
	readonly logged: unknown[];
	/** What outlives the request. */
	readonly deferred: Promise<unknown>[];
}

const FILES = { o200k_base: ranksFile('o200k_base'), cl100k_base: ranksFile('cl100k_base') };
const whole: Asset = async (url) => new Response(FILES[url.includes('o200k') ? 'o200k_base' : 'cl100k_base']);
const page: Asset = async () => new Response(`<!doctype html>${' '.repeat(1_000)}`, { status: 200 });

function loading(asset: Asset, memory: EncodingMemory = encodingMemory()): Loading {
	const time = virtualTime();
	const asked: string[] = [];
	const logged: unknown[] = [];
	const deferred: Promise<unknown>[] = [];
	const port = encodings({
		memory,
		assets: {
			fetch(url) {
				asked.push(url);
				return asset(url);
			},
		},
		time,
		defer: (work) => {
			deferred.push(work);
		},
		log: (level, event, fields) => logged.push({ level, event, ...fields }),
	});
	return { port, memory, time, asked, logged, deferred };
}

/** Of a promise that needs the clock to move. */
async function moved<T>({ time }: Loading, ms: number, answer: Promise<T>): Promise<T> {
	await time.advance(ms);
	return answer;
}

describe('an encoding', () => {
	it('is loaded on first need, from its own file, and at hand from then on', async () => {
		const all = loading(whole);
		expect(all.memory.cl100k_base.encoding).toBe(null);
		const encoding = await moved(all, 10, all.port.load('cl100k_base'));
		expect(encoding?.name).toBe('cl100k_base');
		expect(encoding?.count('Hello, world!')).toBe(4);
		expect(all.memory.cl100k_base.encoding).toBe(encoding);
		expect(await all.port.load('cl100k_base')).toBe(encoding);
		expect(all.memory.o200k_base.encoding).toBe(null);
		expect((await moved(all, 10, all.port.load('o200k_base')))?.name).toBe('o200k_base');
		expect(all.asked.map((url) => new URL(url).pathname)).toEqual(['/ranks/cl100k_base.bin', '/ranks/o200k_base.bin']);
		expect(all.logged).toEqual([]);
	});

	it('is read once for all who ask meanwhile, in work that outlives the first of them', async () => {
		let answer = (_: Response): void => undefined;
		const all = loading(() => new Promise((resolve) => (answer = resolve)));
		const asked = Promise.all([1, 2, 3].map(() => all.port.load('cl100k_base')));
		await all.time.advance(500);
		const late = all.port.load('cl100k_base');
		answer(new Response(FILES.cl100k_base));
		const found = [...(await moved(all, 10, asked)), await late];
		expect(new Set(found).size).toBe(1);
		expect(found[0]?.name).toBe('cl100k_base');
		expect(all.asked).toHaveLength(1);
		expect(all.deferred).toHaveLength(1);
	});

	it.each<[string, Asset, string]>([
		['the console answers in its place', page, 'The ranks of o200k_base are no file of ranks.'],
		[
			'it is another file',
			async () => new Response(FILES.cl100k_base),
			'The ranks of o200k_base are those of cl100k_base.',
		],
		[
			'it is cut off',
			async () => new Response(FILES.o200k_base.slice(0, 40_000)),
			'The ranks of o200k_base are cut off.',
		],
		[
			'there is none',
			async () => new Response('no', { status: 404 }),
			"The ranks of o200k_base can't be had: status 404.",
		],
	])('is not there where %s, which is logged once', async (_why, asset, message) => {
		const all = loading(asset);
		const found = await moved(all, 20, Promise.all([all.port.load('o200k_base'), all.port.load('o200k_base')]));
		expect(found).toEqual([null, null]);
		expect(all.logged).toEqual([
			{
				level: 'error',
				event: 'encoding-load-failed',
				encoding: 'o200k_base',
				error: expect.objectContaining({ code: 'internal', message }),
			},
		]);
	});

	it('is not there where the asset can not be asked for', async () => {
		const all = loading(() => Promise.reject(new TypeError('Network connection lost.')));
		expect(await moved(all, 20, all.port.load('o200k_base'))).toBe(null);
		expect(all.logged).toHaveLength(1);
	});

	it('is tried again ten seconds after a failure, and not before', async () => {
		let broken = true;
		const all = loading((url) => (broken ? page(url) : whole(url)));
		expect(await moved(all, 20, all.port.load('cl100k_base'))).toBe(null);
		broken = false;
		await all.time.advance(9_000);
		expect(await all.port.load('cl100k_base')).toBe(null);
		expect(all.asked).toHaveLength(1);
		await all.time.advance(1_000);
		expect((await moved(all, 20, all.port.load('cl100k_base')))?.name).toBe('cl100k_base');
		expect(all.asked).toHaveLength(2);
	});

	it('is given up after three seconds, and there for the next once it has come', async () => {
		let answer = (_: Response): void => undefined;
		const all = loading(() => new Promise((resolve) => (answer = resolve)));
		const asked = Promise.all([all.port.load('cl100k_base'), all.port.load('cl100k_base')]);
		expect(await moved(all, 3_100, asked)).toEqual([null, null]);
		expect(all.logged).toEqual([
			{ level: 'error', event: 'encoding-load-failed', encoding: 'cl100k_base', error: 'not there after 3000 ms' },
		]);
		expect(await all.port.load('cl100k_base')).toBe(null);
		answer(new Response(FILES.cl100k_base));
		await all.time.advance(10);
		expect(all.memory.cl100k_base.encoding?.name).toBe('cl100k_base');
	});

	it('is loaded by another where the one who began is gone', async () => {
		const first = loading(() => new Promise(() => undefined));
		void first.port.load('cl100k_base');
		const second = loading(whole, first.memory);
		const asked = second.port.load('cl100k_base');
		await second.time.advance(1_400);
		expect(second.asked).toHaveLength(0);
		expect((await moved(second, 200, asked))?.name).toBe('cl100k_base');
		expect(second.asked).toHaveLength(1);
		expect([first.logged, second.logged]).toEqual([[], []]);
	});
});
