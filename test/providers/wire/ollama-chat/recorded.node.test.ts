import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ollamaChat, ollamaEmbeddings } from '../../../../src/providers/wire/ollama-chat';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import { describeWire, type WireCase } from '../../../support/wire-contract';

const FOLDER = join(import.meta.dirname, '../../../../../shared/fixtures/ollama');
const recorded = existsSync(FOLDER);
const read = (file: string): string => (recorded ? readFileSync(join(FOLDER, file), 'utf8') : '');

const NATIVE: readonly WireCase[] = [
	{
		name: 'chat-stream.ndjson',
		body: read('chat-stream.ndjson'),
		tokens: { prompt: 17, completion: 50 },
		answer: (answer) => expect(answer).toMatchObject({ model: 'llama3', finish: { kind: 'stop' } }),
	},
	{ name: 'chat.json', json: read('chat.json'), tokens: { prompt: 17, completion: 66 } },
	{ name: 'chat-tools.json', json: read('chat-tools.json'), tokens: { prompt: 44, completion: 113 } },
	{
		name: 'doc-chat-tools-stream.ndjson',
		body: read('doc-chat-tools-stream.ndjson'),
		tokens: { prompt: 169, completion: 15 },
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'tool-calls', raw: 'stop' });
			expect(answer.content).toMatchObject([{ name: 'get_weather', arguments: '{"city":"Tokyo"}' }]);
		},
	},
	{
		name: 'doc-chat-tools.json',
		json: read('doc-chat-tools.json'),
		tokens: { prompt: 169, completion: 18 },
		answer: (answer) => expect(answer.finish.kind).toBe('tool-calls'),
	},
	{
		name: 'doc-error-midstream.ndjson',
		body: read('doc-error-midstream.ndjson'),
		ends: 'error',
		error: (error) => expect(error.code).toBe('upstream_malformed'),
	},
];

/** Its OpenAI-shaped API, which a row of `custom` reaches. */
const COMPATIBLE: readonly WireCase[] = [
	{ name: 'v1-stream.sse', body: read('v1-stream.sse') },
	{
		name: 'v1-reasoning-stream-local.sse',
		body: read('v1-reasoning-stream-local.sse'),
		answer: (answer) => expect(answer.content[0]?.type).toBe('reasoning'),
	},
	{
		name: 'v1-tools-stream.turn1.sse',
		body: read('v1-tools-stream.turn1.sse'),
		answer: (answer) => expect(answer.finish.kind).toBe('tool-calls'),
	},
	{ name: 'v1-tools-stream.turn2.sse', body: read('v1-tools-stream.turn2.sse') },
	{ name: 'v1-json-schema.json', json: read('v1-json-schema.json') },
];

/** Read below, by name. */
const ALONE = ['doc-embed.json', 'doc-embed-batch.json', 'doc-error-404.json'];
/** Lists models: no answer of a wire. */
const NOT_APPLICABLE = ['doc-tags.json'];

describe.skipIf(!recorded)('recorded by Ollama', () => {
	describeWire('answers', ollamaChat, { finishMarker: /"done":\s?true/ }, NATIVE);
	describeWire('compatible answers', openaiChat, { finishMarker: /"finish_reason":\s*"[a-z_]+"/ }, COMPATIBLE);

	it('every file is read by some test, or named as none of the wires', () => {
		const named = [...[...NATIVE, ...COMPATIBLE].map((one) => one.name), ...ALONE, ...NOT_APPLICABLE];
		const files = readdirSync(FOLDER).filter((file) => !file.endsWith('.meta.json'));
		expect(files.sort()).toEqual(named.sort());
	});

	it('a model that is not there', () => {
		expect(ollamaChat.fromError(404, new Headers(), read('doc-error-404.json'))).toMatchObject({
			code: 'model_not_found',
			message: "model 'nope' not found",
		});
	});

	it('embeddings, one and many', () => {
		expect(ollamaEmbeddings.fromResponse(read('doc-embed.json'), 1)).toMatchObject({ usage: { input: 8 } });
		const many = ollamaEmbeddings.fromResponse(read('doc-embed-batch.json'), 2);
		expect(many.embeddings.map((one) => one.length)).toEqual([10, 10]);
		expect(many.usage).toBeNull();
	});
});
