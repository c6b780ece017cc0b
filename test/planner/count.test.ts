import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { ModelFacts } from '../../src/catalog/facts';
import { GatewayError } from '../../src/errors';
import type { Calibration } from '../../src/health/contract';
import type { Message } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { bound } from '../../src/planner/bound';
import { type CountMemo, counterFor, countMemo, encodingOf, tableEstimate } from '../../src/planner/count';
import type { Encoding } from '../../src/planner/encoding';
import { cl100k, encodingNamed, o200k } from '../support/encodings';
import { anyRequest, anyText } from '../support/planner-requests';

const { facts } = catalog();
const GPT_4O = facts('openai', 'gpt-4o');
const GPT_4 = facts('openai', 'gpt-4-turbo');
const CLAUDE = facts('anthropic', 'claude-haiku-4-5');

const MODELS: readonly ModelFacts[] = [
	GPT_4O,
	GPT_4,
	CLAUDE,
	facts('openai', 'gpt-4o-mini'),
	facts('openai', 'gpt-5-nano'),
	facts('openai', 'gpt-5.4'),
	facts('openai', 'o4-mini'),
	facts('anthropic', 'claude-3-5-sonnet-20241022'),
	facts('anthropic', 'claude-opus-4-8'),
	facts('google', 'gemini-2.5-flash'),
	facts('google', 'gemini-3-pro-preview'),
	facts('mistral', 'mistral-small-latest'),
	facts('deepseek', 'deepseek-v4-flash'),
	facts('groq', 'openai/gpt-oss-120b'),
	facts('groq', 'llama-3.3-70b-versatile'),
	facts('groq', 'qwen/qwen3-32b'),
	facts('openrouter', 'x-ai/grok-4'),
	facts('cohere', 'command-a-03-2025'),
	facts('bedrock', 'amazon.nova-2-lite-v1:0'),
	facts('mock', 'echo'),
	facts('custom', 'unheard-of'),
];

interface Given {
	readonly calibration?: Calibration;
	readonly memo?: CountMemo;
	readonly encoding?: Encoding | null;
}

function counter(request: ChatRequest, sheet: ModelFacts, { calibration, memo, encoding }: Given = {}) {
	return counterFor(request, {
		facts: sheet,
		encoding: encoding === undefined ? encodingNamed(encodingOf(sheet)) : encoding,
		calibration: calibration ?? null,
		memo: memo ?? countMemo(),
	});
}

const total = (request: ChatRequest, sheet: ModelFacts, given?: Given): number =>
	counter(request, sheet, given).total(request.messages);

const text = (value: string) => [{ type: 'text' as const, text: value }];
const user = (value: string, name?: string): Message => ({
	role: 'user',
	content: text(value),
	...(name !== undefined && { name }),
});
const asked = (value: string, rest: Omit<ChatRequest, 'messages'> = {}): ChatRequest => ({
	messages: [user(value)],
	...rest,
});

describe("OpenAI's cookbook", () => {
	/** "How to count tokens with tiktoken", with what the API answered. */
	const JARGON: ChatRequest = {
		messages: [
			{
				role: 'system',
				content: text(
					'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
				),
			},
			user('New synergies will help drive top-line growth.', 'example_user'),
			user('Things working well together will increase revenue.', 'example_assistant'),
			user(
				"Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
				'example_user',
			),
			user("Let's talk later when we're less busy about how to do better.", 'example_assistant'),
			user("This late pivot means we don't have time to boil the ocean for the client deliverable."),
		],
	};
	const WEATHER: ChatRequest = {
		messages: [
			{
				role: 'system',
				content: text('You are a helpful assistant that can answer to questions about the weather.'),
			},
			user("What's the weather like in San Francisco?"),
		],
		tools: [
			{
				name: 'get_current_weather',
				description: 'Get the current weather in a given location',
				parameters: {
					type: 'object',
					properties: {
						location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
						unit: {
							type: 'string',
							description: 'The unit of temperature to return',
							enum: ['celsius', 'fahrenheit'],
						},
					},
					required: ['location'],
				},
			},
		],
	};

	it('is met to the token for messages and names', () => {
		expect(total(JARGON, GPT_4)).toBe(129);
		expect(total(JARGON, GPT_4O)).toBe(124);
	});

	it('is met with tools, within a tenth above', () => {
		for (const [sheet, truth] of [
			[GPT_4, 105],
			[GPT_4O, 101],
		] as const) {
			expect(total(WEATHER, sheet)).toBeGreaterThanOrEqual(truth);
			expect(total(WEATHER, sheet)).toBeLessThanOrEqual(truth * 1.1);
		}
	});
});

