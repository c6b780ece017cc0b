import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Floats } from '../../src/doors/openai-embeddings/response';
import type { EmbedAnswer } from '../../src/gateway/call';
import { usageOf } from '../../src/language/usage';
import { doorApp, meta } from '../support/door-app';
import { type Script, sentJson, world } from '../support/scripted-gateway';

const PATH = '/v1/embeddings';

const answer = (vectors: number[][], usage: EmbedAnswer['response']['usage'] = usageOf({ input: 6 })): EmbedAnswer => ({
	response: { model: 'embed-2026', embeddings: vectors, usage },
	meta: meta({ context: null }),
});

const door = (vectors: number[][] = [[0.5, -1]]) => doorApp({ embed: () => answer(vectors) });

function floatsOf(base64: string): number[] {
	const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
	const view = new DataView(bytes.buffer);
	return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
}

describe('the embeddings door', () => {
	it('lists vectors with usage and cost, and says who answered', async () => {
		const response = await door([[0.5, -1], [2]]).post(PATH, { model: 'mock/embed', input: ['a', 'b'] });
		expect(response.headers.get('x-switchyard-provider')).toBe('mock');
		expect(response.headers.get('x-switchyard-cost-usd')).toBe('0.000015');
		expect(await response.json()).toEqual({
			object: 'list',
			data: [
				{ object: 'embedding', index: 0, embedding: [0.5, -1] },
				{ object: 'embedding', index: 1, embedding: [2] },
			],
			model: 'embed-2026',
			usage: { prompt_tokens: 6, total_tokens: 6, cost: 0.000015 },
		});
	});

	it.each([
		['a text', 'hello', ['hello']],
		['texts', ['a', 'b'], ['a', 'b']],
		['tokens', [1, 2, 3], [[1, 2, 3]]],
		['arrays of tokens', [[1, 2], [3]], [[1, 2], [3]]],
	])('takes %s', async (_, input, expected) => {
		const app = door();
		await app.post(
			PATH,
			{ input, dimensions: 64, user: 'u', metadata: { run_id: 'r' }, switchyard: { tags: ['t'] } },
			{ 'x-switchyard-agent': 'search' },
		);
		expect(app.gateway.embeds).toMatchObject([
			{
				requestId: 'id-1',
				agent: 'search',
				fallback: true,
				request: { input: expected, dimensions: 64, user: 'u', runId: 'r', tags: ['t'] },
			},
		]);
		expect(app.gateway.embeds[0]?.request).not.toHaveProperty('model');
	});

	it.each<[unknown, string]>([
		[undefined, 'input'],
		['', 'input'],
		[[], 'input'],
		[7, 'input'],
		[{ text: 'a' }, 'input'],
		[['a', ''], 'input[1]'],
		[['a', 1], 'input[1]'],
		[[1, 'a'], 'input[1]'],
		[[1, -1], 'input[1]'],
		[[[1], []], 'input[1]'],
		[[[1], [2, 0.5]], 'input[1][1]'],
	])('refuses the input %j and names %s', async (input, param) => {
		const response = await door().post(PATH, { input });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', param } });
	});

	it.each([
		[{ input: 'a', encoding_format: 'hex' }, 'encoding_format'],
		[{ input: 'a', dimensions: 0 }, 'dimensions'],
	])('refuses %j', async (body, param) => {
		expect(await (await door().post(PATH, body)).json()).toMatchObject({ error: { param } });
	});

	it.each([
		['query', 'query'],
		['search_query', 'query'],
		['RETRIEVAL_QUERY', 'query'],
		['document', 'document'],
		['search_document', 'document'],
		['passage', 'document'],
		['classification', 'classification'],
		['clustering', 'clustering'],
		['SEMANTIC_SIMILARITY', 'similarity'],
	])('takes the input_type %s for %s', async (input_type, inputType) => {
		const app = door();
		const response = await app.post(PATH, { input: 'a', input_type });
		expect(app.gateway.embeds[0]?.request).toMatchObject({ inputType });
		expect(response.headers.has('x-switchyard-warnings')).toBe(false);
	});

	it('refuses an input_type that is none, and fields of ours that are not', async () => {
		expect(await (await door().post(PATH, { input: 'a', input_type: 'poem' })).json()).toMatchObject({
			error: { code: 'invalid_request', param: 'input_type' },
		});
		expect(await (await door().post(PATH, { input: 'a', switchyard: { strict: true } })).json()).toMatchObject({
			error: { param: 'switchyard.strict' },
		});
	});

	it('names fields it does not know', async () => {
		const body = { input: 'a', truncate: true, metadata: { team: 'x' }, switchyard: { receipt: true } };
		const response = await door().post(PATH, body);
		expect(response.headers.get('x-switchyard-warnings')).toBe('truncate, metadata');
		expect(await response.json()).toMatchObject({
			switchyard: { warnings: [{ field: 'truncate' }, { field: 'metadata' }] },
		});
	});

	it('sends base64 where it is asked for, and the receipt', async () => {
		const response = await door([[0.5, -1]]).post(
			PATH,
			{ input: 'a', encoding_format: 'base64' },
			{ 'x-switchyard-receipt': 'true' },
		);
		const body = (await response.json()) as { data: { embedding: string }[]; switchyard: object };
		expect(floatsOf(body.data[0]?.embedding ?? '')).toEqual([0.5, -1]);
		expect(body.switchyard).toMatchObject({ provider: 'mock', cost: 0.000015 });
	});

	it('gives no zeros where usage is unknown', async () => {
		const app = doorApp({ embed: () => answer([[1]], null) });
		expect(await (await app.post(PATH, { input: 'a' })).json()).toMatchObject({ usage: null });
	});
});

