import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import type { AssistantPart, Message } from '../../../../src/language/message';
import type { ChatResponse } from '../../../../src/language/request';
import { signed } from '../../../../src/language/signature';
import { google } from '../../../../src/providers/google';
import { googleGenerate } from '../../../../src/providers/wire/google-generate';
import { decodeBytes } from '../../../support/wire-contract';
import { wireTarget } from '../../../support/wire-target';
import { answer, json, sse } from './answers';

const CURRENT = 'gemini-3.5-flash';
const UNSIGNED = 'skip_thought_signature_validator';
const question: Message = { role: 'user', content: [{ type: 'text', text: 'Weather in Bern and Rome?' }] };

/** The conversation as it is sent after an answer whose calls were carried out. */
function nextContents({ content }: Pick<ChatResponse, 'content'>, model = CURRENT) {
	const results = content.flatMap((part): Message[] =>
		part.type === 'tool-call' ? [{ role: 'tool', callId: part.id, content: [{ type: 'text', text: 'ok' }] }] : [],
	);
	const messages: Message[] = [question, { role: 'assistant', content }, ...results];
	const { body } = googleGenerate.toRequest({ messages }, wireTarget(google, model));
	return JSON.parse(body).contents;
}

const replayed = (content: readonly AssistantPart[], model?: string) => nextContents({ content }, model)[1]?.parts;

describe('a tool loop', () => {
	const parts = [
		{ text: 'I need both.', thought: true },
		{ text: 'Let me look.', thoughtSignature: 'dGV4dA==' },
		{ functionCall: { name: 'weather', args: { city: 'Bern' }, id: 'call_1' }, thoughtSignature: 'Y2FsbA==' },
		{ functionCall: { name: 'weather', args: { city: 'Rome' }, id: 'call_2' } },
	];
	const expected = [
		{
			role: 'model',
			parts: parts.slice(1),
		},
		{
			role: 'user',
			parts: ['call_1', 'call_2'].map((id) => ({
				functionResponse: { id, name: 'weather', response: { result: 'ok' } },
			})),
		},
	];

	it('gives each signature back on the very part it came on', () => {
		const whole = googleGenerate.fromResponse(json(answer({ parts, finish: 'STOP' })), {});
		expect(nextContents(whole).slice(1)).toEqual(expected);
	});

	it('does so after a stream as well', () => {
		const body = sse(...parts.map((part) => answer({ parts: [part] })), answer({ finish: 'STOP' }));
		const streamed = collect(decodeBytes(googleGenerate, new TextEncoder().encode(body), 7));
		expect(nextContents(streamed).slice(1)).toEqual(expected);
	});

	it('sends no ids that the API did not give, nor to models that give none', () => {
		const call = { functionCall: { name: 'weather', args: {} }, thoughtSignature: 'Y2FsbA==' };
		const whole = googleGenerate.fromResponse(json(answer({ parts: [call], finish: 'STOP' })), {});
		expect(whole.content.at(-1)).toMatchObject({ id: 'gcall_Ab12cd_0' });
		expect(nextContents(whole)[1].parts).toEqual([call]);
		expect(nextContents(whole)[2].parts[0].functionResponse).not.toHaveProperty('id');
		const older = googleGenerate.fromResponse(json(answer({ parts, finish: 'STOP' })), {});
		expect(JSON.stringify(nextContents(older, 'gemini-2.5-flash'))).not.toContain('"id"');
	});
});

