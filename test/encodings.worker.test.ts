import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { encodingMemory, encodings } from '../src/encodings';
import { time } from '../src/wiring';

function loaded(path: string | null = null) {
	const logged: string[] = [];
	const port = encodings({
		memory: encodingMemory(),
		assets: { fetch: (url) => env.ASSETS.fetch(path === null ? url : new URL(path, url)) },
		time,
		defer: () => undefined,
		log: (_level, event) => logged.push(event),
	});
	return { port, logged };
}

describe('in the runtime, an encoding', () => {
	it.each([
		['o200k_base', 4, 6],
		['cl100k_base', 4, 14],
	] as const)('comes from the static assets: %s', async (name, words, greek) => {
		const { port, logged } = loaded();
		const encoding = await port.load(name);
		expect(encoding?.count('Hello, world!')).toBe(words);
		expect(encoding?.count('Καλημέρα κόσμε')).toBe(greek);
		expect(encoding?.count('x'.repeat(100_000))).toBeGreaterThan(1_000);
		expect(logged).toEqual([]);
	});

	it('is not there where the assets answer with a page', async () => {
		const { port, logged } = loaded('/no/such/file');
		expect(await port.load('o200k_base')).toBe(null);
		expect(logged).toEqual(['encoding-load-failed']);
	});
});