describe('a count', () => {
	it('is never above the bound, for any request and every family, with or without an encoding', () => {
		fc.assert(
			fc.property(anyRequest, fc.constantFrom(...MODELS), (request, sheet) => {
				const most = bound(request, sheet).before;
				expect(total(request, sheet)).toBeLessThanOrEqual(most);
				expect(total(request, sheet, { encoding: null })).toBe(most);
			}),
			{ numRuns: 600 },
		);
	}, 30_000);

	it('stays below the bound whatever was learned', () => {
		fc.assert(
			fc.property(
				anyRequest,
				fc.constantFrom(...MODELS),
				fc.record({
					factor: fc.double({ min: 0.5, max: 3, noNaN: true }),
					spread: fc.constant(0.4),
					samples: fc.nat(99),
				}),
				(request, sheet, calibration) => {
					expect(total(request, sheet, { calibration })).toBeLessThanOrEqual(bound(request, sheet).before);
				},
			),
			{ numRuns: 300 },
		);
	}, 30_000);

	it('is what is fixed and each message, rounded up once', () => {
		fc.assert(
			fc.property(anyRequest, fc.constantFrom(...MODELS), (request, sheet) => {
				const one = counter(request, sheet);
				const sum = request.messages.reduce((tokens, message) => tokens + one.message(message), one.fixed);
				expect(one.total(request.messages)).toBeGreaterThanOrEqual(sum - 1e-3);
				expect(one.total(request.messages)).toBeLessThan(sum + 1);
				expect(one.total([])).toBe(Math.ceil(one.fixed - 1e-6));
			}),
			{ numRuns: 200 },
		);
	});

	it('says by what it was made', () => {
		expect(counter(asked('a'), GPT_4O)).toMatchObject({ method: 'exact', factor: 1 });
		expect(counter(asked('a'), GPT_4)).toMatchObject({ method: 'exact', factor: 1 });
		expect(counter(asked('a'), facts('mock', 'echo'))).toMatchObject({ method: 'calibrated', factor: 1 });
		expect(counter(asked('a'), CLAUDE).method).toBe('calibrated');
		expect(counter(asked('a'), CLAUDE).factor).toBeCloseTo(1.2 * 1.1);
		expect(counter(asked('a'), GPT_4O, { encoding: null })).toMatchObject({ method: 'bound', factor: 1 });
	});

	it('takes the encoding of the model, and for all who publish none that of GPT-4o', () => {
		expect(encodingOf(GPT_4)).toBe('cl100k_base');
		for (const sheet of MODELS.filter((one) => one !== GPT_4)) expect(encodingOf(sheet)).toBe('o200k_base');
	});

	it('of a text within a message is what the message grows by', () => {
		const words = 'There is a house in New Orleans. '.repeat(20);
		for (const sheet of [GPT_4O, CLAUDE]) {
			const one = counter(asked(words), sheet);
			const grown = one.message(user(words)) - one.message(user(''));
			expect(one.text(words)).toBeCloseTo(grown);
			expect(one.text(words)).toBeGreaterThan(100);
		}
	});

	it('cuts texts by its own tokens', () => {
		const words = 'There is a house in New Orleans. '.repeat(200);
		for (const encoding of [o200k, null])
			for (const sheet of [GPT_4O, CLAUDE, facts('groq', 'qwen/qwen3-32b')]) {
				const one = counter(asked(words), sheet, { encoding });
				const head = one.headEnd(words, 100);
				const tail = one.tailStart(words, 100);
				expect(one.text(words.slice(0, head))).toBeLessThanOrEqual(100);
				expect(one.text(words.slice(0, head))).toBeGreaterThan(90);
				expect(one.text(words.slice(tail))).toBeLessThanOrEqual(100);
				expect(one.text(words.slice(tail))).toBeGreaterThan(60);
				expect(one.headEnd(words, 0)).toBe(0);
				expect(one.tailStart(words, 0)).toBe(words.length);
				expect(one.headEnd('short', 100)).toBe(5);
				expect(one.tailStart('short', 100)).toBe(0);
			}
	});

	it('by bytes cuts no pair in two', () => {
		const one = counter(asked(''), GPT_4O, { encoding: null });
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(60), (value, tokens) => {
				const cuts = [one.headEnd(value, tokens), one.tailStart(value, tokens)];
				for (const at of cuts) {
					expect((value.codePointAt(at - 1) ?? 0) > 0xffff).toBe(false);
				}
				expect(one.text(value.slice(0, cuts[0]))).toBeLessThanOrEqual(tokens);
				expect(one.text(value.slice(cuts[1]))).toBeLessThanOrEqual(tokens);
			}),
		);
	});
});

