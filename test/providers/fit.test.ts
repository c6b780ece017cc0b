import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message, UserPart } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import type { CapabilityOverrides } from '../../src/providers/capability';
import { fitRequest, supportOf } from '../../src/providers/fit';
import { fitTarget } from '../support/fit-target';

const text = (value: string, more: object = {}) => ({ type: 'text' as const, text: value, ...more });
const user = (...content: UserPart[]): Message => ({ role: 'user', content });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });
const HELLO = user(text('Hello'));
const PNG = { kind: 'data', mediaType: 'image/png', data: 'AAAA' } as const;
const PDF = { kind: 'data', mediaType: 'application/pdf', data: 'AAAA' } as const;
const WEB = { kind: 'url', url: 'https://x.test/a' } as const;

const refusal = (param: string) => expect.objectContaining({ code: 'invalid_request', param });
const fitted = (request: Partial<ChatRequest>, described: Parameters<typeof fitTarget>[0] = {}) =>
	fitRequest({ messages: [HELLO], ...request }, fitTarget(described));
const fields = (request: Partial<ChatRequest>, described: Parameters<typeof fitTarget>[0] = {}) =>
	fitted(request, described).warnings.map((warning) => warning.field);

describe('a request that its target honours', () => {
	it('stays the same object, with the one empty list of warnings', () => {
		const request: ChatRequest = { messages: [HELLO], temperature: 0.2, maxTokens: 5 };
		const first = fitRequest(request, fitTarget());
		expect(first.request).toBe(request);
		expect(first.warnings).toEqual([]);
		expect(Object.isFrozen(first.warnings)).toBe(true);
		expect(fitRequest({ messages: [HELLO] }, fitTarget()).warnings).toBe(first.warnings);
	});

	it('is not asked what it does not say', () => {
		const none: CapabilityOverrides = {
			'image.url': { refused: 'No.' },
			seed: { dropped: 'No.' },
			tools: { refused: 'No.' },
		};
		const request: ChatRequest = { messages: [HELLO, assistant(text('Hi')), HELLO], strict: true };
		expect(fitRequest(request, fitTarget({ wire: none })).request).toBe(request);
	});
});