describe('the embeddings door on the path', () => {
	/** Embeds each text as its length. */
	const lengths: Script = (request) => {
		const { input } = sentJson(request) as { input: string[] };
		return Response.json({
			model: 'embed-test',
			data: input.map((text, index) => ({ index, embedding: [text.length] })),
			usage: { prompt_tokens: input.length, total_tokens: input.length },
		});
	};

	const credential = (baseUrl: string) => ({
		rowId: null,
		name: 'row',
		source: 'environment' as const,
		apiKey: 'key',
		baseUrl,
		trust: 'operator' as const,
		config: {},
	});

	function opened() {
		const asked = world({
			upstream: [lengths],
			snapshot: {
				credentials: Object.fromEntries(
					['openai', 'openrouter', 'mistral', 'google', 'cohere', 'ollama'].map((id) => [
						id,
						[credential(`https://${id}.test/v1`)],
					]),
				),
			},
		});
		return { app: doorApp({ embed: (call) => asked.gateway.embed(call) }), sent: asked.sent };
	}

	it('splits more inputs than OpenAI takes, and answers in their order', async () => {
		const { app, sent } = opened();
		const input = Array.from({ length: 2_049 }, (_, at) => 'x'.repeat((at % 5) + 1));
		const body = (await (await app.post(PATH, { model: 'openai/embed-test', input })).json()) as {
			data: { index: number; embedding: number[] }[];
			usage: object;
		};
		expect(sent).toHaveLength(2);
		expect(body.data.map(({ embedding }) => embedding[0])).toEqual(input.map((text) => text.length));
		expect(body.data.at(-1)?.index).toBe(2_048);
		expect(body.usage).toMatchObject({ prompt_tokens: 2_049 });
	});

	it.each(['mistral', 'google', 'cohere', 'ollama'])('refuses token ids at %s before any call', async (provider) => {
		const { app, sent } = opened();
		const response = await app.post(PATH, { model: `${provider}/embed-x`, input: [[1, 2]] });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', param: 'input' } });
		expect(sent).toHaveLength(0);
	});

	it('says what the vectors are for where that is taken, and names it where it is not', async () => {
		const { app, sent } = opened();
		const told = await app.post(PATH, { model: 'openrouter/embed-x', input: 'a', input_type: 'query' });
		expect(told.headers.get('x-switchyard-warnings')).toBeNull();
		expect(sentJson(sent[0])).toMatchObject({ input_type: 'search_query' });
		const lost = await app.post(PATH, { model: 'openai/embed-x', input: 'a', input_type: 'query' });
		expect(lost.headers.get('x-switchyard-warnings')).toBe('inputType');
		expect(sentJson(sent[1])).not.toHaveProperty('input_type');
	});

	it("names a provider's option that the gateway decides in its own words", async () => {
		const { app } = opened();
		const switchyard = { provider_options: { openai: { model: 'other' } } };
		expect(await (await app.post(PATH, { model: 'openai/embed-x', input: 'a', switchyard })).json()).toMatchObject({
			error: { param: 'switchyard.provider_options.openai.model' },
		});
	});
});

describe('base64 of a vector', () => {
	it('is its values as little-endian float32, at any length', () => {
		expect(base64Floats([1])).toBe('AACAPw==');
		fc.assert(
			fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 5_000 }), (vector) => {
				expect(floatsOf(base64Floats(vector))).toEqual(vector);
			}),
			{ numRuns: 30 },
		);
	});
});
