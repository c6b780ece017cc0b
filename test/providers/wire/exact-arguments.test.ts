/** Arguments of tools are JSON text here and objects at many providers: both ways nothing of them may change. */
import { describe, expect, it } from 'vitest';
import type { ChatResponse } from '../../../src/language/request';
import { anthropic } from '../../../src/providers/anthropic';
import { bedrock } from '../../../src/providers/bedrock';
import { custom } from '../../../src/providers/custom';
import { google } from '../../../src/providers/google';
import { ollama } from '../../../src/providers/ollama';
import { openai } from '../../../src/providers/openai';
import type { Provider, Wire } from '../../../src/providers/provider';
import { anthropicMessages } from '../../../src/providers/wire/anthropic-messages';
import { bedrockConverse } from '../../../src/providers/wire/bedrock-converse';
import { googleGenerate } from '../../../src/providers/wire/google-generate';
import { ollamaChat } from '../../../src/providers/wire/ollama-chat';
import { openaiChat } from '../../../src/providers/wire/openai-chat';
import { openaiResponses } from '../../../src/providers/wire/openai-responses';
import { decodeBytes } from '../../support/wire-contract';
import { wireTarget } from '../../support/wire-target';

const ARGUMENTS = '{"id":1234567890123456789,"ids":[-9007199254740993],"__proto__":{"text":"12345678901234567890"}}';

function sent(wire: Wire, provider: Provider, model: string, written: string, result = 'ok'): string {
	const target = wireTarget(provider, model);
	return wire.toRequest(
		{
			messages: [
				{ role: 'user', content: [{ type: 'text', text: 'Look it up.' }] },
				{ role: 'assistant', content: [{ type: 'tool-call', id: 'c1', name: 'look_up', arguments: written }] },
				{ role: 'tool', callId: 'c1', content: [{ type: 'text', text: result }] },
			],
		},
		target,
	).body;
}

const argumentsOf = ({ content }: Pick<ChatResponse, 'content'>) =>
	content.map((part) => (part.type === 'tool-call' ? part.arguments : part.type));

describe('arguments of tools', () => {
	it.each([
		['Anthropic', anthropicMessages, anthropic, 'claude-x', 'input'],
		['Gemini', googleGenerate, google, 'gemini-3.5-flash', 'args'],
		['Bedrock', bedrockConverse, bedrock, 'anthropic.claude-x', 'input'],
		['Ollama', ollamaChat, ollama, 'qwen3', 'arguments'],
	] as const)('reach %s with every digit and key', (_name, wire, provider, model, field) => {
		expect(sent(wire, provider, model, ARGUMENTS)).toContain(`"${field}":${ARGUMENTS}`);
	});

	it('reach servers that take text as that text', () => {
		const text = JSON.stringify(ARGUMENTS);
		expect(sent(openaiChat, openai, 'gpt-x', ARGUMENTS)).toContain(`"arguments":${text}`);
		expect(sent(openaiResponses, openai, 'gpt-x', ARGUMENTS)).toContain(`"arguments":${text}`);
	});

	it('and results that are objects at Gemini keep their digits too', () => {
		expect(sent(googleGenerate, google, 'gemini-3.5-flash', '{}', ARGUMENTS)).toContain(`"response":${ARGUMENTS}`);
	});

	it('come from whole answers with every digit', () => {
		const answers: readonly (readonly [Wire, string])[] = [
			[
				anthropicMessages,
				`{"id":"m","model":"c","content":[{"type":"tool_use","id":"t","name":"f","input":${ARGUMENTS}}],"stop_reason":"tool_use"}`,
			],
			[
				googleGenerate,
				`{"responseId":"r","modelVersion":"g","candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${ARGUMENTS}}}]},"finishReason":"STOP"}]}`,
			],
			[
				bedrockConverse,
				`{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"f","input":${ARGUMENTS}}}]}},"stopReason":"tool_use"}`,
			],
			[
				ollamaChat,
				`{"model":"q","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":${ARGUMENTS}}}]},"done":true,"done_reason":"stop"}`,
			],
			[
				openaiChat,
				`{"id":"c","model":"t","choices":[{"message":{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":${ARGUMENTS}}}]},"finish_reason":"tool_calls"}]}`,
			],
			[openaiChat, `{"response":null,"tool_calls":[{"name":"f","arguments":${ARGUMENTS}}]}`],
		];
		for (const [wire, body] of answers) expect(argumentsOf(wire.fromResponse(body, {}))).toEqual([ARGUMENTS]);
	});

	it('come from streams with every digit', () => {
		const chunk = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${ARGUMENTS}}}]},"finishReason":"STOP"}]}`;
		const pieces = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","willContinue":true}},{"functionCall":{"partialArgs":[{"jsonPath":"$.id","numberValue":1234567890123456789}]}}]},"finishReason":"STOP"}]}`;
		const wrapped = `{"tool_uses":[{"recipient_name":"functions.f","parameters":${ARGUMENTS}}]}`;
		const item = { type: 'function_call', call_id: 'c', name: 'parallel', arguments: wrapped };
		const done = { type: 'response.completed', response: { id: 'r', status: 'completed', output: [item] } };
		const of = (wire: Wire, data: string, plan = {}) =>
			decodeBytes(wire, new TextEncoder().encode(`data: ${data}\n\n`), 4096, plan).flatMap((event) =>
				event.type === 'tool-call-delta' ? event.arguments : [],
			);
		expect(of(googleGenerate, chunk)).toEqual([ARGUMENTS]);
		expect(of(googleGenerate, pieces)).toEqual(['{"id":1234567890123456789}']);
		expect(of(openaiResponses, JSON.stringify(done), { parallelWrapper: true })).toEqual([ARGUMENTS]);
	});

	it('and half a surrogate pair in any text is sent as a character that JSON readers take', () => {
		const broken = { role: 'user', content: [{ type: 'text', text: 'cut \ud83d' }] } as const;
		const targets = [
			[openaiChat, custom],
			[openaiResponses, openai],
			[anthropicMessages, anthropic],
			[googleGenerate, google],
			[bedrockConverse, bedrock],
			[ollamaChat, ollama],
		] as const;
		for (const [wire, provider] of targets) {
			const { body } = wire.toRequest({ messages: [broken] }, wireTarget(provider, 'anthropic.claude-x'));
			expect(body).toContain('cut \ufffd');
			expect(body).not.toMatch(/\\ud83d/);
		}
	});
});
