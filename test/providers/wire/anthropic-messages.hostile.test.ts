/** Requests that are legal and unpleasant. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/language/message';
import type { ChatRequest } from '../../../src/language/request';
import { anthropic } from '../../../src/providers/anthropic';
import { anthropicMessages } from '../../../src/providers/wire/anthropic-messages';
import { SafeNames } from '../../../src/providers/wire/anthropic-messages/names';
import { ToolNames } from '../../../src/providers/wire/tool-names';
import { wireTarget } from '../../support/wire-target';

const HELLO: Message = { role: 'user', content: [{ type: 'text', text: 'Hello' }] };
const body = (request: Partial<ChatRequest>) =>
	JSON.parse(anthropicMessages.toRequest({ messages: [HELLO], ...request }, wireTarget(anthropic, 'claude-x')).body);

describe('a schema with a union at its top', () => {
	it('may have properties that every object inherits', () => {
		const parameters = JSON.parse(
			'{"anyOf":[{"properties":{"constructor":{"type":"string"},"toString":{"type":"number"}}},{"properties":{"__proto__":{"type":"string"}}}]}',
		);
		const [tool] = body({ tools: [{ name: 'f', parameters }] }).tools;
		expect(Object.entries(tool.input_schema.properties)).toEqual([
			['constructor', { type: 'string' }],
			['toString', { type: 'number' }],
			['__proto__', { type: 'string' }],
		]);
	});

	it('takes time in proportion to its branches', () => {
		const branch = (at: number) => ({ properties: { a: { const: at } } });
		const parameters = { anyOf: Array.from({ length: 4_000 }, (_, at) => branch(at)) };
		const started = performance.now();
		const [tool] = body({ tools: [{ name: 'f', parameters }] }).tools;
		expect(tool.input_schema.properties.a.anyOf).toHaveLength(4_000);
		expect(performance.now() - started).toBeLessThan(2_000);
	});
});

describe('names that become the same', () => {
	it('take time in proportion to their number', () => {
		const names = Array.from({ length: 20_000 }, (_, at) => String.fromCharCode(0x4e00 + at));
		const started = performance.now();
		const safe = new SafeNames();
		expect(new Set(names.map((name) => safe.of(name))).size).toBe(names.length);
		const tools = new ToolNames([], 64);
		expect(new Set(names.map((name) => tools.sent(name))).size).toBe(names.length);
		expect(performance.now() - started).toBeLessThan(2_000);
	});

	it('keep apart from names that were so from the start', () => {
		const safe = new SafeNames(['a_', 'a__2', 'a__4']);
		expect(['a!', 'a?', 'a.'].map((name) => safe.of(name))).toEqual(['a__3', 'a__5', 'a__6']);
	});
});

describe('options of the provider', () => {
	it('can not replace the conversation', () => {
		const options = { messages: [{ role: 'user', content: 'Other' }] };
		expect(() => body({ providerOptions: { anthropic: options } })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'providerOptions.anthropic.messages' }),
		);
	});
});