describe('what is dropped', () => {
	it('is left out of the request and named with the words of the table', () => {
		const { request, warnings } = fitted(
			{ seed: 7, temperature: 0.3 },
			{ wire: { seed: { dropped: 'It has no seed.' } } },
		);
		expect(request).toEqual({ messages: [HELLO], temperature: 0.3 });
		expect(warnings).toEqual([{ field: 'seed', message: 'It has no seed.' }]);
	});

	it('is refused, naming the field and the target, where the request is strict', () => {
		const ask = () => fitted({ seed: 7, strict: true }, { wire: { seed: { dropped: 'It has no seed.' } } });
		expect(ask).toThrow(refusal('seed'));
		expect(ask).toThrow(/^seed: acme\/large .* strict\. It has no seed\.$/);
	});

	it.each([
		['maxTokens', { maxTokens: 5 }],
		['topK', { topK: 5 }],
		['stop', { stop: ['x'] }],
		['logprobs', { logprobs: { top: 1 } }],
		['user', { user: 'u' }],
		['metadata', { metadata: { a: 'b' } }],
		['presencePenalty', { presencePenalty: 1 }],
		['frequencyPenalty', { frequencyPenalty: 1 }],
	] as const)('is %s alone, where that is what the table says', (field, asked) => {
		const { request, warnings } = fitted({ ...asked, topP: 0.5 }, { wire: { [field]: { dropped: 'No.' } } });
		expect(request).toEqual({ messages: [HELLO], topP: 0.5 });
		expect(warnings).toEqual([{ field, message: 'No.' }]);
	});

	it.each([
		['temperature', 1],
		['topP', 1],
		['presencePenalty', 0],
		['frequencyPenalty', 0],
		['stop', []],
		['user', ''],
		['metadata', {}],
	] as const)('goes in silence, strict or not, where %s says what holds anyway', (field, value) => {
		const described = { wire: { [field]: { refused: 'No.' } } };
		const { request, warnings } = fitted({ [field]: value, strict: true }, described);
		expect(request).toEqual({ messages: [HELLO], strict: true });
		expect(warnings).toEqual([]);
	});

	it('leaves other values of the same provider alone', () => {
		expect(fields({ temperature: 1, topP: 0.5 }, { wire: { temperature: { dropped: 'No.' } } })).toEqual([]);
	});

	it('is the response format, a choice of tools, parallel calls, and the strictness of a tool', () => {
		const dropped = { dropped: 'No.' };
		const wire = {
			'responseFormat.schema': dropped,
			'toolChoice.named': dropped,
			parallelToolCalls: dropped,
			'tools.strict': dropped,
		};
		const tools = [{ name: 'f', strict: true }, { name: 'g' }];
		const asked = { tools, toolChoice: { name: 'f' }, parallelToolCalls: false } as const;
		const schema = { type: 'json-schema', name: 'n', schema: {} } as const;
		const { request, warnings } = fitted({ ...asked, responseFormat: schema }, { wire });
		expect(request).toEqual({ messages: [HELLO], tools: [{ name: 'f' }, { name: 'g' }] });
		expect(warnings.map(({ field }) => field).sort()).toEqual([
			'parallelToolCalls',
			'responseFormat',
			'toolChoice',
			'tools',
		]);
		expect(() => fitted({ ...asked, strict: true }, { wire: { 'tools.strict': dropped } })).toThrow(
			refusal('tools[0].strict'),
		);
		expect(fields({ tools, toolChoice: 'required' }, { wire })).toEqual(['tools']);
		expect(fitted({ tools: [{ name: 'f', strict: false }], parallelToolCalls: true }, { wire })).toEqual({
			request: { messages: [HELLO], tools: [{ name: 'f' }] },
			warnings: [],
		});
	});

	it('is named once, however often it is asked for', () => {
		const named = (name: string): Message => ({ role: 'user', content: [text('Hi')], name });
		const asked = { messages: [named('Ann'), named('Bob')] };
		const { request, warnings } = fitted(asked, { wire: { 'messages.name': { dropped: 'No names.' } } });
		expect(request.messages).toEqual([user(text('Hi')), user(text('Hi'))]);
		expect(warnings).toEqual([{ field: 'messages.name', message: 'No names.' }]);
	});

	it('is the mark of a failed tool, whose words stay', () => {
		const messages: Message[] = [
			HELLO,
			assistant({ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }),
			{ role: 'tool', callId: 'c', content: [text('no')], isError: true },
		];
		const { request, warnings } = fitted({ messages }, { wire: { 'tools.resultError': { dropped: 'No mark.' } } });
		expect(request.messages[2]).toEqual({ role: 'tool', callId: 'c', content: [text('no')] });
		expect(warnings).toEqual([{ field: 'tools', message: 'No mark.' }]);
	});

	it('is a cache breakpoint without a word, since it changes no answer', () => {
		const messages: Message[] = [
			{ role: 'system', content: [text('Long.', { cache: '1h' })] },
			user(text('Look'), { type: 'image', source: PNG, cache: true }),
			assistant(text('Yes', { cache: true })),
			HELLO,
		];
		const tools = [{ name: 'f', cache: true }];
		const asked = { messages, tools, strict: true };
		const { request, warnings } = fitted(asked, { wire: { cache: { dropped: 'It caches by itself.' } } });
		expect(JSON.stringify(request)).not.toContain('cache');
		expect(request.messages).toHaveLength(4);
		expect(warnings).toEqual([]);
		const taken = fitted({ messages, tools });
		expect(taken.request.messages).toBe(messages);
	});

	it('never is what an answer would mislead without', () => {
		const described = { wire: { 'image.data': { dropped: 'Skipped.' } } };
		expect(() => fitted({ messages: [user({ type: 'image', source: PNG })] }, described)).toThrow(
			refusal('messages[0].content[0]'),
		);
	});
});

describe('the replay of signed reasoning', () => {
	const thought: AssistantPart = { type: 'reasoning', text: 'Hm.', signature: 's' };
	const call: AssistantPart = { type: 'tool-call', id: 'c', name: 'f', arguments: '{}' };
	const result: Message = { role: 'tool', callId: 'c', content: [text('1')] };
	const described = { wire: { 'reasoning.replay': { dropped: 'Not replayed.' } } };

	it('is left out with a warning where the turn is still open', () => {
		const messages = [HELLO, assistant(thought, call), result];
		const { request, warnings } = fitted({ messages }, described);
		expect(request.messages[1]).toEqual(assistant(call));
		expect(warnings).toEqual([{ field: 'reasoning', message: 'Not replayed.' }]);
		expect(() => fitted({ messages, strict: true }, described)).toThrow(refusal('messages[1].content[0]'));
	});

	it('is left out in silence in turns that are over', () => {
		const messages = [HELLO, assistant(thought, text('4')), HELLO];
		const { request, warnings } = fitted({ messages, strict: true }, described);
		expect(request.messages[1]).toEqual(assistant(text('4')));
		expect(warnings).toEqual([]);
	});

	it('is no matter of thoughts without a signature', () => {
		const messages = [HELLO, assistant({ type: 'reasoning', text: 'Hm.' }, call), result];
		expect(fitted({ messages }, described).request.messages).toBe(messages);
	});
});

