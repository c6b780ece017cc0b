import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { ModelFacts } from '../../src/catalog/facts';
import type { Message, UserPart } from '../../src/language/message';
import type { ChatRequest, Tool } from '../../src/language/request';
import { bound, inputLimit } from '../../src/planner/bound';
import { measure } from '../../src/planner/measure';

const { facts } = catalog();
const GPT_4O = facts('openai', 'gpt-4o');

const user = (...content: UserPart[]): ChatRequest => ({ messages: [{ role: 'user', content }] });
const text = (value: string): ChatRequest => user({ type: 'text', text: value });
const image: UserPart = { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } };

/** Arbitrary UTF-16, lone surrogates too, with the scripts and runs that tokenizers treat specially. */
const anyText = fc.oneof(
	fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 60 }),
	fc.string({ unit: 'binary', maxLength: 60 }),
	fc.string({ unit: 'grapheme', maxLength: 60 }),
	fc
		.tuple(fc.constantFrom('a', ' ', '\n', '字', 'ж', '😀', '<|im_start|>', '0'), fc.nat(60))
		.map(([unit, times]) => unit.repeat(times)),
);

const tool: fc.Arbitrary<Tool> = fc.record(
	{
		name: fc.string({ maxLength: 20 }),
		description: anyText,
		parameters: fc
			.dictionary(
				fc.string({ maxLength: 12 }),
				fc.record(
					{ type: fc.constant('string'), description: anyText, enum: fc.array(fc.string({ maxLength: 6 })) },
					{ requiredKeys: ['type'] },
				),
				{ maxKeys: 5 },
			)
			.map((properties) => ({ type: 'object', properties })),
	},
	{ requiredKeys: ['name'] },
);

const textParts = fc.array(
	anyText.map((value) => ({ type: 'text' as const, text: value })),
	{ maxLength: 2 },
);
const message: fc.Arbitrary<Message> = fc.oneof(
	fc.record({ role: fc.constant('system' as const), content: textParts }),
	fc.record({ role: fc.constant('user' as const), content: textParts, name: anyText }),
	fc.record({
		role: fc.constant('assistant' as const),
		content: fc.tuple(anyText, anyText, anyText).map(([value, name, args]) => [
			{ type: 'text' as const, text: value },
			{ type: 'tool-call' as const, id: 'call_1', name, arguments: args },
		]),
	}),
	fc.record({ role: fc.constant('tool' as const), callId: fc.constant('call_1'), content: textParts }),
);

const anyRequest: fc.Arbitrary<ChatRequest> = fc.record({
	messages: fc.array(message, { maxLength: 6 }),
	tools: fc.array(tool, { maxLength: 3 }),
});

type Encode = (value: string) => number;

function framed({ messages }: ChatRequest, count: Encode): number {
	let tokens = 3;
	for (const each of messages) {
		tokens += 3 + count(each.role);
		if (each.role === 'user' && each.name !== undefined) tokens += 1 + count(each.name);
		for (const part of each.content) {
			if (part.type === 'text') tokens += count(part.text);
			if (part.type === 'tool-call') tokens += 4 + count(`functions.${part.name}`) + count(part.arguments);
		}
	}
	return tokens;
}

/** OpenAI's cookbook, "How to count tokens with tiktoken": messages, then tools (the figures of GPT-4, the larger). */
function exactCount(request: ChatRequest, count: Encode): number {
	let tokens = framed(request, count);
	for (const { name, description = '', parameters } of request.tools ?? []) {
		tokens += 10 + count(`${name}:${description}`);
		const properties = Object.entries(
			(parameters?.properties ?? {}) as Record<string, { type: string; description?: string; enum?: string[] }>,
		);
		if (properties.length > 0) tokens += 3;
		for (const [key, property] of properties) {
			tokens += 3 + count(`${key}:${property.type}:${property.description ?? ''}`);
			if (property.enum) tokens -= 3;
			for (const item of property.enum ?? []) tokens += 3 + count(item);
		}
	}
	return (request.tools?.length ?? 0) > 0 ? tokens + 12 : tokens;
}

