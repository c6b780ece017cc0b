import fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../src/language/collect';
import type { ChatEvent } from '../../../src/language/event';
import { grammarViolation } from '../../../src/language/grammar';
import type { TokenLogprob } from '../../../src/language/request';
import { signed } from '../../../src/language/signature';
import { chatAnswer, chatStream, doorApp, sseData, start, usage } from '../../support/door-app';

const messages = [{ role: 'user' as const, content: 'Hi' }];

const tokens: fc.Arbitrary<readonly TokenLogprob[]> = fc.array(
	fc.record({ token: fc.string(), logprob: fc.constantFrom(0, -0.5), top: fc.constant([]) }),
	{ minLength: 1, maxLength: 2 },
);
const piece = fc.string({ unit: 'grapheme', maxLength: 4 });

/** The events of one part, but for its index. */
type Unplaced = ChatEvent extends infer E ? (E extends { index: number } ? Omit<E, 'index'> : never) : never;

const part: fc.Arbitrary<Unplaced[]> = fc.oneof(
	fc
		.tuple(
			fc.array(fc.tuple(piece, fc.option(tokens)), { minLength: 1, maxLength: 3 }),
			fc.array(fc.constant({ type: 'url-citation', url: 'https://x.example', start: 0, end: 1 } as const), {
				maxLength: 2,
			}),
		)
		.map(([pieces, annotations]): Unplaced[] => [
			...pieces.map(([text, logprobs]): Unplaced => ({ type: 'text-delta', text, ...(logprobs && { logprobs }) })),
			...annotations.map((annotation): Unplaced => ({ type: 'annotation', annotation })),
		]),
	fc
		.tuple(piece, fc.option(tokens))
		.map(([text, logprobs]): Unplaced[] => [{ type: 'refusal-delta', text, ...(logprobs && { logprobs }) }]),
	fc
		.tuple(
			piece,
			fc.constantFrom('', 'claude', signed('google', 'gem'), '{"type":"reasoning.summary","format":"openai"}'),
			fc.boolean(),
		)
		.map(([text, signature, redacted]): Unplaced[] => [
			{ type: 'reasoning-delta', text },
			...(signature ? [{ type: 'reasoning-signature', signature, redacted } as const] : []),
		]),
	fc
		.array(fc.constantFrom('{"a"', ':1}', ''), { maxLength: 3 })
		.map((pieces): Unplaced[] => [
			{ type: 'tool-call-start', id: 'c', name: 'f' },
			...pieces.map((text): Unplaced => ({ type: 'tool-call-delta', arguments: text })),
		]),
);

/** Whole answers; a call may go on while others begin, and ids tell calls apart. */
const answers: fc.Arbitrary<ChatEvent[]> = fc
	.tuple(
		fc.array(part, { maxLength: 5 }),
		fc.constantFrom('stop', 'length', 'content-filter', 'other'),
		fc.boolean(),
		fc.boolean(),
	)
	.map(([parts, kind, late, counted]) => {
		const placed = parts.map((events, index) =>
			events.map((event) => ({ ...event, index, ...('id' in event && { id: `c${index}` }) }) as ChatEvent),
		);
		const isLate = (event: ChatEvent): boolean => late && event.type === 'tool-call-delta';
		return [
			start,
			...placed.flat().filter((event) => !isLate(event)),
			...placed.flat().filter(isLate),
			...(counted ? [usage] : []),
			{ type: 'finish', finish: { kind: parts.some(isCall) && kind === 'stop' ? 'tool-calls' : kind } } as ChatEvent,
		];
	});

const isCall = ([first]: readonly Unplaced[]): boolean => first?.type === 'tool-call-start';

const body = { model: 'mock/echo', messages };

function client(events: readonly ChatEvent[]) {
	const door = doorApp({
		chat: () => chatAnswer(collect(events)),
		stream: () => chatStream(events.map((event) => [event])),
	});
	const sdk = new OpenAI({
		apiKey: 'sy_key',
		baseURL: 'http://gateway.test/v1',
		maxRetries: 0,
		fetch: (url, init) => door.fetch(url, init),
	});
	return { door, sdk };
}

/** What OpenAI's SDK puts together otherwise: an empty text is none, and a field it does not know is its last piece. */
function comparable(completion: object) {
	const { choices, ...rest } = structuredClone(completion) as { choices: { message: Record<string, unknown> }[] };
	const bare = choices.map(({ message, ...choice }) => {
		const { content, refusal, annotations, reasoning_content: _, parsed: __, ...others } = message;
		return {
			...choice,
			message: { ...others, content: content || null, refusal: refusal || null, annotations: annotations ?? [] },
		};
	});
	const { system_fingerprint: _, object: __, ...facts } = rest as Record<string, unknown>;
	return { ...facts, choices: bare };
}

describe('a stream of the OpenAI chat door', () => {
	it("folds, by OpenAI's SDK, into the whole answer", async () => {
		await fc.assert(
			fc.asyncProperty(answers, async (events) => {
				expect(grammarViolation(events)).toBeNull();
				const { sdk } = client(events);
				const whole = await sdk.chat.completions.create(body);
				const folded = await sdk.chat.completions.stream(body).finalChatCompletion();
				expect(comparable(folded)).toEqual(comparable({ ...whole, id: folded.id }));
			}),
			{ numRuns: 150 },
		);
	});

	it('says the reasoning of the whole answer piece by piece', async () => {
		await fc.assert(
			fc.asyncProperty(answers, async (events) => {
				const { sdk, door } = client(events);
				const whole = await sdk.chat.completions.create(body);
				const message = new Map<string, unknown>(Object.entries(whole.choices[0]?.message ?? {}));
				const data = await sseData(await door.post('/v1/chat/completions', { ...body, stream: true }));
				const pieces = data
					.filter((line) => line !== '[DONE]')
					.map((line) => JSON.parse(line).choices[0].delta.reasoning_content ?? '');
				expect(pieces.join('')).toBe(message.get('reasoning_content') ?? '');
			}),
			{ numRuns: 60 },
		);
	});
});