describe('what is refused', () => {
	it("is named by where it stands, counted from the caller's first message", () => {
		const described = { wire: { audio: { refused: 'It hears nothing: send a transcript.' } } };
		const messages = [HELLO, user(text('Hear'), { type: 'audio', data: 'AAAA', format: 'wav' })];
		const ask = (firstMessage?: number) => () =>
			fitRequest({ messages }, fitTarget(described), firstMessage === undefined ? {} : { firstMessage });
		expect(ask()).toThrow(refusal('messages[1].content[1]'));
		expect(ask(1)).toThrow(refusal('messages[0].content[1]'));
		expect(ask(2)).toThrow(refusal('messages'));
		expect(ask()).toThrow(
			"messages[1].content[1]: acme/large can't be sent this. It hears nothing: send a transcript.",
		);
	});

	it.each([
		['image.url', { type: 'image', source: WEB }],
		['image.data', { type: 'image', source: PNG }],
		['image.fileId', { type: 'image', source: { kind: 'file-id', id: 'f' } }],
		['file.url', { type: 'file', source: WEB }],
		['file.data', { type: 'file', source: PDF }],
		['file.fileId', { type: 'file', source: { kind: 'file-id', id: 'f' } }],
		['audio', { type: 'audio', data: 'AAAA', format: 'wav' }],
	] as const)('is %s and no other part', (capability, part) => {
		const others: UserPart[] = [
			{ type: 'image', source: PNG },
			{ type: 'file', source: PDF },
		];
		const kept = others.filter((other) => other.type !== part.type);
		expect(() => fitted({ messages: [user(...kept, part)] }, { wire: { [capability]: { refused: 'No.' } } })).toThrow(
			refusal(`messages[0].content[${kept.length}]`),
		);
		expect(fields({ messages: [user(...kept)] }, { wire: { [capability]: { refused: 'No.' } } })).toEqual([]);
	});

	it('is a system message by its place', () => {
		const system: Message = { role: 'system', content: [text('Be brief.')] };
		const ahead = { wire: { 'messages.system': { refused: 'No.' } } };
		const midway = { wire: { 'messages.systemMidway': { refused: 'No.' } } };
		expect(() => fitted({ messages: [system, HELLO] }, ahead)).toThrow(refusal('messages[0]'));
		expect(fields({ messages: [system, system, HELLO] }, midway)).toEqual([]);
		expect(() => fitted({ messages: [system, HELLO, system] }, midway)).toThrow(refusal('messages[2]'));
	});

	it('is several results after one turn, and images in them', () => {
		const call = (id: string): AssistantPart => ({ type: 'tool-call', id, name: 'f', arguments: '{}' });
		const results: Message[] = [
			{ role: 'tool', callId: 'a', content: [text('1')] },
			{ role: 'tool', callId: 'b', content: [text('2'), { type: 'image', source: PNG }] },
		];
		const messages = [HELLO, assistant(call('a'), call('b')), ...results];
		const parallel = { wire: { 'tools.parallelResults': { refused: 'One.' } } };
		const images = { wire: { 'tools.resultImage': { refused: 'None.' } } };
		expect(() => fitted({ messages }, parallel)).toThrow(refusal('messages[3]'));
		expect(() => fitted({ messages }, images)).toThrow(refusal('messages[3].content[1]'));
		expect(() => fitted({ messages }, { wire: { 'image.data': { refused: 'None.' } } })).toThrow(
			refusal('messages[3].content[1]'),
		);
	});
});

describe('what is lossy', () => {
	const described = { wire: { 'responseFormat.json': { lossy: 'Told in words.' } } };

	it('is left to the wire, which names it', () => {
		const request: ChatRequest = { messages: [HELLO], responseFormat: { type: 'json' } };
		const { request: same, warnings } = fitRequest(request, fitTarget(described));
		expect(same).toBe(request);
		expect(warnings).toEqual([]);
	});

	it('is refused where the request is strict', () => {
		expect(() => fitted({ responseFormat: { type: 'json' }, strict: true }, described)).toThrow(
			refusal('responseFormat'),
		);
	});
});

