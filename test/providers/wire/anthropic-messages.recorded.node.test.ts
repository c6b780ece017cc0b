import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../src/language/collect';
import type { AssistantPart, Message } from '../../../src/language/message';
import type { ChatRequest, JsonSchema, ToolChoice } from '../../../src/language/request';
import type { WireTarget } from '../../../src/providers/provider';
import { anthropicMessages } from '../../../src/providers/wire/anthropic-messages';
import { arrayOf, isObject, type Json, objectOf } from '../../../src/providers/wire/json';
import { decodeBytes, describeWire, type WireCase } from '../../support/wire-contract';

const FOLDER = join(import.meta.dirname, '../../../../shared/fixtures/anthropic');
const recorded = existsSync(FOLDER);
const files = recorded ? readdirSync(FOLDER) : [];
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** The payloads that vercel/ai keeps one per line, framed again as they came. */
function framed(file: string): string {
	const lines = read(file).split('\n').filter(Boolean);
	return lines.map((line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`).join('');
}

const total = (usage: Json | undefined, fields: readonly string[]): number =>
	fields.reduce((sum, field) => sum + Number(usage?.[field] ?? 0), 0);

/** The upstream's own totals; each report replaces the one before. */
function tokensOf(usages: readonly (Json | undefined)[]): NonNullable<WireCase['tokens']> {
	const usage: Json = Object.assign({}, ...usages);
	return {
		prompt: total(usage, ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']),
		completion: total(usage, ['output_tokens']),
	};
}

function streamCase(file: string): WireCase {
	const body = file.endsWith('.sse') ? read(file) : framed(file);
	if (file.startsWith('doc-stream-overloaded')) {
		const error: WireCase['error'] = (one) =>
			expect(one).toMatchObject({ code: 'upstream_unavailable', upstream: { status: 529 } });
		return { name: file, body, ends: 'error', error };
	}
	const payloads = [...body.matchAll(/^data: (.*)$/gm)].map((line) => objectOf(JSON.parse(line[1] ?? '')));
	const usages = payloads.flatMap((one) => [objectOf(objectOf(one?.message)?.usage), objectOf(one?.usage)]);
	return { name: file, body, tokens: tokensOf(usages) };
}

/** File → HTTP status, outward code and class of each recorded error. */
const ERRORS = {
	'err-invalid-key.json': [401, 'upstream_rejected', 'key-dead'],
	'err-model-not-found.json': [404, 'model_not_found', 'model-missing'],
	'err-effort-unsupported.json': [400, 'invalid_request', 'bad-request'],
	'doc-err-429.json': [429, 'rate_limited', 'rate-limited'],
	'doc-err-429-spend.json': [429, 'rate_limited', 'quota'],
	'doc-err-529.json': [529, 'upstream_unavailable', 'overloaded'],
} as const;

/** Files that say nothing of this wire, and why. */
const NOT_APPLICABLE: Readonly<Record<string, string>> = {};

const isStream = (file: string) => file.endsWith('.sse') || file.endsWith('.chunks.txt');
const isRequest = (file: string) => file.endsWith('.meta.json');
const isCount = (file: string) => file.startsWith('count-tokens') && !isRequest(file);
const isError = (file: string) => Object.hasOwn(ERRORS, file);
const isBody = (file: string) =>
	file.endsWith('.json') && !isRequest(file) && !isCount(file) && !/(^|-)err-/.test(file);

describe.skipIf(!recorded)('the folder of recordings', () => {
	it('holds no file that is neither read here nor named as not applicable', () => {
		const read = (file: string) => [isStream, isRequest, isCount, isError, isBody].some((kind) => kind(file));
		expect(files.filter((file) => read(file) === Object.hasOwn(NOT_APPLICABLE, file))).toEqual([]);
		expect(Object.keys({ ...ERRORS, ...NOT_APPLICABLE }).filter((file) => !files.includes(file))).toEqual([]);
	});
});

describe.skipIf(!recorded)('recorded answers', () => {
	describeWire('of the Messages API', anthropicMessages, { finishMarker: /"stop_reason":"/ }, [
		...files.filter(isStream).map(streamCase),
		...files.filter(isBody).map((file): WireCase => {
			const json = read(file);
			return { name: file, json, tokens: tokensOf([objectOf(JSON.parse(json).usage)]) };
		}),
	]);

	const answer = (file: string) => anthropicMessages.fromResponse(read(file), {});
	const events = (file: string) => {
		const bytes = new TextEncoder().encode(file.endsWith('.sse') ? read(file) : framed(file));
		return decodeBytes(anthropicMessages, bytes, bytes.length);
	};

	it('hold what their names promise', () => {
		expect(answer('cache-roundtrip.turn1.json').usage).toMatchObject({ cacheWrite5m: 7351, cacheRead: 0, input: 10 });
		expect(answer('cache-roundtrip.turn2.json').usage).toMatchObject({ cacheWrite5m: 0, cacheRead: 7351, input: 10 });
		expect(answer('opus5-features.json').usage).toMatchObject({ output: 11, reasoning: 33 });
		expect(answer('parallel-tools.turn1.json').content.map((part) => part.type)).toEqual([
			'text',
			...Array(4).fill('tool-call'),
		]);
		expect(answer('anthropic-refusal.json').finish).toEqual({ kind: 'content-filter', raw: 'refusal' });
		expect(answer('anthropic-fallback.json').model).toBe('claude-opus-4-8');
		expect(answer('tool-choice-none.json').content).toEqual([]);
		expect(collect(events('thinking-redacted-stream.sse')).content.map((part) => part.type)).toEqual([
			'reasoning',
			'reasoning',
			'text',
		]);
		expect(collect(events('pause-turn-stream.sse')).finish).toEqual({ kind: 'stop', raw: 'pause_turn' });
		expect(collect(events('duplicate-message-start.chunks.txt')).content).toEqual([
			{ type: 'text', text: 'Hello, World!' },
		]);
		const spliced = collect(events('spliced-message-start.chunks.txt')).content.at(-1);
		expect(spliced).toMatchObject({ id: 'toolu_second', arguments: '{"value":"Sparkle Day"}' });
	});

	it.each(Object.entries(ERRORS))('%s is the error it stands for', (file, [status, code, failure]) => {
		const error = anthropicMessages.fromError(status, new Headers(), read(file));
		expect(error).toMatchObject({ code, upstream: { failure } });
	});
});

const target = (model: string, stream: boolean): WireTarget => ({
	providerId: 'anthropic',
	model,
	stream,
	quirks: {},
	traits: {
		maxOutput: null,
		reasoning: true,
		reasoningOptions: model.startsWith('claude-opus-5')
			? [{ type: 'effort', values: ['low', 'medium', 'high', 'xhigh', 'max'] }]
			: [{ type: 'budget', min: 1024, max: null }],
		sampling: true,
		structuredOutput: true,
	},
});

const texts = (content: unknown): readonly unknown[] =>
	typeof content === 'string' ? [{ type: 'text', text: content }] : arrayOf(content);

/** A recorded body in the canonical form, as the caller of its recorder would have said it. */
function canonical(body: Json): ChatRequest {
	const choice = objectOf(body.tool_choice);
	const thinking = objectOf(body.thinking);
	const effort = objectOf(body.output_config)?.effort;
	return {
		messages: [
			...(body.system === undefined ? [] : [{ role: 'system', content: texts(body.system).map(plainText) } as Message]),
			...arrayOf(body.messages).flatMap((turn) => messagesOf(objectOf(turn) ?? {})),
		],
		maxTokens: Number(body.max_tokens),
		...(body.tools !== undefined && {
			tools: arrayOf(body.tools).flatMap((tool) => {
				const { name, description, input_schema } = objectOf(tool) ?? {};
				return [{ name: String(name), description: String(description), parameters: input_schema as JsonSchema }];
			}),
		}),
		...(choice && { toolChoice: (choice.type === 'tool' ? { name: choice.name } : choice.type) as ToolChoice }),
		...(choice?.disable_parallel_tool_use === true && { parallelToolCalls: false }),
		...(thinking && {
			reasoning:
				typeof effort === 'string' ? { effort: effort as 'xhigh' } : { budgetTokens: Number(thinking.budget_tokens) },
		}),
	};
}

const plainText = (block: unknown) => {
	const { text, cache_control } = objectOf(block) ?? {};
	return { type: 'text', text: String(text), ...(cache_control !== undefined && { cache: true }) } as const;
};

function messagesOf(turn: Json): Message[] {
	const blocks = texts(turn.content).filter(isObject);
	if (turn.role === 'assistant') return [{ role: 'assistant', content: blocks.map(assistantPart) }];
	const said = blocks.filter((block) => block.type === 'text').map(plainText);
	const results = blocks.filter((block) => block.type === 'tool_result');
	return [
		...results.map(
			(block): Message => ({
				role: 'tool',
				callId: String(block.tool_use_id),
				content: texts(block.content).map(plainText),
			}),
		),
		...(said.length > 0 ? [{ role: 'user', content: said } as Message] : []),
	];
}

function assistantPart(block: Json): AssistantPart {
	if (block.type === 'thinking') {
		return { type: 'reasoning', text: String(block.thinking), signature: String(block.signature) };
	}
	if (block.type === 'tool_use') {
		return {
			type: 'tool-call',
			id: String(block.id),
			name: String(block.name),
			arguments: JSON.stringify(block.input),
		};
	}
	return { type: 'text', text: String(block.text) };
}

/** Two ways of saying one thing made the same: bare strings, what is the default anyway. */
function normal(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(normal);
	if (!isObject(value)) return value;
	const said = Object.entries(value).filter(
		([key, one]) => !(key === 'description' && one === '') && !(key === 'is_error' && one === false),
	);
	return Object.fromEntries(
		said.map(([key, one]) => [key, normal(key === 'content' || key === 'system' ? texts(one) : one)]),
	);
}

describe.skipIf(!recorded)('recorded requests', () => {
	/** What only the escape hatch says: server tools, an effort without thinking. */
	const beyond = new Set(['pause-turn-stream', 'err-effort-unsupported']);
	const metas = files.filter((file) => file.endsWith('.meta.json') && !beyond.has(file.replace('.meta.json', '')));

	it.each(metas)('%s is what the same conversation becomes here', (file) => {
		const meta = JSON.parse(read(file));
		const body = meta.request.body;
		const wired = anthropicMessages.toRequest(canonical(body), target(body.model, body.stream));
		expect(normal(JSON.parse(wired.body))).toEqual(normal(body));
		expect(wired.warnings).toEqual([]);
		expect(new URL(meta.request.url).pathname).toBe(wired.path);
	});

	it('are reached by the escape hatch where the language has no word for them', () => {
		const meta = JSON.parse(read('pause-turn-stream.meta.json'));
		const { tools, thinking, ...body } = meta.request.body;
		const request = { ...canonical(body), reasoning: { budgetTokens: thinking.budget_tokens } };
		const providerOptions = { anthropic: { tools } };
		const wired = anthropicMessages.toRequest({ ...request, providerOptions }, target('claude-sonnet-4', true));
		expect(normal(JSON.parse(wired.body))).toEqual(normal({ ...meta.request.body, model: 'claude-sonnet-4' }));
	});
});
