import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message, ToolMessage, UserPart } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { fitRequest } from '../../src/providers/fit';
import { isBase64 } from '../../src/providers/fit/media';
import { fitTarget } from '../support/fit-target';

const text = (value: string) => ({ type: 'text' as const, text: value });
const user = (...content: UserPart[]): Message => ({ role: 'user', content });
const HELLO = user(text('Hello'));
const call = (id: string, name = 'f'): AssistantPart => ({ type: 'tool-call', id, name, arguments: '{}' });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });
const result = (callId: string): ToolMessage => ({ role: 'tool', callId, content: [text(callId)] });
const system: Message = { role: 'system', content: [text('Be brief.')] };

const fitted = (messages: readonly Message[], more: Partial<ChatRequest> = {}) =>
	fitRequest({ messages, ...more }, fitTarget());
const sent = (messages: readonly Message[]) => fitted(messages).request.messages;
const refusal = (param: string) => expect.objectContaining({ code: 'invalid_request', param });

describe('calls and their results', () => {
	it('belong together in any number of rounds', () => {
		const messages = [
			HELLO,
			assistant(call('a'), call('b')),
			result('b'),
			result('a'),
			assistant(text('So'), call('c')),
			result('c'),
			assistant(text('Done.')),
			HELLO,
		];
		expect(sent(messages)).toBe(messages);
	});

	it('are refused where a result answers no call ahead of it', () => {
		expect(() => fitted([HELLO, result('a')])).toThrow(refusal('messages[1]'));
		expect(() => fitted([HELLO, assistant(text('Hi')), result('a')])).toThrow(/calls a tool with the id 'a'/);
		expect(() => fitted([HELLO, result('a'), assistant(call('a'))])).toThrow(refusal('messages[1]'));
	});

	it('are refused where a call has two results', () => {
		expect(() => fitted([HELLO, assistant(call('a')), result('a'), result('a')])).toThrow(refusal('messages[3]'));
		expect(() => fitted([HELLO, assistant(call('a')), result('a'), HELLO, result('a')])).toThrow(
			/has its result already/,
		);
	});

	it('are refused where an id stands for two calls', () => {
		expect(() => fitted([HELLO, assistant(call('a'), call('a')), result('a')])).toThrow(
			refusal('messages[1].content[1]'),
		);
		expect(() => fitted([HELLO, assistant(call('a')), result('a'), assistant(call('a')), result('a')])).toThrow(
			refusal('messages[3].content[0]'),
		);
	});

	it('are refused where a call has no result, midway and at the end', () => {
		expect(() => fitted([HELLO, assistant(call('a'), call('b')), result('a'), assistant(text('So.'))])).toThrow(
			refusal('messages[1].content[1]'),
		);
		expect(() => fitted([HELLO, assistant(call('a')), HELLO])).toThrow(refusal('messages[1].content[0]'));
		expect(() => fitted([HELLO, assistant(call('a'))])).toThrow(/has no result/);
	});

	it('are refused where a call has no id or no name', () => {
		expect(() => fitted([HELLO, assistant(call('')), result('')])).toThrow(refusal('messages[1].content[0]'));
		expect(() => fitted([HELLO, assistant(call('a', '')), result('a')])).toThrow(refusal('messages[1].content[0]'));
	});

	it('count from the first message of the caller', () => {
		const messages = [system, HELLO, result('a')];
		expect(() => fitRequest({ messages }, fitTarget(), { firstMessage: 1 })).toThrow(refusal('messages[1]'));
	});

	it('are put together where something was said in between', () => {
		const messages = [
			HELLO,
			assistant(call('a'), call('b')),
			result('b'),
			user(text('Well?')),
			system,
			result('a'),
			HELLO,
		];
		expect(sent(messages)).toEqual([
			HELLO,
			assistant(call('a'), call('b')),
			result('a'),
			result('b'),
			user(text('Well?')),
			system,
			HELLO,
		]);
	});

	it('stay whole however a valid conversation is interrupted', () => {
		const rounds = fc.array(fc.record({ calls: fc.nat(3), talk: fc.array(fc.nat(3)) }), { maxLength: 5 });
		fc.assert(
			fc.property(rounds, (shape) => {
				const messages: Message[] = [HELLO];
				shape.forEach(({ calls, talk }, round) => {
					const ids = Array.from({ length: calls }, (_, at) => `${round}-${at}`);
					messages.push(assistant(text('So'), ...ids.map((id) => call(id))));
					const after: Message[] = ids.map(result);
					for (const at of talk) after.splice(Math.min(at, after.length), 0, user(text(`${at}`)));
					messages.push(...after);
				});
				const out = sent(messages);
				expect(new Set(out)).toEqual(new Set(messages));
				expect(out).toHaveLength(messages.length);
				out.forEach((message, index) => {
					if (message.role === 'tool') expect(['assistant', 'tool']).toContain(out[index - 1]?.role);
				});
				expect(sent(out)).toBe(out);
			}),
		);
	});
});