describe('what was counted of a message', () => {
	function counting(of: Encoding): Encoding & { calls: number } {
		const spy = {
			...of,
			calls: 0,
			count(value: string): number {
				spy.calls += 1;
				return of.count(value);
			},
		};
		return spy;
	}
	const request: ChatRequest = {
		messages: [user('one'), { role: 'assistant', content: text('two') }, user('three')],
		tools: [{ name: 'look', parameters: { type: 'object' } }],
	};

	it('is not counted again for another model with the same encoding', () => {
		const memo = countMemo();
		const encoding = counting(o200k);
		total(request, facts('mistral', 'mistral-large-latest'), { memo, encoding });
		const { calls } = encoding;
		expect(calls).toBeGreaterThan(3);
		total(request, CLAUDE, { memo, encoding });
		total({ ...request, messages: request.messages.slice(1) }, facts('google', 'gemini-2.5-flash'), { memo, encoding });
		expect(encoding.calls).toBe(calls);
	});

	it('is counted anew by another encoding', () => {
		const memo = countMemo();
		const encoding = counting(cl100k);
		total(request, GPT_4O, { memo });
		expect(total(request, GPT_4, { memo, encoding })).toBe(total(request, GPT_4));
		expect(encoding.calls).toBeGreaterThan(3);
	});
});

describe('what was learned', () => {
	const words = asked('There is a house in New Orleans. '.repeat(100));
	const plain = counter(words, CLAUDE).factor;

	it('multiplies the factor', () => {
		const learned = { factor: 1.25, spread: 0, samples: 3 };
		expect(counter(words, CLAUDE, { calibration: learned }).factor).toBeCloseTo(plain * 1.25);
	});

	it('makes the margin smaller once there is enough of it: twice the spread, 2 % at least, never more than the table', () => {
		const factorWith = (spread: number, samples: number) =>
			counter(words, CLAUDE, { calibration: { factor: 1, spread, samples } }).factor / 1.2;
		expect(factorWith(0.03, 19)).toBeCloseTo(1.1);
		expect(factorWith(0.03, 20)).toBeCloseTo(1.06);
		expect(factorWith(0, 20)).toBeCloseTo(1.02);
		expect(factorWith(0.3, 2_000)).toBeCloseTo(1.1);
	});

	it('corrects an exact encoding only where somebody stated it, and then it is exact no more', () => {
		const stated = counter(words, GPT_4O, { calibration: { factor: 1.1, spread: 0, samples: 20 } });
		expect(stated).toMatchObject({ method: 'calibrated', factor: 1.1 });
	});

	it('is learned from a count without margin', () => {
		const table = tableEstimate(words, CLAUDE, o200k);
		expect(table).toBeLessThan(total(words, CLAUDE));
		expect(table * 1.1).toBeCloseTo(total(words, CLAUDE), -1);
		expect(tableEstimate(words, GPT_4O, o200k)).toBe(total(words, GPT_4O));
	});

	it('is of what a provider reports: without a preamble that it does not bill', () => {
		const sheet = facts('cohere', 'command-a-03-2025');
		expect(tableEstimate(asked('Hi'), sheet, o200k)).toBeLessThan(5);
		expect(tableEstimate(asked('Hi'), sheet, o200k, countMemo(), 'prompt')).toBeGreaterThan(490);
	});
});

