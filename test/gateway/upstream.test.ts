import { describe, expect, it } from 'vitest';
import { readText } from '../../src/gateway/upstream';

const never = new AbortController().signal;
const stated = (text: string, headers: Record<string, string> = {}): Response =>
	new Response(text, { headers: { 'content-length': '5', ...headers } });

describe('the body of an answer', () => {
	it('is read whole where its stated length is within the limit', async () => {
		expect(await readText(stated('hello'), 5, never, 'refuse')).toBe('hello');
	});

	it('is counted as it unfolds where it was compressed, since its stated length is of the compressed bytes', async () => {
		const bomb = () => stated('x'.repeat(1_000), { 'content-encoding': 'gzip' });
		await expect(readText(bomb(), 100, never, 'refuse')).rejects.toMatchObject({ code: 'upstream_malformed' });
		expect((await readText(bomb(), 2_000, never, 'refuse')).length).toBe(1_000);
	});
});
