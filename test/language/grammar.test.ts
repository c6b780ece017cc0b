import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { collect } from '../../src/language/collect';
import type { ChatEvent } from '../../src/language/event';
import { grammarViolation } from '../../src/language/grammar';
import type { AssistantPart } from '../../src/language/message';
import type { ChatResponse, FinishReasonKind } from '../../src/language/request';
import { unfold } from '../../src/language/unfold';
import { completionTokens, promptTokens, totalTokens, usageOf } from '../../src/language/usage';

const start: ChatEvent = { type: 'start', id: 'c1', model: 'm' };
const finish: ChatEvent = { type: 'finish', finish: { kind: 'stop' } };
const text = (index: number, value = 'a'): ChatEvent => ({ type: 'text-delta', index, text: value });

describe('the grammar of a stream', () => {
	it('accepts parallel tool calls whose deltas interleave', () => {
		const events: ChatEvent[] = [
			start,
			{ type: 'tool-call-start', index: 0, id: 'a', name: 'x' },
			{ type: 'tool-call-start', index: 1, id: 'b', name: 'y' },
			{ type: 'tool-call-delta', index: 0, arguments: '{' },
			{ type: 'tool-call-delta', index: 1, arguments: '{}' },
			{ type: 'tool-call-delta', index: 0, arguments: '}' },
			finish,
		];
		expect(grammarViolation(events)).toBeNull();
	});

	it.each<[string, ChatEvent[]]>([
		['content before start', [text(0), finish]],
		['a second start', [start, start, finish]],
		['no end at all', [start, text(0)]],
		['two ends', [start, finish, finish]],
		['content after finish', [start, finish, text(0)]],
		['a finish after an error', [start, { type: 'error', error: new GatewayError('internal', 'x') }, finish]],
		['a part opened below an earlier one', [start, text(1), text(0), finish]],
		['a part that changes its kind', [start, text(0), { type: 'reasoning-delta', index: 0, text: 'r' }, finish]],
		[
			'tool arguments before the start of the call',
			[start, { type: 'tool-call-delta', index: 0, arguments: '' }, finish],
		],
		[
			'a tool call started twice',
			[
				start,
				{ type: 'tool-call-start', index: 0, id: 'a', name: 'x' },
				{ type: 'tool-call-start', index: 0, id: 'a', name: 'x' },
				finish,
			],
		],
		['a negative index', [start, text(-1), finish]],
	])('refuses %s', (_, events) => {
		expect(grammarViolation(events)).not.toBeNull();
	});

	it('accepts an error as the only event, since a call may fail before it starts', () => {
		expect(grammarViolation([{ type: 'error', error: new GatewayError('internal', 'x') }])).toBeNull();
	});
});

const part: fc.Arbitrary<AssistantPart> = fc.oneof(
	fc.record({ type: fc.constant('text' as const), text: fc.string({ minLength: 1 }) }),
	fc.record({ type: fc.constant('reasoning' as const), text: fc.string({ minLength: 1 }), signature: fc.string() }),
	fc.record({ type: fc.constant('refusal' as const), text: fc.string({ minLength: 1 }) }),
	fc.record({
		type: fc.constant('tool-call' as const),
		id: fc.string({ minLength: 1 }),
		name: fc.string({ minLength: 1 }),
		arguments: fc.json(),
	}),
);

const response: fc.Arbitrary<ChatResponse> = fc.record({
	id: fc.string(),
	model: fc.string(),
	content: fc.array(part, { maxLength: 6 }),
	finish: fc.record({
		kind: fc.constantFrom<FinishReasonKind>('stop', 'length', 'tool-calls', 'content-filter', 'other'),
		raw: fc.string(),
	}),
	usage: fc.option(fc.record({ input: fc.nat(), output: fc.nat(), cacheRead: fc.nat() }).map(usageOf), { nil: null }),
});

describe('folding', () => {
	it('gives back any answer that was unfolded, and every unfolding is grammatical', () => {
		fc.assert(
			fc.property(response, (answer) => {
				const events = unfold(answer);
				expect(grammarViolation(events)).toBeNull();
				expect(collect(events)).toEqual(answer);
			}),
		);
	});

	it('keeps the log probabilities of the text and of the refusal apart', () => {
		const token = (of: string) => ({ token: of, logprob: -1, top: [] });
		const answer: ChatResponse = {
			id: '1',
			model: 'm',
			content: [
				{ type: 'text', text: 'So' },
				{ type: 'refusal', text: 'No' },
			],
			finish: { kind: 'stop' },
			usage: null,
			logprobs: [token('So')],
			refusalLogprobs: [token('No')],
		};
		expect(collect(unfold(answer))).toEqual(answer);
	});

	it('throws the error a stream ends in', () => {
		const error = new GatewayError('upstream_malformed', 'cut');
		expect(() => collect([start, text(0), { type: 'error', error }])).toThrow(error);
	});

	it('refuses a stream without a finish reason rather than calling it stopped', () => {
		expect(() => collect([start, text(0)])).toThrow(/finish reason/);
	});

	it('keeps only the last usage, since usage is cumulative', () => {
		const usage = (output: number): ChatEvent => ({ type: 'usage', usage: usageOf({ input: 5, output }) });
		expect(collect([start, usage(1), text(0), usage(9), finish]).usage).toEqual(usageOf({ input: 5, output: 9 }));
	});

	it('writes the arguments of a call without any as an empty object', () => {
		const events: ChatEvent[] = [start, { type: 'tool-call-start', index: 0, id: 'a', name: 'x' }, finish];
		expect(collect(events).content).toEqual([{ type: 'tool-call', id: 'a', name: 'x', arguments: '{}' }]);
	});
});

describe('usage', () => {
	it('is a partition: totals are the sums of its parts', () => {
		const usage = usageOf({
			input: 1,
			cacheRead: 2,
			cacheWrite5m: 4,
			cacheWrite1h: 8,
			inputAudio: 16,
			inputImage: 32,
			output: 64,
			reasoning: 128,
			outputAudio: 256,
		});
		expect(promptTokens(usage)).toBe(63);
		expect(completionTokens(usage)).toBe(448);
		expect(totalTokens(usage)).toBe(511);
	});

	it('never keeps a negative or fractional count from a broken proxy', () => {
		expect(usageOf({ input: -3, output: 2.9, cacheRead: Number.NaN })).toEqual(usageOf({ output: 2 }));
	});
});