describe('what stands around the text', () => {
	const added = (sheet: ModelFacts, rest: Omit<ChatRequest, 'messages'>): number =>
		tableEstimate(asked('Hi', rest), sheet, o200k) - tableEstimate(asked('Hi'), sheet, o200k);
	const tools = [{ name: 'look' }];

	it('is a prompt of its own where Claude has tools, longer without a system message and where a call is demanded', () => {
		expect(added(CLAUDE, { tools })).toBeGreaterThan(460);
		expect(added(CLAUDE, { tools, toolChoice: 'required' })).toBe(added(CLAUDE, { tools }) + 100);
		const system: Message = { role: 'system', content: text('Be brief.') };
		const behind = (rest: Omit<ChatRequest, 'messages'>): number =>
			tableEstimate({ messages: [system, user('Hi')], ...rest }, CLAUDE, o200k);
		expect(behind({ tools }) - behind({})).toBeLessThan(added(CLAUDE, { tools }) - 200);
		expect(added(facts('anthropic', 'claude-sonnet-4-0'), { tools })).toBeLessThan(added(CLAUDE, { tools }) - 150);
	});

	it('is a note on thinking, where a budget is sent', () => {
		expect(added(CLAUDE, { reasoning: { budgetTokens: 2_000 } })).toBe(30);
		expect(added(CLAUDE, { reasoning: { effort: 'none' } })).toBe(0);
		expect(added(facts('anthropic', 'claude-opus-5'), { reasoning: { effort: 'high' } })).toBe(0);
		const deepseek = facts('deepseek', 'deepseek-v4-flash');
		expect(added(deepseek, { reasoning: { effort: 'none' } })).toBe(-80);
	});

	it('is the schema of the answer, and a tool with all that takes where the model has no schemas', () => {
		const responseFormat = { type: 'json-schema', name: 'city', schema: { type: 'object' } } as const;
		const native = added({ ...CLAUDE, structuredOutput: true }, { responseFormat });
		expect(native).toBeGreaterThan(120);
		expect(added({ ...CLAUDE, structuredOutput: false }, { responseFormat })).toBeGreaterThan(native + 500);
		expect(added(GPT_4O, { responseFormat })).toBeGreaterThan(16);
	});

	it('is what has to be said of JSON, where nobody does who stays', () => {
		const json = (...messages: Message[]): number =>
			total({ messages, responseFormat: { type: 'json' } }, GPT_4O) - total({ messages }, GPT_4O);
		expect(json(user('Hi'))).toBe(26);
		expect(json(user('As JSON, please'))).toBe(0);
		expect(json({ role: 'system', content: text('Write json.') }, user('Hi'))).toBe(0);
		expect(json(user('As JSON, please'), user('Hi'))).toBe(26);
	});

	it('is hidden preambles, by model where they differ', () => {
		const short = (provider: string, model: string): number => {
			const sheet = facts(provider, model);
			return tableEstimate(asked('Hi'), sheet, o200k, countMemo(), 'prompt');
		};
		expect(short('openrouter', 'x-ai/grok-4')).toBeGreaterThan(650);
		expect(short('openrouter', 'x-ai/grok-4-fast')).toBeLessThan(200);
		expect(short('groq', 'openai/gpt-oss-20b')).toBeGreaterThan(64);
		expect(short('cohere', 'command-a-03-2025')).toBeGreaterThan(490);
		expect(short('bedrock', 'us.amazon.nova-2-lite-v1:0')).toBeGreaterThan(45);
		expect(short('bedrock', 'us.amazon.nova-micro-v1:0')).toBeLessThan(5);
		expect(short('mistral', 'mistral-small-latest')).toBeGreaterThan(short('mistral', 'mistral-large-latest') + 10);
	});

	it('is calls and results, without the ids that only callers see', () => {
		const call = (id: string): Message[] => [
			{ role: 'assistant', content: [{ type: 'tool-call', id, name: 'look', arguments: '{}' }] },
			{ role: 'tool', callId: id, content: text('nothing') },
		];
		const counted = (id: string): number => tableEstimate({ messages: call(id) }, CLAUDE, o200k);
		expect(counted('1')).toBe(counted('call_0123456789abcdefghijklmnopqrstuvwxyz'));
		expect(counted('1')).toBeGreaterThan(64);
	});
});

describe('reasoning', () => {
	const thought = (signature: string, redacted = false): ChatRequest => ({
		messages: [{ role: 'assistant', content: [{ type: 'reasoning', text: 'Hm.', signature, redacted }] }],
	});
	const seal = 'A'.repeat(1_600);

	it('that is sealed counts as the thoughts it holds; a proof of thoughts that stand there does not', () => {
		const plain = tableEstimate(thought(''), GPT_4O, o200k);
		expect(tableEstimate(thought(seal), GPT_4O, o200k)).toBe(plain);
		expect(tableEstimate(thought(seal, true), GPT_4O, o200k)).toBe(plain + 300);
		expect(tableEstimate(thought(`google:${seal}`), GPT_4O, o200k)).toBeGreaterThan(plain + 300);
	});
});

describe('bad input', () => {
	it('is counted all the same: lone surrogates, NULs, anything', () => {
		fc.assert(
			fc.property(anyText, fc.constantFrom(...MODELS), (value, sheet) => {
				const tokens = total(asked(value), sheet);
				expect(Number.isSafeInteger(tokens)).toBe(true);
				expect(tokens).toBeGreaterThan(0);
			}),
		);
	});

	it('is refused, typed, where no JSON can hold it', () => {
		const parameters: Record<string, unknown> = { type: 'object' };
		parameters.properties = { self: parameters };
		for (const sheet of [GPT_4O, CLAUDE]) {
			const request = asked('a', { tools: [{ name: 'f', parameters }] });
			expect(() => total(request, sheet)).toThrow(GatewayError);
			expect(() => bound(request, sheet)).toThrow(/^tools: /);
		}
	});

	it('takes linear time: a hundred thousand messages, and a message of megabytes', () => {
		const messages = Array.from({ length: 100_000 }, (_, at) => user(`message ${at % 10}`));
		expect(total({ messages }, GPT_4O)).toBe(3 + 100_000 * 7);
		const long = 'The quick brown fox jumps over the lazy dog. '.repeat(100_000);
		expect(total(asked(long), GPT_4O)).toBeGreaterThan(900_000);
		expect(total(asked('a'.repeat(1_000_000)), GPT_4O)).toBeGreaterThan(100_000);
	}, 30_000);
});
