import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../src/language/event';
import type { Encoding, EncodingName } from '../../src/planner/encoding';
import { answer, chatCall, failure, SSE, sse, world } from '../support/scripted-gateway';
import { textOf } from '../support/unit-encoding';
import { asking, byHost, ok, under } from './asking';
import { exchanges, heads, NARROW, tooLong, user, windows, within } from './conversations';
import { choiceOf, rowOf } from './snapshots';

const STATED = "This model's maximum context length is 5000 tokens. However, your messages resulted in 12100 tokens.";

/** Six exchanges fit it by our count. */
const ROOMY = { contextWindow: 16_384, maxOutput: 2_048 };
const SIX = { messages: exchanges(6) };

describe('an upstream that says a conversation is still too long', () => {
	it('is asked once more with what fits the limit it states, and the receipt says so', async () => {
		const { w, answered } = await asking({ upstream: [tooLong(STATED), ok], facts: ROOMY }, SIX);
		expect(heads(w, 0)).toHaveLength(13);
		expect(heads(w, 1)).toEqual(['Q4', 'A4', 'Q5', 'A5', 'And']);
		expect(answered?.meta).toMatchObject({
			attempts: 2,
			context: { replans: 1, dropped: [{ first: 0, last: 7, what: 'messages' }] },
			routing: { steps: [{ outcome: 'answered', attempts: 2 }] },
		});
		expect(answered?.meta.context?.limit).toBeLessThan(5_000);
		expect(w.entries().map(({ state, context }) => [state, context?.replans, context?.dropped.length])).toEqual([
			['released', 0, 0],
			['settled', 1, 1],
		]);
		expect(w.logs.map(({ event }) => event)).toContain('context-planned');
	});

	it('is asked at once, whatever it says of retries and however few tries it is granted', async () => {
		const { w, answered, tookMs } = await asking(
			{ upstream: [tooLong(STATED), ok], facts: ROOMY, limits: { maxAttempts: 1 } },
			SIX,
		);
		expect([answered?.meta.attempts, tookMs, w.retries()]).toEqual([2, 0, 0]);
	});

	it('is asked with a quarter less where it states nothing', async () => {
		const { w, answered } = await asking({ upstream: [tooLong(), ok], facts: ROOMY }, SIX);
		const [first, second] = w.entries();
		expect(second?.context?.after).toBeLessThanOrEqual(0.75 * (first?.context?.after ?? 0));
		expect(heads(w, 1)[0]).toBe('Q2');
		expect(answered?.meta.context?.replans).toBe(1);
	});

	it('is asked with less even where nobody had counted, because lengths alone said that it fits', async () => {
		const { w } = await asking({ upstream: [tooLong(), ok], facts: { contextWindow: 1_000_000 } }, SIX);
		expect(w.entries().map(({ context }) => context?.method)).toEqual(['bound', 'exact']);
		expect(heads(w, 1).length).toBeLessThan(13);
	});

	it('is believed where it counts more than we do', async () => {
		const message = 'maximum context length is 16384 tokens, however you requested 26000 tokens';
		const { w } = await asking({ upstream: [tooLong(message), ok], facts: ROOMY }, SIX);
		expect(w.entries()[1]?.context?.after).toBeLessThanOrEqual(0.75 * (w.entries()[0]?.context?.after ?? 0));
	});

	it('is not asked a third time', async () => {
		const { w, error } = await asking({ upstream: [tooLong()], facts: ROOMY }, SIX);
		expect([w.sent.length, error?.code, error?.source]).toEqual([2, 'context_too_long', 'upstream']);
		expect(w.entries().map(({ state }) => state)).toEqual(['released', 'released']);
	});

	it('has its usual tries for what else may happen', async () => {
		const { w, answered } = await asking(
			{ upstream: [tooLong(), () => failure(500), () => failure(500), ok], facts: ROOMY },
			SIX,
		);
		expect([w.sent.length, answered?.meta.context?.replans]).toEqual([4, 1]);
		expect(w.sent[1]?.body).toBe(w.sent[3]?.body);
	});

	it('leaves the others of the chain to the request, where it fails otherwise then', async () => {
		const { answered } = await asking(
			{
				upstream: [byHost({ openai: [tooLong(), () => failure(401)], groq: [ok] })],
				facts: ROOMY,
				snapshot: { fallbackChain: ['groq/llama'] },
			},
			SIX,
		);
		expect(answered?.meta.provider).toBe('groq');
	});

	it.each(['off', 'refuse'] as const)('is the answer in mode %s', async (mode) => {
		const { w, error } = await asking({ upstream: [tooLong(), ok], facts: ROOMY, snapshot: within({ mode }) }, SIX);
		expect([w.sent.length, error?.code]).toEqual([1, 'context_too_long']);
	});

	it('is the answer where nothing can be taken away', async () => {
		const { w, error } = await asking({ upstream: [tooLong(), ok], facts: ROOMY }, { messages: [user(textOf(3_000))] });
		expect([w.sent.length, error?.code, error?.source]).toEqual([1, 'context_too_long', 'upstream']);
	});

	it('is left for the context fallbacks where they have somebody', async () => {
		const snapshot = under({ contextFallbacks: ['groq/wide'] });
		const { w, answered } = await asking(
			{ upstream: [tooLong(), ok], facts: ROOMY, factsOf: windows, snapshot },
			{
				messages: exchanges(3),
			},
		);
		expect(answered?.meta).toMatchObject({ model: 'wide', attempts: 2, context: { replans: 0 } });
		expect(heads(w, 1)).toEqual(heads(w, 0));
	});

	it('is asked again where nobody in the chain is any larger', async () => {
		const snapshot = under({ contextFallbacks: ['groq/tiny'] });
		const { w, answered } = await asking(
			{ upstream: [tooLong(), ok], facts: ROOMY, factsOf: windows, snapshot },
			{
				messages: exchanges(3),
			},
		);
		expect(answered?.meta).toMatchObject({ provider: 'openai', attempts: 2, context: { replans: 1 } });
		expect(w.entries()).toHaveLength(2);
	});

	it('is remembered for the other keys of its model', async () => {
		const row = (name: string) => rowOf(name, { baseUrl: 'https://openai.test/v1', mark: name });
		const { w, asked, answered } = await asking(
			{
				upstream: [byHost({ one: [tooLong(STATED), () => failure(401)], two: [ok] })],
				facts: ROOMY,
				snapshot: { credentials: { openai: [row('one'), row('two')] } },
			},
			SIX,
		);
		expect(asked).toEqual(['one', 'one', 'two']);
		expect(w.sent[2]?.body).toBe(w.sent[1]?.body);
		expect(answered?.meta.context?.replans).toBe(1);
	});

	it('is learned from', async () => {
		const message = 'prompt is too long: 20000 tokens > 16384 maximum';
		const { w } = await asking({ upstream: [tooLong(message), ok], facts: ROOMY }, SIX);
		expect(w.samples).toMatchObject([{ by: 'stated', actual: 20_000, organizationId: 'org1' }]);
		expect(w.samples[0]?.estimated).toBe(w.entries()[0]?.context?.after);
		const uncounted = await asking({ upstream: [tooLong(message), ok], facts: { contextWindow: 1_000_000 } }, SIX);
		expect(uncounted.w.samples).toMatchObject([{ by: 'stated', actual: 20_000 }]);
	});

	it('is asked again before a stream has begun, and never after', async () => {
		const inBand = `data: ${JSON.stringify({ error: { message: STATED, code: 'context_length_exceeded' } })}\n\n`;
		const drive = async (first: Response) => {
			const good = () => sse(SSE.role, SSE.text('whole'), SSE.stop, SSE.usage, SSE.done);
			const w = world({ upstream: [() => first, good], facts: ROOMY });
			const events: ChatEvent[] = [];
			for await (const batch of (await w.gateway.stream(chatCall({ ...SIX, model: 'openai/gpt-test' }))).events)
				events.push(...batch);
			await w.settled();
			return { calls: w.sent.length, last: events.at(-1)?.type };
		};
		expect(await drive(sse(SSE.role, inBand))).toEqual({ calls: 2, last: 'finish' });
		expect(await drive(sse(SSE.role, SSE.text('half'), inBand))).toEqual({ calls: 1, last: 'error' });
	});

	it('keeps the hold exact: what the failed call did not cost serves the next', async () => {
		const { w } = await asking({ upstream: [tooLong(), ok], facts: ROOMY, extend: false }, SIX);
		expect(w.entries().map(({ state, costNanoUsd }) => [state, costNanoUsd])).toEqual([
			['released', 0n],
			['settled', 20_000n],
		]);
		expect(w.closes.map(({ final }) => final)).toEqual([false, true]);
	});
});

