import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { Message, UserPart } from '../../src/language/message';
import type { ChatRequest, ResponseFormat } from '../../src/language/request';
import { base64Head, base64Tail, isAsciiBase64 } from '../../src/planner/base64';
import { bound } from '../../src/planner/bound';
import { counterFor, countMemo, encodingOf } from '../../src/planner/count';
import { measure } from '../../src/planner/measure';
import { normalizedLength, utf8Length } from '../../src/planner/text';
import { anthropic } from '../../src/providers/anthropic';
import { anthropicMessages } from '../../src/providers/wire/anthropic-messages';
import { callInstruction, formatInstruction, instructed } from '../../src/providers/wire/instruction';
import { encodingNamed } from '../support/encodings';
import { wireTarget } from '../support/wire-target';

const { facts } = catalog();
const CLAUDE = facts('anthropic', 'claude-opus-4-5');
const CONVERSED = facts('bedrock', 'us.anthropic.claude-opus-4-5-20251101-v1:0');
const GPT_4O = facts('openai', 'gpt-4o');
const MISTRAL = facts('mistral', 'mistral-large-latest');

const words = (text: string) => ({ type: 'text' as const, text });
const user = (...content: UserPart[]): Message => ({ role: 'user', content });

/** Both, of which the first is never lower. */
function sizes(messages: readonly Message[], sheet = GPT_4O, more: Partial<ChatRequest> = {}): [number, number] {
	const request: ChatRequest = { messages, ...more };
	const counter = counterFor(request, {
		facts: sheet,
		encoding: encodingNamed(encodingOf(sheet)),
		calibration: null,
		memo: countMemo(),
	});
	const pair: [number, number] = [bound(request, sheet, measure(request)).before, counter.total(messages)];
	expect(pair[0]).toBeGreaterThanOrEqual(pair[1]);
	return pair;
}

describe('marks upon marks', () => {
	it('are bounded in linear time, though putting them in order takes quadratic time', () => {
		for (const text of ['\u0301\u0316'.repeat(500_000), `a${'\u0301'.repeat(500_000)}${'\u0316'.repeat(500_000)}`])
			for (const form of ['NFC', 'NFKC', 'unknown'] as const)
				expect(normalizedLength(text, form)).toBeGreaterThanOrEqual(2_000_000);
		expect(normalizedLength('\uff9e\u0301'.repeat(200_000), 'NFKC')).toBeGreaterThanOrEqual(1_000_000);
	});

	it('are never bounded by less than their normal forms have, pairs at the seams among them', () => {
		const marks = '\u0301\u0316\u0327\u0344\uff9e';
		for (let before = 0; before < 70; before += 1) {
			const text = `${'e'.repeat(before)}\ud834\udd5e${marks.repeat(20)}\u1100\u1161\ufdfa\ud834\udd5e`;
			for (const form of ['NFC', 'NFKC'] as const)
				expect(normalizedLength(text, form)).toBeGreaterThanOrEqual(utf8Length(text.normalize(form)));
		}
	});

	it('a ligature counts as the letters that a normalizing tokenizer reads', () => {
		const [, ligatures] = sizes([user(words('\ufdfa'.repeat(100)))], CLAUDE);
		const [, letters] = sizes([user(words('\ufdfa'.normalize('NFKC').repeat(100)))], CLAUDE);
		expect(ligatures).toBe(letters);
	});
});

