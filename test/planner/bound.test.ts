import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { Message, UserPart } from '../../src/language/message';
import type { ChatRequest, Tool } from '../../src/language/request';
import { bound } from '../../src/planner/bound';
import { measure } from '../../src/planner/measure';
import { anyText } from '../support/planner-requests';

const { facts } = catalog();
const GPT_4O = facts('openai', 'gpt-4o');

const user = (...content: UserPart[]): ChatRequest => ({ messages: [{ role: 'user', content }] });
const text = (value: string): ChatRequest => user({ type: 'text', text: value });
const image: UserPart = { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } };

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

describe('what is not text', () => {
	const empty = bound(user(), GPT_4O).before;
	/** Beside what is in it. */
	const FILE = 16;
	const added = (part: UserPart, sheet = GPT_4O): number =>
		bound(user(part), sheet).before - bound(user(), sheet).before;

	it('counts an image flat, by what that model makes of the largest', () => {
		expect(added(image)).toBe(1_445);
		expect(added(image, facts('anthropic', 'claude-opus-4-8'))).toBe(4_784);
		expect(added(image, facts('openai', 'gpt-4o-mini'))).toBe(48_169);
		expect(added(image, facts('openai', 'gpt-5.4'))).toBe(3_000);
		expect(added({ ...image, detail: 'original' }, facts('openai', 'gpt-5.4'))).toBe(12_000);
	});

	it('does not count the bytes of an image as text', () => {
		const data = 'A'.repeat(1_000_000);
		expect(added({ type: 'image', source: { kind: 'data', mediaType: 'image/png', data } })).toBe(1_445);
	});

	it('counts images in tool results too', () => {
		const request: ChatRequest = {
			messages: [{ role: 'tool', callId: 'c', content: [{ type: 'image', source: { kind: 'file-id', id: 'f' } }] }],
		};
		expect(bound(request, GPT_4O).before).toBeGreaterThan(1_445);
	});

	it('bounds a document by its bytes, a text file by its letters, one elsewhere by a hundred pages', () => {
		const data = 'A'.repeat(4_096);
		expect(added({ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data } })).toBe(9_000 + FILE);
		expect(added({ type: 'file', source: { kind: 'data', mediaType: 'text/plain', data } })).toBe(3_072 + FILE);
		expect(added({ type: 'file', source: { kind: 'file-id', id: 'f' } })).toBe(300_000 + FILE);
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
		expect(over('groq', 'openai/gpt-oss-120b')).toBeGreaterThanOrEqual(60);
		expect(over('openrouter', 'x-ai/grok-4.3')).toBeGreaterThanOrEqual(150);
		expect(over('custom', 'unheard-of')).toBeGreaterThanOrEqual(1_000);
	});
});

it('gives the same with a measure handed in', () => {
	const request: ChatRequest = { ...user({ type: 'text', text: 'Grüße 字' }, image), tools: [{ name: 'f' }] };
	for (const sheet of [GPT_4O, facts('anthropic', 'claude-opus-4-5')])
		expect(bound(request, sheet, measure(request))).toEqual(bound(request, sheet));
});