describe.each([
	['o200k', o200k, GPT_4O],
	['cl100k', cl100k, facts('openai', 'gpt-4-turbo')],
])('%s', (_, ranks, sheet) => {
	const encoder = new Tiktoken(ranks);
	const count: Encode = (value) => encoder.encode(value, [], []).length;

	it('never counts more than the bound, for any messages and tools', () => {
		fc.assert(
			fc.property(anyRequest, (request) => {
				expect(bound(request, sheet).before).toBeGreaterThanOrEqual(exactCount(request, count));
			}),
			{ numRuns: 400 },
		);
	});

	it('is covered where there is little but framing: hundreds of messages of a letter', () => {
		const messages = Array.from({ length: 300 }, (_unused, at): Message => {
			const content = [{ type: 'text' as const, text: 'a' }];
			return at % 2 === 0 ? { role: 'user', content, name: 'b' } : { role: 'assistant', content };
		});
		const request: ChatRequest = { messages, tools: [{ name: 'f' }] };
		expect(bound(request, sheet).before).toBeGreaterThanOrEqual(exactCount(request, count));
	});

	it('is bounded at its worst too: rare letters of one byte a token', () => {
		const rare = Array.from({ length: 400 }, (_unused, at) => String.fromCodePoint(0x10000 + at * 97)).join('');
		const tokens = exactCount(text(rare), count);
		expect(tokens).toBeGreaterThan(1_000);
		expect(bound(text(rare), sheet).before).toBeGreaterThanOrEqual(tokens);
	});
});

describe('tokenizers that normalize', () => {
	it.each([
		['anthropic', 'claude-opus-4-5', 'NFKC'],
		['anthropic', 'claude-sonnet-5', 'NFKC'],
		['groq', 'qwen/qwen3-32b', 'NFC'],
		['custom', 'unheard-of', 'NFC'],
		['custom', 'unheard-of', 'NFKC'],
	] as const)('%s/%s: the bound covers each byte of the text in %s', (provider, model, form) => {
		const sheet = facts(provider, model);
		fc.assert(
			fc.property(fc.array(anyText, { maxLength: 4 }), (texts) => {
				const bytes = texts.map((value) => new TextEncoder().encode(value.normalize(form)).length);
				const request = user(...texts.map((value): UserPart => ({ type: 'text', text: value })));
				expect(bound(request, sheet).before).toBeGreaterThanOrEqual(bytes.reduce((sum, each) => sum + each, 0));
			}),
		);
	});

	it('take a ligature that unfolds into eighteen letters for all of them, others for its three bytes', () => {
		const ligatures = '\ufdfa'.repeat(1_000);
		expect(bound(text(ligatures), facts('anthropic', 'claude-opus-4-5')).before).toBeGreaterThan(33_000);
		expect(bound(text(ligatures), GPT_4O).before).toBeLessThan(3_100);
	});
});

describe('the limit', () => {
	const sheet = (fields: Partial<ModelFacts>): ModelFacts => ({ ...GPT_4O, ...fields });

	it('keeps the output asked for free, else 4,096, never more than the model can give', () => {
		const model = sheet({ contextWindow: 100_000, maxOutput: 16_000 });
		expect(inputLimit({ maxTokens: 1_000 }, model)).toBe(100_000 - 1_000 - 128);
		expect(inputLimit({}, model)).toBe(100_000 - 4_096 - 128);
		expect(inputLimit({ maxTokens: 90_000 }, model)).toBe(100_000 - 16_000 - 128);
		expect(inputLimit({}, sheet({ contextWindow: 100_000, maxOutput: 500 }))).toBe(100_000 - 500 - 128);
		expect(inputLimit({}, sheet({ contextWindow: 100_000, maxOutput: null }))).toBe(100_000 - 4_096 - 128);
	});

	it('is of the smaller of window and input limit, and never negative', () => {
		expect(inputLimit({ maxTokens: 100 }, sheet({ contextWindow: 400_000, inputLimit: 272_000 }))).toBe(271_772);
		expect(inputLimit({ maxTokens: 10_000 }, sheet({ contextWindow: 8_192, maxOutput: null }))).toBe(0);
	});

	it('fits up to the last token', () => {
		const free = inputLimit({}, GPT_4O) - bound(text(''), GPT_4O).before;
		expect(bound(text('a'.repeat(free)), GPT_4O)).toEqual({
			before: inputLimit({}, GPT_4O),
			after: inputLimit({}, GPT_4O),
			limit: inputLimit({}, GPT_4O),
			method: 'bound',
			dropped: 0,
			summarized: 0,
			fits: true,
		});
		expect(bound(text('a'.repeat(free + 1)), GPT_4O).fits).toBe(false);
	});
});