describe('whose word counts', () => {
	it("is the provider's before its wire's", () => {
		const wire = { seed: { dropped: 'The wire has none.' } } as const;
		expect(supportOf('seed', fitTarget({ wire, provider: { seed: 'exact' } }))).toBe('exact');
		expect(supportOf('seed', fitTarget({ provider: { seed: { dropped: 'No.' } } }))).toEqual({ dropped: 'No.' });
		expect(supportOf('seed', fitTarget({ wire, provider: { topK: 'exact' } }))).toEqual(wire.seed);
	});

	it("is the alternative's own on an alternative wire", () => {
		const target = fitTarget({
			provider: { seed: { dropped: 'Not on chat.' } },
			alternatives: [{ wire: 'openai-responses', capabilities: { topK: { dropped: 'Not there.' } } }],
		});
		const other = { ...target, wire: { ...target.wire, id: 'openai-responses' as const } };
		expect(supportOf('seed', other)).toBe('exact');
		expect(supportOf('topK', other)).toEqual({ dropped: 'Not there.' });
		expect(supportOf('topK', target)).toBe('exact');
	});

	it('is narrowed, never widened, by the model', () => {
		fc.assert(
			fc.property(
				fc.constantFrom('exact' as const, { lossy: 'l' }, { dropped: 'd' }, { refused: 'r' }),
				fc.record({
					sampling: fc.boolean(),
					reasoning: fc.boolean(),
					structuredOutput: fc.boolean(),
					tools: fc.boolean(),
					known: fc.boolean(),
				}),
				fc.constantFrom(
					'topK' as const,
					'tools' as const,
					'reasoning.effort' as const,
					'responseFormat.schema' as const,
				),
				(stated, traits, capability) => {
					const rank = (support: typeof stated) =>
						support === 'exact' ? 0 : 'lossy' in support ? 1 : 'dropped' in support ? 2 : 3;
					const support = supportOf(capability, fitTarget({ wire: { [capability]: stated }, traits }));
					expect(rank(support as typeof stated)).toBeGreaterThanOrEqual(rank(stated));
				},
			),
		);
	});
});

