import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import { framerOf } from '../../../../src/providers/framing';
import { bedrockConverse, bedrockEmbeddings } from '../../../../src/providers/wire/bedrock-converse';
import { type Json, objectOf } from '../../../../src/providers/wire/json';
import { awsBody } from '../../../support/aws-event-bytes';
import { decodeBytes, describeWire, type WireCase } from '../../../support/wire-contract';

const FOLDER = '../shared/fixtures/bedrock/';
const recorded = existsSync(FOLDER);
const files = recorded ? readdirSync(FOLDER).filter((file) => !file.endsWith('.meta.json')) : [];
const text = (file: string): string => readFileSync(FOLDER + file, 'utf8');

/** Other APIs of Bedrock: Anthropic's own events through InvokeModel, OpenAI's Responses at Mantle. */
const NOT_CONVERSE = ['invoke-stream-claude.bin', 'mantle-responses-stream.sse'];
const EMBEDDINGS = ['embed-cohere-v4.json', 'embed-nova.json', 'embed-titan-v1.json'];
const ERRORS = [
	['doc-err-429.json', 429, 'ThrottlingException', 'rate_limited', 'rate-limited'],
	[
		'err-context-length.json',
		400,
		'ValidationException:http://internal.amazon.com/',
		'context_too_long',
		'context-too-long',
	],
	['err-expired-token.json', 403, 'ExpiredTokenException:http://internal.amazon.com/', 'upstream_rejected', 'key-dead'],
	['err-invalid-model.json', 400, null, 'model_not_found', 'model-missing'],
] as const;

function bytesOf(file: string): Uint8Array {
	if (file.endsWith('.bin')) return new Uint8Array(readFileSync(FOLDER + file));
	const events = text(file)
		.trim()
		.split('\n')
		.flatMap((line) => Object.entries(JSON.parse(line) as Json));
	return awsBody(events);
}

function framesOf(bytes: Uint8Array) {
	const framer = framerOf('aws-events');
	return [...framer.push(bytes), ...framer.end()];
}

function tokensOf(usage: Json | undefined): WireCase['tokens'] {
	if (!usage) return undefined;
	const of = (field: string) => Number(usage[field] ?? 0);
	return {
		prompt: of('inputTokens') + of('cacheReadInputTokens') + of('cacheWriteInputTokens'),
		completion: of('outputTokens'),
	};
}

const BROKEN: Readonly<Record<string, WireCase['error']>> = {
	'doc-stream-badcrc.bin': (error) => expect(error.code).toBe('upstream_malformed'),
	'doc-stream-modelerror-midstream.bin': (error) =>
		expect(error).toMatchObject({ code: 'upstream_unavailable', retryable: true, upstream: { status: 424 } }),
	'doc-stream-throttled-midstream.bin': (error) =>
		expect(error).toMatchObject({ code: 'rate_limited', upstream: { failure: 'rate-limited', status: 429 } }),
	'doc-stream-truncated.bin': (error) => expect(error).toMatchObject({ upstream: { failure: 'network' } }),
};

const streams = files.filter((file) => file.endsWith('.bin') || file.endsWith('.chunks.txt'));
const answers = files.filter((file) => file.endsWith('.json'));
const converses = answers.filter((file) => !EMBEDDINGS.includes(file) && !ERRORS.some(([error]) => error === file));

function streamCase(name: string): WireCase {
	const body = bytesOf(name);
	if (name in BROKEN) return { name, body, ends: 'error', ...(BROKEN[name] && { error: BROKEN[name] }) };
	const metadata = framesOf(body).find((frame) => frame.event === 'metadata');
	const tokens = tokensOf(objectOf(objectOf(JSON.parse(metadata?.data ?? '{}'))?.usage));
	return { name, body, ...(tokens && { tokens }) };
}