describe('a signature', () => {
	const sign = (text: string, signature: string): AssistantPart => ({
		type: 'reasoning',
		text,
		signature: signed('google', signature),
	});
	const call = (id: string): AssistantPart => ({ type: 'tool-call', id, name: 'f', arguments: '{}' });
	const functionCall = (id: string) => ({ id, name: 'f', args: {} });

	it('on a thought stays with it', () => {
		expect(replayed([sign('Hm.', 'dGhv'), { type: 'text', text: 'Yes.' }])).toEqual([
			{ text: 'Hm.', thought: true, thoughtSignature: 'dGhv' },
			{ text: 'Yes.' },
		]);
	});

	it('that stood alone stands alone again', () => {
		expect(replayed([{ type: 'text', text: 'Four.' }, sign('', 'ZW5k')])).toEqual([
			{ text: 'Four.' },
			{ text: '', thoughtSignature: 'ZW5k' },
		]);
		expect(replayed([sign('', 'b25l'), sign('', 'dHdv'), call('a')])).toEqual([
			{ text: '', thoughtSignature: 'b25l' },
			{ functionCall: functionCall('a'), thoughtSignature: 'dHdv' },
		]);
	});

	it("of another provider is not sent, nor the thoughts it signed; the API is told that there's none", () => {
		const foreign: AssistantPart[] = [
			{ type: 'reasoning', text: 'Secret.', signature: 'EqQBCkgIARABGAIiQ' },
			{ type: 'reasoning', text: 'Plain.' },
			{ type: 'reasoning', text: '', signature: signed('openai', '{}'), redacted: true },
			call('a'),
			call('b'),
		];
		expect(replayed(foreign)).toEqual([
			{ functionCall: functionCall('a'), thoughtSignature: UNSIGNED },
			{ functionCall: functionCall('b') },
		]);
		expect(replayed(foreign, 'gemini-2.5-pro')[0]).toEqual({ functionCall: { name: 'f', args: {} } });
		expect(replayed(foreign, 'gemini-9-ultra')[0]).toHaveProperty('thoughtSignature', UNSIGNED);
	});

	it('is wanted on the first call of each turn', () => {
		const messages: Message[] = [
			question,
			{ role: 'assistant', content: [sign('', 'b25l'), call('a'), call('b')] },
			{ role: 'tool', callId: 'a', content: [] },
			{ role: 'tool', callId: 'b', content: [] },
			{ role: 'assistant', content: [call('c')] },
			{ role: 'tool', callId: 'c', content: [] },
		];
		const { body } = googleGenerate.toRequest({ messages }, wireTarget(google, CURRENT));
		const calls = JSON.parse(body).contents.flatMap(({ role, parts }: { role: string; parts: object[] }) =>
			role === 'model' ? parts.map((part) => ('thoughtSignature' in part ? part.thoughtSignature : null)) : [],
		);
		expect(calls).toEqual(['b25l', null, UNSIGNED]);
	});

	it('comes back once, in its place and on its call, from whatever answer', () => {
		const signature = fc.option(fc.stringMatching(/^[A-Za-z0-9+/]{4,12}={0,2}$/), { nil: undefined });
		const said = fc.record({ text: fc.string({ minLength: 1 }), thoughtSignature: signature });
		const called = fc.record({ functionCall: fc.record({ name: fc.constant('f') }), thoughtSignature: signature });
		const last = fc.option(fc.record({ text: fc.constant(''), thoughtSignature: fc.constant('bGFzdA==') }));
		fc.assert(
			fc.property(fc.array(fc.oneof(said, called), { minLength: 1, maxLength: 6 }), last, (given, end) => {
				const parts = end ? [...given, end] : given;
				const whole = googleGenerate.fromResponse(json(answer({ parts, finish: 'STOP' })), {});
				const sent = nextContents(whole)[1]?.parts ?? [];
				expect(signatures(sent)).toEqual(signatures(parts));
				expect(signatures(sent.filter(isCall))).toEqual(signatures(parts.filter(isCall)));
				expect(sent.filter(isCall).map(isSigned)).toEqual(parts.filter(isCall).map(isSigned));
			}),
		);
	});
});

const isCall = (part: object): boolean => 'functionCall' in part;

const signatureOf = (part: object): unknown =>
	'thoughtSignature' in part && part.thoughtSignature !== UNSIGNED ? part.thoughtSignature : undefined;

const isSigned = (part: object): boolean => signatureOf(part) !== undefined;

const signatures = (parts: readonly object[]): unknown[] => parts.filter(isSigned).map(signatureOf);

describe('arguments', () => {
	const args = (text: string) =>
		replayed([{ type: 'tool-call', id: 'a', name: 'f', arguments: text }])[0].functionCall.args;

	it('are an object always, and legible where they were none', () => {
		expect(args('{"a":{"b":[1]}}')).toEqual({ a: { b: [1] } });
		for (const empty of ['', ' ', '{}', 'null']) expect(args(empty)).toEqual({});
		expect(args('{"a":')).toEqual({ raw_arguments: '{"a":' });
		expect(args('[1]')).toEqual({ raw_arguments: '[1]' });
	});
});