describe('the hold', () => {
	it('is for no more than the window holds, and no less where nothing is taken away', async () => {
		const dollars = async (snapshot: object) => {
			const { w } = await asking({ upstream: [() => answer()], facts: NARROW, snapshot }, { messages: exchanges(30) });
			return w.opens[0]?.holdNanoUsd ?? 0n;
		};
		const trimmed = await dollars({ defaultChoice: choiceOf('openai/gpt-test') });
		// At most 8,192 × $1/M, and 100 × $2/M.
		expect(trimmed).toBeLessThanOrEqual(8_192_000n + 200_000n);
		expect(await dollars(within({ mode: 'off' }))).toBeGreaterThan(2n * trimmed);
	});

	it('is as much as was counted, where a text has more tokens than its length tells', async () => {
		const each = (name: EncodingName): Encoding => ({
			name,
			count: (text) => text.length,
			headEnd: (_, tokens) => tokens,
			tailStart: (text, tokens) => text.length - tokens,
		});
		const encodings = { ready: each, load: async (name: EncodingName) => each(name) };
		const { w, answered } = await asking(
			{ upstream: [ok], facts: NARROW, encodings },
			{ messages: [...Array.from({ length: 12 }, () => user('7'.repeat(1_000))), user('And now?')] },
		);
		const { after = 0 } = answered?.meta.context ?? {};
		expect(after).toBeGreaterThan(7_000);
		expect(w.opens[0]?.holdNanoUsd).toBeGreaterThanOrEqual(BigInt(after) * 1_000n);
	});
});
