import { describe, expect, it } from 'vitest';
import type { PullProgress } from '../../../../src/providers/provider';
import { ollamaChat } from '../../../../src/providers/wire/ollama-chat';

function decoder() {
	const { pulling } = ollamaChat;
	if (!pulling) throw new Error('Ollama pulls models');
	return pulling.decoder();
}

function pulled(...lines: object[]): (PullProgress | null)[] {
	const puller = decoder();
	const told = lines.map((line) => puller.push({ event: '', data: JSON.stringify(line) }));
	puller.end();
	return told;
}

const SUCCESS = { status: 'success' };
const layer = (digest: string, total: number, completed?: number) => ({
	status: `pulling ${digest}`,
	digest: `sha256:${digest}`,
	total,
	...(completed !== undefined && { completed }),
});

describe('a pull at Ollama', () => {
	it('is asked for as a stream', () => {
		const request = ollamaChat.pulling?.toRequest('hf.co/a/b:Q4_K_M');
		expect(request?.path).toBe('/api/pull');
		expect(JSON.parse(request?.body ?? '')).toEqual({ model: 'hf.co/a/b:Q4_K_M', stream: true });
	});

	it('tells how far it is over all layers begun', () => {
		expect(
			pulled({ status: 'pulling manifest' }, layer('a', 900), layer('a', 900, 333), layer('b', 100, 50), SUCCESS),
		).toEqual([
			{ status: 'pulling manifest', completed: null, total: null, percent: null },
			{ status: 'pulling a', completed: 0, total: 900, percent: 0 },
			{ status: 'pulling a', completed: 333, total: 900, percent: 37 },
			{ status: 'pulling b', completed: 383, total: 1000, percent: 38.3 },
			{ status: 'success', completed: 1000, total: 1000, percent: 100 },
		]);
	});

	it('is done at once where the server has the model already', () => {
		expect(pulled(SUCCESS)).toEqual([{ status: 'success', completed: null, total: null, percent: 100 }]);
	});

	it('says nothing twice, and nothing of lines it does not know', () => {
		const told = pulled(
			layer('a', 9, 3),
			layer('a', 9, 3),
			{ hello: 1 },
			{ status: 'verifying sha256 digest' },
			SUCCESS,
			SUCCESS,
		);
		expect(told.map((one) => one?.status ?? null)).toEqual([
			'pulling a',
			null,
			null,
			'verifying sha256 digest',
			'success',
			null,
		]);
	});

	it('bears figures that can not be', () => {
		const told = pulled(
			layer('a', 10, 12),
			layer('b', 0),
			layer('c', 10, -4),
			{ ...layer('d', 1), total: 'x' },
			SUCCESS,
		);
		expect(told.map((one) => one?.percent ?? null)).toEqual([100, 100, 50, 50, 100]);
	});

	it('that stops before its end has failed', () => {
		expect(() => pulled({ status: 'pulling manifest' })).toThrow(
			expect.objectContaining({
				code: 'upstream_unavailable',
				upstream: expect.objectContaining({ failure: 'network' }),
			}),
		);
		expect(() => pulled()).toThrow(expect.objectContaining({ code: 'upstream_unavailable' }));
	});

	it.each([
		['pull model manifest: file does not exist', 'model_not_found', undefined],
		['invalid model name', 'invalid_request', 'model'],
		['write /models/x: no space left on device', 'upstream_unavailable', undefined],
		['', 'upstream_unavailable', undefined],
	])('throws what %j means', (error, code, param) => {
		const failed = error === '' ? { error: {} } : { error };
		expect(() => pulled({ status: 'pulling manifest' }, failed)).toThrow(expect.objectContaining({ code, param }));
	});

	it('says what the server said, without keys', () => {
		expect(() => pulled({ error: 'no space left on device, token=abcdef123456' })).toThrow(
			'The server could not pull the model: no space left on device, [redacted]',
		);
	});

	it('throws at what is no JSON', () => {
		expect(() => decoder().push({ event: '', data: 'oops' })).toThrow(
			expect.objectContaining({ code: 'upstream_malformed' }),
		);
	});
});
