/** The API's own bytes; each file is an answer of the chat or said to be something else. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completionTokens, promptTokens } from '../../../../src/language/usage';
import { googleGenerate } from '../../../../src/providers/wire/google-generate';
import { googleEmbeddings } from '../../../../src/providers/wire/google-generate/embed';
import { describeWire, type WireCase } from '../../../support/wire-contract';
import { sse } from './answers';

const FOLDER = '../shared/fixtures/google';
const recorded = existsSync(FOLDER);
const files = recorded ? readdirSync(FOLDER).filter((file) => !file.endsWith('.meta.json')) : [];
const read = (file: string): string => readFileSync(`${FOLDER}/${file}`, 'utf8');

/** Not answers of the chat: what each is, and so where it is read below. */
const OTHERS: Readonly<Record<string, 'count' | 'error' | 'embedding'>> = {
	'count-tokens-generate-request.turn1.json': 'count',
	'count-tokens-generate-request.turn2.json': 'count',
	'doc-err-503.json': 'error',
	'doc-openai-compat-err.json': 'error',
	'embed-batch.json': 'embedding',
	'embed-single-dims.json': 'embedding',
	'err-429-quota.json': 'error',
	'err-context-length-vertex.json': 'error',
	'err-invalid-key.json': 'error',
	'err-model-not-found.json': 'error',
	'google-429-retry-info.json': 'error',
};
/** Answered with nothing but a reason. */
const EMPTY = /blocked|safety/;

const isChat = (file: string): boolean => /"(?:candidates|promptFeedback)"/.test(read(file));

interface Counts {
	readonly promptTokenCount?: number;
	readonly candidatesTokenCount?: number;
	readonly thoughtsTokenCount?: number;
}

function tokensOf(chunks: readonly { readonly usageMetadata?: Counts }[]): Pick<WireCase, 'tokens'> {
	const said = chunks.findLast((chunk) => chunk.usageMetadata?.promptTokenCount !== undefined)?.usageMetadata;
	if (!said) return {};
	const completion = (said.candidatesTokenCount ?? 0) + (said.thoughtsTokenCount ?? 0);
	return { tokens: { prompt: said.promptTokenCount ?? 0, completion } };
}

function chatCase(file: string): WireCase {
	const text = read(file);
	const one = {
		name: file,
		answer: ({ id, model, content }) => {
			if (!EMPTY.test(file)) expect(content.length).toBeGreaterThan(0);
			expect(id).not.toBe('');
			expect(model).toMatch(/^gemini/);
		},
	} satisfies WireCase;
	if (file.endsWith('.json')) return { ...one, json: text, ...tokensOf([JSON.parse(text)]) };
	const payloads = file.endsWith('.sse')
		? text.split(/\r?\n/).flatMap((line) => (line.startsWith('data: ') ? line.slice(6) : []))
		: text.trim().split('\n');
	const chunks = payloads.map((payload) => JSON.parse(payload));
	return {
		...one,
		body: file.endsWith('.sse') ? text : sse(...chunks),
		// The same chunks as the API streams them where `alt=sse` got lost.
		json: JSON.stringify(chunks),
		...tokensOf(chunks),
	};
}

if (recorded) {
	const finishMarker = /"(?:finish|block)Reason":\s*"[A-Z_]+"/;
	describeWire('recorded answers', googleGenerate, { finishMarker }, files.filter(isChat).map(chatCase));
}

describe.skipIf(!recorded)('recorded files', () => {
	it.each(files)('%s is read somewhere', (file) => {
		expect(isChat(file) !== file in OTHERS, `${file} is neither a chat answer nor listed, or both`).toBe(true);
	});

	it('hold what is listed', () => {
		expect(files).toEqual(expect.arrayContaining(Object.keys(OTHERS)));
	});

	const of = (kind: string): string[] => files.filter((file) => OTHERS[file] === kind);

	it.each(of('count'))('%s is a count', (file) => {
		expect(googleGenerate.counting?.fromResponse(read(file))).toBe(JSON.parse(read(file)).totalTokens);
	});

	it.each([
		['doc-err-503', 503, { code: 'upstream_unavailable', upstream: { failure: 'overloaded', scope: 'provider' } }],
		['doc-openai-compat-err', 400, { code: 'upstream_rejected', upstream: { failure: 'key-dead', scope: 'key' } }],
		['err-invalid-key', 400, { code: 'upstream_rejected', upstream: { failure: 'key-dead', scope: 'key' } }],
		[
			'err-429-quota',
			429,
			{ code: 'rate_limited', retryAfterMs: 48_000, upstream: { failure: 'rate-limited', scope: 'model' } },
		],
		[
			'google-429-retry-info',
			429,
			{ code: 'rate_limited', retryAfterMs: 34_400, upstream: { failure: 'rate-limited' } },
		],
		[
			'err-context-length-vertex',
			400,
			{ code: 'context_too_long', upstream: { contextLimit: 1_048_576, promptTokens: 1_250_074 } },
		],
		['err-model-not-found', 404, { code: 'model_not_found', upstream: { failure: 'model-missing', scope: 'model' } }],
	])('%s is an error of its kind', (name, status, expected) => {
		const error = googleGenerate.fromError(status, new Headers(), read(`${name}.json`));
		expect(error).toMatchObject(expected);
		expect(of('error')).toContain(`${name}.json`);
	});

	it('have an error test for each error', () => {
		expect(of('error')).toHaveLength(7);
	});

	it.each(of('embedding'))('%s has a unit vector for each input', (file) => {
		const inputs = JSON.parse(read(file.replace('.json', '.meta.json'))).request.body.requests.length;
		const { embeddings, usage } = googleEmbeddings.fromResponse(read(file), inputs);
		expect(embeddings).toHaveLength(inputs);
		for (const vector of embeddings) expect(Math.hypot(...vector)).toBeCloseTo(1, 10);
		expect(usage).toBeNull();
	});

	it('give the streamed arguments of parallel calls whole', () => {
		const chunks = read('google-stream-no-args-tool-call.chunks.txt').trim().split('\n');
		const { content, finish } = googleGenerate.fromResponse(`[${chunks.join(',')}]`, {});
		const calls = content.flatMap((part) => (part.type === 'tool-call' ? [[part.name, part.arguments]] : []));
		expect(calls[0]).toEqual(['read_theme', '{}']);
		expect(calls.slice(1)).toEqual(['A', 'B', 'C'].map((id) => ['read_screen', JSON.stringify({ id })]));
		expect(finish.kind).toBe('tool-calls');
	});

	it('give nested arguments whole', () => {
		const chunks = read('google-vertex-stream-tool-call-arguments-nested.1.chunks.txt').trim().split('\n');
		const { content, usage } = googleGenerate.fromResponse(`[${chunks.join(',')}]`, {});
		const call = content.find((part) => part.type === 'tool-call');
		const { recipe } = JSON.parse(call?.arguments ?? '{}');
		expect(recipe.ingredients).toHaveLength(10);
		expect(recipe.ingredients[9]).toEqual({ amount: '1/2 tsp', name: 'Pepper' });
		expect(recipe.steps[1]).toBe('Cook lasagna noodles according to package directions, drain and set aside.');
		expect(usage && promptTokens(usage) + completionTokens(usage)).toBeGreaterThan(0);
	});
});