describe.skipIf(!recorded)('recorded answers', () => {
	describeWire('of Converse', bedrockConverse, { finishMarker: /"stopReason":"/ }, [
		...streams.filter((file) => !NOT_CONVERSE.includes(file)).map(streamCase),
		...converses.map((name): WireCase => {
			const json = text(name);
			const tokens = tokensOf(objectOf(JSON.parse(json).usage));
			return { name, json, ...(tokens && { tokens }) };
		}),
	]);

	it('are all read, or named as another API’s', () => {
		const known = [...streams, ...converses, ...EMBEDDINGS, ...ERRORS.map(([file]) => file), ...NOT_CONVERSE];
		expect(files.filter((file) => !known.includes(file))).toEqual([]);
		for (const file of [...NOT_CONVERSE, ...EMBEDDINGS, ...Object.keys(BROKEN)]) expect(files).toContain(file);
	});

	const streamed = (file: string, plan = {}) => collect(decodeBytes(bedrockConverse, bytesOf(file), 4096, plan));
	const whole = (file: string, plan = {}) => bedrockConverse.fromResponse(text(file), plan);

	it('hold what their names promise', () => {
		expect(whole('cache-roundtrip.turn1.json').usage).toMatchObject({ cacheWrite5m: 7351, cacheRead: 0, input: 10 });
		expect(whole('cache-roundtrip.turn2.json').usage).toMatchObject({ cacheWrite5m: 0, cacheRead: 7351, input: 10 });
		expect(streamed('stream-prompt-cache.turn2.bin').usage).toMatchObject({ cacheRead: 1028, input: 12, output: 250 });
		expect(whole('guardrail.json').finish.raw).toMatch(/./);
		expect(streamed('stream-handled-error.bin').finish).toEqual({ kind: 'length', raw: 'max_tokens' });
		expect(streamed('stream-gpt-oss-empty-delta.bin').content.map((part) => part.type)).toEqual(['reasoning', 'text']);
		expect(JSON.parse((streamed('stream-structured-output.bin').content[0] as { text: string }).text)).toEqual({
			city: 'Paris',
			country: 'France',
			population: 2161000,
		});
	});

	it('hold tool calls with whole arguments, several of a turn too', () => {
		const nova = streamed('stream-tools-nova.turn1.bin');
		expect(nova.finish).toEqual({ kind: 'tool-calls', raw: 'tool_use' });
		expect(nova.content.slice(1)).toMatchObject([
			{ type: 'tool-call', name: 'get_current_weather', arguments: '{"location":"Seattle"}' },
			{ type: 'tool-call', name: 'get_current_weather', arguments: '{"location":"San Francisco"}' },
		]);
		const [claude] = streamed('stream-tools-claude.turn1.bin').content;
		expect(claude).toMatchObject({ type: 'tool-call', id: 'tooluse_FQQ2AuomSWSry_S27YpRbA' });
		expect(JSON.parse((claude as { arguments: string }).arguments).cities).toHaveLength(10);
	});

	it('hold reasoning with a signature that says whose it is', () => {
		const [thought] = streamed('stream-thinking.bin', { signatures: 'anthropic' }).content;
		expect(thought).toMatchObject({ type: 'reasoning', signature: expect.stringMatching(/^E[\w+/=]+$/) });
		const [other] = streamed('stream-thinking.bin', { signatures: 'bedrock' }).content;
		expect(other).toMatchObject({ signature: expect.stringMatching(/^bedrock:E/) });
		const [first, second] = whole('thinking-adaptive.turn1.json', { signatures: 'anthropic' }).content;
		expect([first?.type, second?.type]).toEqual(['reasoning', 'text']);
	});

	it('hold citations ahead of the text they are about', () => {
		expect(streamed('stream-citations-claude.bin').content).toMatchObject([
			{
				type: 'text',
				text: 'Ruby was created by Yukihiro Matsumoto in 1993.',
				annotations: [{ type: 'file-citation', title: 'facts', raw: { title: 'facts' } }],
			},
		]);
	});

	it.each(ERRORS)('%s with %i is the failure it names', (file, status, type, code, failure) => {
		const headers = new Headers(type === null ? {} : { 'x-amzn-errortype': type });
		const error = bedrockConverse.fromError(status, headers, text(file));
		expect(error).toMatchObject({ code, upstream: { failure, status } });
	});
});

describe.skipIf(!recorded)('recorded embeddings', () => {
	it.each(EMBEDDINGS)('%s has its vector and its count, from the body or the header', (file) => {
		const meta = JSON.parse(text(file.replace('.json', '.meta.json')));
		const { embeddings, usage } = bedrockEmbeddings.fromResponse(text(file), 1, {}, new Headers(meta.response.headers));
		expect(embeddings).toHaveLength(1);
		expect(embeddings[0]?.length).toBeGreaterThan(200);
		expect(usage?.input).toBe(Number(meta.response.headers['x-amzn-bedrock-input-token-count']));
	});

	it.each([
		['embed-cohere-v4.json', { input: ['Test dimensions setting'], dimensions: 512, inputType: 'query' }],
		['embed-nova.json', { input: ['Test Nova dimensions'], dimensions: 256, inputType: 'query' }],
		['embed-titan-v1.json', { input: ['Hello, world!'] }],
	] as const)('%s is asked for as it was recorded', (file, request) => {
		const meta = JSON.parse(text(file.replace('.json', '.meta.json'))).request;
		const { pathname } = new URL(meta.url);
		const model = decodeURIComponent(pathname.split('/')[2] ?? '');
		const wired = bedrockEmbeddings.toRequest(request, { providerId: 'bedrock', model, quirks: {} });
		expect(wired.path).toBe(pathname);
		// Said, though it is the default: another type would not be read.
		const { embedding_types, ...body } = JSON.parse(wired.body);
		expect(body).toEqual(meta.body);
		expect(embedding_types ?? ['float']).toEqual(['float']);
	});
});