describe('what wires add', () => {
	it('counts the breaks by which many short texts are joined', () => {
		const many = Array.from({ length: 10_000 }, () => words('a'));
		expect(sizes([user(...many)])[1]).toBeGreaterThanOrEqual(19_999);
		expect(sizes([{ role: 'tool', callId: 'c', content: many }])[1]).toBeGreaterThanOrEqual(19_999);
	});

	it('counts the message in which images of a result follow it', () => {
		const image = { type: 'image' as const, source: { kind: 'url' as const, url: 'https://example.com/a.png' } };
		const inResult = sizes([{ role: 'tool', callId: 'c', content: [image] }])[1];
		const inMessages = sizes([{ role: 'tool', callId: 'c', content: [] }, user(image)])[1];
		expect(inResult).toBe(inMessages);
	});

	it('counts the tools that Bedrock is named because they were called', () => {
		const calls: Message[] = Array.from({ length: 100 }, (_, at) => ({
			role: 'assistant',
			content: [{ type: 'tool-call', id: 'c', name: `f${at}`, arguments: '{}' }],
		}));
		expect(sizes(calls, CONVERSED)[1] - sizes(calls, CLAUDE)[1]).toBeGreaterThan(100 * 54);
	});

	it('counts what is said between a result and a user, also where only a dropped answer brings them together', () => {
		const result: Message = { role: 'tool', callId: 'c', content: [] };
		const answer: Message = { role: 'assistant', content: [] };
		const turns = Array.from({ length: 100 }, () => [result, user()]).flat();
		const apart = Array.from({ length: 100 }, () => [result, answer, user()]).flat();
		const answers = Array.from({ length: 100 }, () => answer);
		const others = Array.from({ length: 100 }, () => user());
		const [, none] = sizes([], MISTRAL);
		const [, together] = sizes(turns, MISTRAL);
		expect(together - sizes(others, MISTRAL)[1]).toBeGreaterThanOrEqual(900);
		expect(sizes(apart, MISTRAL)[1] - (sizes(answers, MISTRAL)[1] - none)).toBe(together);
	});

	it.each([
		['json', GPT_4O],
		['json', facts('groq', 'openai/gpt-oss-120b')],
		['json-schema', facts('openai', 'gpt-4-turbo')],
		['json-schema', { ...GPT_4O, structuredOutput: false }],
	] as const)('counts what is said in words of an answer in %s, and the message it stands in', (type, sheet) => {
		const responseFormat: ResponseFormat = type === 'json' ? { type } : { type, name: '', schema: { type: 'object' } };
		const messages = [user(words('Hi'))];
		const instructions = [formatInstruction(responseFormat) ?? ''];
		const [, asked] = sizes(messages, sheet, { responseFormat });
		expect(asked).toBeGreaterThanOrEqual(sizes(instructed(messages, instructions), sheet)[1]);
	});

	it('counts choices at the root of a schema as often as Claude is told of them', () => {
		const choice = (name: string) => ({ type: 'object', properties: { [name]: { description: 'word '.repeat(500) } } });
		const parameters = { anyOf: [choice('a'), choice('b')] };
		const messages = [user(words('Hi'))];
		const target = wireTarget(anthropic, CLAUDE.model);
		const { body } = anthropicMessages.toRequest({ messages, tools: [{ name: 'f', parameters }] }, target);
		const sent = JSON.stringify(JSON.parse(body).tools[0].input_schema);
		const [, asked] = sizes(messages, CLAUDE, { tools: [{ name: 'f', parameters }] });
		expect(asked).toBeGreaterThan(encodingNamed('o200k_base').count(sent) * 1.2);
	});

	it('counts calls and results no lower than Harmony writes them', () => {
		const [start, channel, message, call, end] = ['<|start|>', '<|channel|>', '<|message|>', '<|call|>', '<|end|>'];
		const written = [
			[start, 'assistant to=functions.get_weather', channel, 'commentary json', message, '{}', call],
			[start, 'functions.get_weather to=assistant', channel, 'commentary', message, 'sunny', end],
		].flat();
		const encoding = encodingNamed('o200k_base');
		const tokens = written.reduce((sum, one) => sum + (one.startsWith('<|') ? 1 : encoding.count(one)), 0);
		const calls = Array.from({ length: 100 }, (_, at) => `call_${at}`);
		const part = { type: 'tool-call' as const, name: 'get_weather', arguments: '{}' };
		const results = calls.map((callId): Message => ({ role: 'tool', callId, content: [words('sunny')] }));
		const loop: Message[] = [{ role: 'assistant', content: calls.map((id) => ({ ...part, id })) }, ...results];
		expect(sizes(loop, facts('groq', 'openai/gpt-oss-120b'))[1]).toBeGreaterThanOrEqual(calls.length * tokens);
	});

	it('counts the words that demand a call where there is no field for it', () => {
		const sheet = facts('ollama', 'gpt-oss:20b');
		const tools = [{ name: 'f' }];
		const messages = [user(words('Hi'))];
		const [, demanded] = sizes(messages, sheet, { tools, toolChoice: 'required' });
		const [, said] = sizes(instructed(messages, [callInstruction('required')]), sheet, { tools });
		expect(demanded).toBeGreaterThanOrEqual(said);
	});

	it('counts ids too long for what framing has for them', () => {
		const id = 'word '.repeat(1_000);
		const call: Message = { role: 'assistant', content: [{ type: 'tool-call', id, name: 'f', arguments: '{}' }] };
		expect(sizes([call, { role: 'tool', callId: id, content: [] }], CLAUDE)[1]).toBeGreaterThan(2_000);
	});
});