describe('roles', () => {
	it('may come in any order', () => {
		const messages = [assistant(text('Hi')), HELLO, HELLO, system, assistant(text('a')), assistant(text('b'))];
		expect(sent(messages)).toBe(messages);
	});

	it('lose an assistant turn that says nothing, which is named, or refused where strict', () => {
		const messages = [HELLO, assistant(text('')), HELLO, assistant(), HELLO];
		const { request, warnings } = fitted(messages);
		expect(request.messages).toEqual([HELLO, HELLO, HELLO]);
		expect(warnings).toEqual([{ field: 'messages', message: expect.stringContaining('says nothing') }]);
		expect(() => fitted(messages, { strict: true })).toThrow(refusal('messages[1]'));
	});

	it('keep an assistant turn that calls, thinks or refuses', () => {
		const messages = [
			HELLO,
			assistant(text(''), call('a')),
			result('a'),
			assistant({ type: 'reasoning', text: 'Hm.' }),
			assistant({ type: 'refusal', text: 'No.' }),
		];
		expect(sent(messages)).toBe(messages);
	});
});

describe('tools', () => {
	it('are refused without a name, with the name of another, or with arguments that are no object', () => {
		const tools =
			(...list: NonNullable<ChatRequest['tools']>) =>
			() =>
				fitted([HELLO], { tools: list });
		expect(tools({ name: 'f' }, { name: '' })).toThrow(refusal('tools[1].name'));
		expect(tools({ name: 'f' }, { name: 'g' }, { name: 'f' })).toThrow(refusal('tools[2].name'));
		expect(tools({ name: 'f' }, { name: 'g', parameters: { type: 'string' } })).toThrow(refusal('tools[1].parameters'));
		for (const parameters of [{}, { type: 'object' }, { type: ['object', 'null'] }, { anyOf: [] }])
			expect(tools({ name: 'f', parameters })().warnings).toEqual([]);
	});

	it('are refused where the one to be called is not among them', () => {
		const tools = [{ name: 'f' }];
		expect(() => fitted([HELLO], { tools, toolChoice: { name: 'g' } })).toThrow(refusal('toolChoice'));
		expect(() => fitted([HELLO], { toolChoice: 'required' })).toThrow(refusal('toolChoice'));
		expect(() => fitted([HELLO], { tools: [], toolChoice: { name: 'f' } })).toThrow(refusal('toolChoice'));
		expect(fitted([HELLO], { tools, toolChoice: { name: 'f' } }).warnings).toEqual([]);
		expect(fitted([HELLO], { toolChoice: 'none' }).warnings).toEqual([]);
	});
});

describe('inline media', () => {
	const image = (mediaType: string, data = 'AAAA'): UserPart => ({
		type: 'image',
		source: { kind: 'data', mediaType, data },
	});
	const file = (mediaType: string, data = 'AAAA'): UserPart => ({
		type: 'file',
		source: { kind: 'data', mediaType, data },
	});

	it("is refused where its media type is missing, or no image's on an image", () => {
		expect(() => fitted([user(text('a'), image(''))])).toThrow(refusal('messages[0].content[1]'));
		expect(() => fitted([user(image('application/pdf'))])).toThrow(/'application\/pdf' is not its media type/);
		expect(() => fitted([user(file(''))])).toThrow(refusal('messages[0].content[0]'));
		for (const part of [
			image('image/png'),
			image('IMAGE/JPG'),
			image('image/svg+xml'),
			file('text/csv; charset=utf-8'),
		])
			expect(fitted([user(part)]).warnings).toEqual([]);
	});

	it('is refused where it is no base64, in results of tools too', () => {
		expect(() => fitted([user(image('image/png', 'AAA'))])).toThrow(refusal('messages[0].content[0]'));
		expect(() => fitted([user(file('application/pdf', 'AA-_'))])).toThrow(refusal('messages[0].content[0]'));
		expect(() => fitted([user({ type: 'audio', data: '', format: 'wav' })])).toThrow(refusal('messages[0].content[0]'));
		expect(() => fitted([user(image('image/png', 'data:image/png;base64,AAAA'))])).toThrow(/without the data: URL/);
		const shown = { role: 'tool', callId: 'a', content: [image('image/png', '?')] } as ToolMessage;
		expect(() => fitted([HELLO, assistant(call('a')), shown])).toThrow(refusal('messages[2].content[0]'));
	});

	it('is base64 exactly where bytes can be made of it', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
				const encoded = btoa(String.fromCharCode(...bytes));
				expect(isBase64(encoded)).toBe(true);
				expect(isBase64(`${encoded}=`)).toBe(false);
				expect(isBase64(`=${encoded}===`)).toBe(false);
				expect(isBase64(`${encoded.slice(0, -1)}\n`)).toBe(false);
			}),
		);
		for (const wrong of ['', 'A', 'AA', 'A===', 'AA=A', '====', 'AAAA====', 'AA A', 'ÄAAA'])
			expect(isBase64(wrong), wrong).toBe(false);
	});

	it('of ten megabytes is judged to its last character', () => {
		const data = 'AAAA'.repeat(2_500_000);
		expect(isBase64(data)).toBe(true);
		expect(isBase64(`${data}AA=A`)).toBe(false);
		expect(isBase64(`${'='.repeat(4)}${data}`)).toBe(false);
	});
});