describe('what is not text', () => {
	const empty = bound(user(), GPT_4O).before;
	const added = (part: UserPart, sheet = GPT_4O): number =>
		bound(user(part), sheet).before - bound(user(), sheet).before;

	it('counts an image flat, by what that model makes of the largest', () => {
		expect(added(image)).toBe(4_096);
		expect(added(image, facts('anthropic', 'claude-opus-4-8'))).toBe(5_000);
		expect(added(image, facts('openai', 'gpt-4o-mini'))).toBe(48_169);
		expect(added({ ...image, detail: 'original' })).toBe(16_384);
	});

	it('does not count the bytes of an image as text', () => {
		const data = 'A'.repeat(1_000_000);
		expect(added({ type: 'image', source: { kind: 'data', mediaType: 'image/png', data } })).toBe(4_096);
	});

	it('counts images in tool results too', () => {
		const request: ChatRequest = {
			messages: [{ role: 'tool', callId: 'c', content: [{ type: 'image', source: { kind: 'file-id', id: 'f' } }] }],
		};
		expect(bound(request, GPT_4O).before).toBeGreaterThan(4_096);
	});

	it('bounds a document by its bytes, a text file by its letters, one elsewhere by a hundred pages', () => {
		const data = 'A'.repeat(4_096);
		expect(added({ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data } })).toBe(9_000);
		expect(added({ type: 'file', source: { kind: 'data', mediaType: 'text/plain', data } })).toBe(3_072);
		expect(added({ type: 'file', source: { kind: 'file-id', id: 'f' } })).toBe(300_000);
	});

	it('bounds audio by its bytes', () => {
		expect(added({ type: 'audio', data: 'A'.repeat(128_000), format: 'mp3' })).toBe(3_000);
	});

	it('counts tools, tool calls, replayed reasoning and the schema of the answer', () => {
		const words = 'w'.repeat(1_000);
		const call: Message = { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', arguments: words }] };
		const thought: Message = { role: 'assistant', content: [{ type: 'reasoning', text: words, signature: words }] };
		const schema = { type: 'object', description: words };
		expect(bound({ messages: [call] }, GPT_4O).before).toBeGreaterThan(empty + 1_000);
		expect(bound({ messages: [thought] }, GPT_4O).before).toBeGreaterThanOrEqual(empty + 2_000);
		expect(bound({ ...user(), tools: [{ name: 'f', parameters: schema }] }, GPT_4O).before).toBeGreaterThan(
			empty + 1_000,
		);
		expect(
			bound({ ...user(), responseFormat: { type: 'json-schema', name: 'n', schema } }, GPT_4O).before,
		).toBeGreaterThan(empty + 1_000);
	});

	it('adds the preambles that providers hide', () => {
		const over = (provider: string, model: string): number =>
			bound(user(), facts(provider, model)).before - bound(user(), GPT_4O).before;
		expect(over('groq', 'openai/gpt-oss-120b')).toBeGreaterThanOrEqual(66);
		expect(over('openrouter', 'x-ai/grok-4.3')).toBeGreaterThanOrEqual(190);
		expect(over('custom', 'unheard-of')).toBeGreaterThanOrEqual(1_000);
	});
});

it('gives the same with a measure handed in', () => {
	const request: ChatRequest = { ...user({ type: 'text', text: 'Grüße 字' }, image), tools: [{ name: 'f' }] };
	for (const sheet of [GPT_4O, facts('anthropic', 'claude-opus-4-5')])
		expect(bound(request, sheet, measure(request))).toEqual(bound(request, sheet));
});