describe('the model', () => {
	it('without images refuses them, in results of tools too', () => {
		const described = { traits: { input: ['text'] as const } };
		const image: UserPart = { type: 'image', source: PNG };
		expect(() => fitted({ messages: [user(image)] }, described)).toThrow(refusal('messages[0].content[0]'));
		expect(() => fitted({ messages: [user(image)] }, described)).toThrow(/acme\/large .* takes no images/);
		const messages: Message[] = [
			HELLO,
			assistant({ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }),
			{ role: 'tool', callId: 'c', content: [{ type: 'image', source: PNG }] },
		];
		expect(() => fitted({ messages }, described)).toThrow(refusal('messages[2].content[0]'));
	});

	it('without audio refuses it', () => {
		const messages = [user({ type: 'audio', data: 'AAAA', format: 'wav' })];
		expect(() => fitted({ messages }, { traits: { input: ['text', 'image'] } })).toThrow(
			refusal('messages[0].content[0]'),
		);
		expect(fields({ messages }, { traits: { input: ['text', 'audio'] } })).toEqual([]);
	});

	it('takes PDF files where it sees pages or images, or where its provider reads them for it', () => {
		const messages = [user({ type: 'file', source: PDF })];
		const blind = { input: ['text'] as const };
		expect(() => fitted({ messages }, { traits: blind })).toThrow(refusal('messages[0].content[0]'));
		expect(fields({ messages }, { traits: { input: ['text', 'pdf'] } })).toEqual([]);
		expect(fields({ messages }, { traits: { input: ['text', 'image'] } })).toEqual([]);
		expect(fields({ messages }, { traits: blind, quirks: { parsesFiles: true } })).toEqual([]);
	});

	it('takes files of text in any case', () => {
		const source = { kind: 'data', mediaType: 'text/csv', data: 'AAAA' } as const;
		expect(fields({ messages: [user({ type: 'file', source })] }, { traits: { input: ['text'] } })).toEqual([]);
	});

	it('without tools refuses them, their calls and their results', () => {
		const described = { traits: { tools: false } };
		expect(() => fitted({ tools: [{ name: 'f' }] }, described)).toThrow(refusal('tools'));
		const messages: Message[] = [
			HELLO,
			assistant({ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }),
			{ role: 'tool', callId: 'c', content: [text('1')] },
		];
		expect(() => fitted({ messages }, described)).toThrow(refusal('messages[1].content[0]'));
		expect(fields({ tools: [] }, described)).toEqual([]);
		expect(supportOf('toolChoice.none', fitTarget(described))).toMatchObject({ refused: expect.anything() });
	});

	it('without sampling loses temperature, topP and topK, and what else its provider says', () => {
		const described = {
			traits: { sampling: false },
			quirks: { withoutSampling: ['stop', 'presencePenalty'] as const },
		};
		const asked = { temperature: 0.2, topP: 0.5, topK: 4, stop: ['x'], presencePenalty: 1, frequencyPenalty: 1 };
		const { request } = fitted(asked, described);
		expect(request).toEqual({ messages: [HELLO], frequencyPenalty: 1 });
		expect(fields(asked, described)).toEqual(['temperature', 'topP', 'topK', 'stop', 'presencePenalty']);
		expect(fields({ ...asked, stop: ['x'] }, { traits: { sampling: false } })).toEqual(['temperature', 'topP', 'topK']);
		const neutral = { temperature: 1, topP: 1, presencePenalty: 0, strict: true };
		expect(fitted(neutral, described)).toEqual({ request: { messages: [HELLO], strict: true }, warnings: [] });
	});

	it('samples where it can be told not to reason, and is', () => {
		const effort = (...values: string[]) => ({
			traits: { sampling: false, reasoningOptions: [{ type: 'effort' as const, values }] },
			quirks: { withoutSampling: ['stop'] as const },
		});
		const asked = { temperature: 0.2, stop: ['x'], reasoning: { effort: 'none' } } as const;
		expect(fields(asked, effort('none', 'low'))).toEqual([]);
		expect(fields({ ...asked, reasoning: { effort: 'low' } }, effort('none', 'low'))).toEqual(['temperature', 'stop']);
		expect(fields(asked, effort('low'))).toEqual(['temperature', 'stop']);
	});

	it('that never reasons loses what asks for it, and is silent where nothing was asked', () => {
		const described = { traits: { reasoning: false } };
		expect(fitted({ reasoning: { effort: 'high', summary: 'auto' } }, described).request).toEqual({
			messages: [HELLO],
		});
		expect(fields({ reasoning: { effort: 'high' } }, described)).toEqual(['reasoning']);
		expect(fields({ reasoning: { budgetTokens: 5000 } }, described)).toEqual(['reasoning']);
		expect(fitted({ reasoning: { effort: 'none' }, strict: true }, described)).toEqual({
			request: { messages: [HELLO], strict: true },
			warnings: [],
		});
	});

	it('keeps of reasoning what its provider takes', () => {
		const described = { wire: { 'reasoning.budget': { dropped: 'No budgets.' } } };
		const { request, warnings } = fitted({ reasoning: { effort: 'low', budgetTokens: 9 } }, described);
		expect(request.reasoning).toEqual({ effort: 'low' });
		expect(warnings).toEqual([{ field: 'reasoning', message: 'No budgets.' }]);
		expect(fitted({ reasoning: { budgetTokens: 9 } }, described).request).toEqual({ messages: [HELLO] });
		expect(fitted({ reasoning: { budgetTokens: 9, sealed: true } }, described).request.reasoning).toEqual({
			sealed: true,
		});
		const mute = { wire: { 'reasoning.effort': { dropped: 'Not to be steered.' } } };
		expect(fields({ reasoning: { effort: 'none' } }, mute)).toEqual(['reasoning']);
	});

	it('without native schemas is lossy there, for the wire to name', () => {
		const described = { traits: { structuredOutput: false } };
		const responseFormat = { type: 'json-schema', name: 'n', schema: {} } as const;
		expect(supportOf('responseFormat.schema', fitTarget(described))).toMatchObject({ lossy: expect.anything() });
		expect(fields({ responseFormat }, described)).toEqual([]);
		expect(fields({ responseFormat: { type: 'json' }, strict: true }, described)).toEqual([]);
	});

	it('that no catalog knows is held to nothing', () => {
		const traits = {
			known: false,
			input: ['text'] as const,
			tools: false,
			sampling: false,
			reasoning: false,
			structuredOutput: false,
		};
		const request: ChatRequest = {
			messages: [user({ type: 'image', source: PNG })],
			tools: [{ name: 'f' }],
			temperature: 0.2,
			reasoning: { effort: 'low' },
			responseFormat: { type: 'json-schema', name: 'n', schema: {} },
			strict: true,
		};
		expect(fitRequest(request, fitTarget({ traits })).request).toBe(request);
	});
});