describe('files', () => {
	const file = (mediaType: string, text: string): Message =>
		user({ type: 'file', source: { kind: 'data', mediaType, data: btoa(text) } });

	it.each([
		'TEXT/PLAIN',
		'application/xml',
		'application/x-yaml; charset=utf-8',
		'application/atom+xml',
		'application/sql',
	])('of %s are read as text, whatever they say of pages', (mediaType) => {
		const text = '<p>/Count 1</p> '.repeat(20_000);
		expect(sizes([file(mediaType, text)], CLAUDE)[1]).toBeGreaterThan(encodingNamed('o200k_base').count(text));
	});

	it('that a tokenizer normalizes count as it reads them', () => {
		const encoded = (text: string): Message => {
			const bytes = new TextEncoder().encode(text);
			return file('text/plain', String.fromCharCode(...bytes));
		};
		const ligatures = '\ufdfa'.repeat(1_000);
		const [, folded] = sizes([encoded(ligatures)], CLAUDE);
		expect(folded).toBe(sizes([encoded(ligatures.normalize('NFKC'))], CLAUDE)[1]);
	});

	it('are told to be ASCII by their base64, whatever its letters and lines', () => {
		for (let unit = 0; unit < 256; unit += 1)
			for (const ahead of ['', 'a', 'ab', '\u007f\u007f\u007f\n']) {
				const plain = btoa(`${ahead}${String.fromCharCode(unit)}`);
				const addressed = plain.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
				for (const data of [plain, addressed, plain.replace(/../, '$&\r\n')])
					expect(isAsciiBase64(data)).toBe(unit < 0x80);
			}
		for (const data of ['é', 'a*', '\ufdfa']) expect(isAsciiBase64(data)).toBe(false);
	});

	it('that are images count as images', () => {
		const header = new Uint8Array(33);
		const view = new DataView(header.buffer);
		view.setUint32(0, 0x89504e47);
		view.setUint32(16, 4_000);
		view.setUint32(20, 4_000);
		const data = String.fromCharCode(...header);
		const sheet = facts('anthropic', 'claude-opus-4-8');
		const image: UserPart = { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: btoa(data) } };
		expect(sizes([file('Image/PNG', data)], sheet)[1]).toBeGreaterThanOrEqual(sizes([user(image)], sheet)[1]);
	});

	it('are read where their base64 is broken into lines', () => {
		const bytes = Uint8Array.from({ length: 9_000 }, (_, at) => (at * 7) & 0xff);
		const lines = btoa(String.fromCharCode(...bytes)).replace(/.{60}/g, '$&\r\n');
		expect(base64Head(`\n${lines}`, 3_000)).toEqual(bytes.slice(0, 3_000));
		expect(base64Tail(lines, 300)).toEqual(bytes.slice(-300));
	});
});
