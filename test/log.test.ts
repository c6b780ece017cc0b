import { describe, expect, it } from 'vitest';
import { logger } from '../src/log';

const lines = (threshold: 'debug' | 'info' | 'warn' | 'error') => {
	const written: string[] = [];
	return { written, log: logger(threshold, (_level, line) => written.push(line)) };
};

describe('a log line', () => {
	it('is one JSON object with its level and event', () => {
		const { written, log } = lines('info');
		log('info', 'request', { provider: 'openai', costNanoUsd: 12_345_678_901_234_567_890n });
		expect(JSON.parse(written[0] ?? '')).toEqual({
			level: 'info',
			event: 'request',
			provider: 'openai',
			costNanoUsd: '12345678901234567890',
		});
	});

	it('below the threshold is not written', () => {
		const { written, log } = lines('warn');
		log('info', 'request', {});
		log('error', 'broken', {});
		expect(written).toHaveLength(1);
	});

	it.each([
		['a gateway key', 'sy_abc123def456_AbCdEfGhIjKlMnOpQrStUvWxYz012345', 'AbCdEfGhIjKl'],
		['a provider key', 'sk-proj-abcdefghijklmnop', 'abcdefghijklmnop'],
		['a bearer credential', 'Authorization: Bearer eyJhbGciOi.abc', 'eyJhbGciOi'],
	])('never holds %s', (_what, value, secret) => {
		const { written, log } = lines('debug');
		log('error', 'leak', { value, nested: { value }, error: new Error(value) });
		expect(written[0]).not.toContain(secret);
		expect(() => JSON.parse(written[0] ?? '')).not.toThrow();
	});
});
