import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/language/message';
import { answer, chatCall, type Script, sentJson, world } from '../support/scripted-gateway';
import { textOf } from '../support/unit-encoding';
import { asking, ok } from './asking';
import { assistant, exchanges, heads, NARROW, never, system, user, within } from './conversations';
import { choiceOf } from './snapshots';

const USAGE: Script = () => answer('Hi.', { prompt_tokens: 7_000, completion_tokens: 5 });

describe('what an answer teaches', () => {
	const CALIBRATED = { ...NARROW, tokenizer: 'mistral' } as const;

	it('is how far the count of what was sent was from the truth', async () => {
		const { w, answered } = await asking({ upstream: [USAGE], facts: CALIBRATED }, { messages: exchanges(6) });
		expect(answered?.meta.context?.method).toBe('calibrated');
		expect(w.samples).toMatchObject([{ tokenizer: 'mistral', by: 'usage', actual: 7_000, organizationId: 'org1' }]);
		const { estimated = 0 } = w.samples[0] ?? {};
		expect(estimated).toBeLessThan(answered?.meta.context?.after ?? 0);
	});

	it('is nothing where the upstream reports no usage, or fails', async () => {
		const silent = await asking(
			{ upstream: [() => answer('Hi.', null)], facts: CALIBRATED },
			{ messages: exchanges(6) },
		);
		expect(silent.w.samples).toEqual([]);
	});

	it('counts for the next request', async () => {
		const learned = { mistral: { factor: 1.4, spread: 0.01, samples: 50 } };
		const before = await asking({ upstream: [USAGE], facts: CALIBRATED }, { messages: exchanges(6) });
		const after = await asking(
			{ upstream: [USAGE], facts: CALIBRATED, calibrations: learned },
			{ messages: exchanges(6) },
		);
		expect(heads(after.w).length).toBeLessThan(heads(before.w).length);
		expect(after.answered?.meta.context?.factor).toBeGreaterThan(before.answered?.meta.context?.factor ?? 0);
	});
});

describe('an answer without usage', () => {
	it('is taken to have cost what was sent, not what came', async () => {
		const { w, answered } = await asking(
			{ upstream: [() => answer('Hi.', null)], facts: NARROW },
			{ messages: exchanges(20) },
		);
		expect(w.entries()[0]?.usage?.input).toBe(answered?.meta.context?.after);
	});
});

describe('a strict request', () => {
	const settings = { seed: { value: 7, origin: 'organization' as const } };

	it('may lose what does not fit, while what it insists on is kept', async () => {
		const { w, answered, error } = await asking(
			{ upstream: [ok], facts: NARROW, snapshot: { defaultChoice: choiceOf('openai/gpt-test', settings) } },
			{ messages: exchanges(6), strict: true, temperature: 0.5 },
		);
		expect(error).toBeNull();
		expect(heads(w)).toHaveLength(7);
		expect(sentJson(w.sent[0])).toMatchObject({ seed: 7, temperature: 0.5 });
		expect(answered?.meta.warnings).toEqual([]);
	});

	it('is still refused for what the target can not take', async () => {
		const { error } = await asking(
			{
				upstream: [never],
				facts: { ...NARROW, sampling: false },
				snapshot: { defaultChoice: choiceOf('openai/gpt-test', settings) },
			},
			{ messages: exchanges(6), strict: true, temperature: 0.5 },
		);
		expect(error).toMatchObject({ code: 'invalid_request', param: 'temperature' });
	});
});

describe('a receipt of many runs', () => {
	it('is whole in the answer, and short in the usage row, with the same sum', async () => {
		const turns = Array.from({ length: 200 }, (_, at) => [
			user(`Q${at} ${textOf(100)}`),
			assistant(`A${at}`),
			{ ...user(`P${at}`), pinned: true },
		]).flat();
		const { w, answered } = await asking({ upstream: [ok], facts: NARROW }, { messages: [...turns, user('And now?')] });
		const [whole, row] = [answered?.meta.context?.dropped ?? [], w.entries()[0]?.context?.dropped ?? []];
		const sum = (runs: typeof whole) => runs.reduce((total, { tokens }) => total + tokens, 0);
		expect(whole.length).toBeGreaterThan(64);
		expect(row.length).toBeLessThanOrEqual(64);
		expect(sum(row)).toBe(sum(whole));
	});
});

describe('an error about a message', () => {
	const image: Message = {
		role: 'user',
		content: [{ type: 'image', source: { kind: 'file-id', id: 'file-1' } }],
	};

	it('names it by its place among the caller’s, whatever was taken away before it', async () => {
		const messages = [system('Be brief.'), ...exchanges(5), assistant('Yes?'), image];
		const { error, w } = await asking({ upstream: [never], facts: NARROW }, { messages });
		expect(error).toMatchObject({ code: 'invalid_request', param: `messages[${messages.length - 1}].content[0]` });
		expect(w.sent).toEqual([]);
	});

	it('that no provider could make sense of comes before anything is taken away', async () => {
		const orphan: Message = { role: 'tool', callId: 'nobody', content: [{ type: 'text', text: textOf(600) }] };
		const { error, w } = await asking(
			{ upstream: [never], facts: NARROW },
			{ messages: [user('Hi'), orphan, ...exchanges(5)] },
		);
		expect(error).toMatchObject({ code: 'invalid_request', param: 'messages[1]' });
		expect(w.sent).toEqual([]);
	});
});

describe('a conversation that is summarised', () => {
	const SUMMARY = 'They asked six things.';
	// Names are hashed by the platform, whose time is real: here it does not pass.
	const ask = async (upstream: readonly Script[], policy: object) => {
		const w = world({
			upstream,
			factsOf: (model) => (model === 'cheap' ? { contextWindow: 200_000 } : NARROW),
			snapshot: within({ mode: 'summarize', ...policy }),
		});
		const messages = [system('Be brief.'), ...exchanges(6)];
		const answered = await w.gateway.chat(chatCall({ model: 'default', maxTokens: 100, messages }));
		await w.settled();
		return { w, answered };
	};

	it('has the summary in the place of what it stands for, and says whose it is', async () => {
		const { w, answered } = await ask([() => answer(SUMMARY), ok], { summarizer: 'groq/cheap' });
		expect(w.sent.map(({ provider }) => provider)).toEqual(['groq', 'openai']);
		const { context } = answered.meta;
		expect(context?.summarized).toMatchObject([{ first: 1, model: 'groq/cheap', cached: false }]);
		expect(context?.after).toBeLessThanOrEqual(context?.limit ?? 0);
		expect(String(w.sent[1]?.body)).toContain(SUMMARY);
		expect(w.opens).toHaveLength(2);
		expect(
			w
				.entries()
				.map(({ provider }) => provider)
				.toSorted(),
		).toEqual(['groq', 'openai']);
	});

	it('is trimmed, and says why, where the summarizer fails, or there is none', async () => {
		const failed = await ask([() => new Response('no', { status: 400 }), ok], { summarizer: 'groq/cheap' });
		expect(failed.answered.meta.context).toMatchObject({ summarized: [], dropped: [{ first: 1 }] });
		expect(failed.answered.meta.warnings).toMatchObject([{ field: 'context' }]);
		const none = await ask([ok], {});
		expect(none.answered.meta.warnings).toMatchObject([
			{ field: 'context', message: expect.stringContaining('no summarizer') },
		]);
		expect(none.w.sent).toHaveLength(1);
	});

	it('is waited for as an upstream is: it is no overhead', async () => {
		const clock: { advance?: (ms: number) => Promise<void> } = {};
		const slow: Script = async () => {
			await clock.advance?.(2_000);
			return answer(SUMMARY);
		};
		const w = world({
			upstream: [slow, ok],
			factsOf: (model) => (model === 'cheap' ? { contextWindow: 200_000 } : NARROW),
			snapshot: within({ mode: 'summarize', summarizer: 'groq/cheap' }),
		});
		clock.advance = (ms) => w.time.advance(ms);
		const startedAt = w.time.now();
		const call = chatCall({ model: 'default', maxTokens: 100, messages: exchanges(6) }, { receivedAt: startedAt });
		const { meta } = await w.gateway.chat(call);
		expect([w.time.now() - startedAt, meta.overheadMs]).toEqual([2_000, 0]);
		expect(meta.context?.summarized).toHaveLength(1);
	});
});

describe('what nobody would write by hand', () => {
	const call = (id: string): Message => ({
		role: 'assistant',
		content: [{ type: 'tool-call', id, name: 'look', arguments: '{}' }],
	});
	const result = (callId: string, text = 'found'): Message => ({
		role: 'tool',
		callId,
		content: [{ type: 'text', text }],
	});

	const LARGE: Readonly<Record<string, readonly Message[]>> = {
		'lone surrogates': [user(`\ud800${textOf(3_000)}`), assistant('\udfff'.repeat(20_000)), user('\ud83d')],
		NULs: [user('\0'.repeat(60_000)), assistant(textOf(9_000)), user('\0')],
		'five megabytes in an old message': [user('x'.repeat(5_000_000)), assistant('Long.'), user('And now?')],
		'five megabytes in the last message': [user('x'.repeat(5_000_000))],
		'a hundred thousand messages': Array.from({ length: 100_001 }, (_, at) =>
			at % 2 === 0 ? user('Q') : assistant('A'),
		),
		'tool ids that come again': [
			user('Look'),
			call('a'),
			result('a'),
			call('a'),
			result('a', textOf(9_000)),
			user('And?'),
		],
		'a result before its call': [user('Look'), result('a', textOf(9_000)), call('a'), user('And?')],
		'a call that nobody answers': [user('Look'), call('a'), user(textOf(9_000)), user('And?')],
		'priorities out of range': [
			{ ...user(textOf(5_000)), priority: Number.POSITIVE_INFINITY },
			{ ...assistant(textOf(5_000)), priority: Number.NaN },
			{ ...user(textOf(2_000)), priority: -1e9 },
			user('And?'),
		],
		'a system prompt larger than the window': [system(textOf(9_000)), user('Hi')],
		'a pinned message larger than the window': [{ ...user(textOf(9_000)), pinned: true }, assistant('Hm.'), user('Hi')],
		'nothing but answers': Array.from({ length: 9 }, () => assistant(textOf(1_000))),
		'one message larger than the window': [user(textOf(9_000))],
	};

	it.each(Object.entries(LARGE))(
		'fits, or is refused with the field before anybody is asked: %s',
		async (_, messages) => {
			for (const known of [true, false]) {
				const { w, answered, error } = await asking({ upstream: [ok], facts: { ...NARROW, known } }, { messages });
				const { context } = answered?.meta ?? {};
				if (context) expect(context.after).toBeLessThanOrEqual(context.limit);
				else {
					expect(['context_too_long', 'invalid_request']).toContain(error?.code);
					expect([error?.source, w.sent.length]).toEqual(['gateway', 0]);
					expect(error?.param).toMatch(/^messages/);
				}
			}
		},
	);

	it('whatever it is, what is sent fits by count, begins as it may, and ends with the last question', async () => {
		const text = fc.integer({ min: 1, max: 3_000 }).map((tokens) => textOf(tokens));
		const turn = fc.oneof(
			text.map((one): Message[] => [user(one), assistant('Yes.')]),
			fc
				.tuple(text, fc.uuid())
				.map(([one, id]): Message[] => [user('Look.'), call(id), result(id, one), assistant('There.')]),
			text.map((one): Message[] => [{ ...user(one), pinned: true }]),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(turn, { maxLength: 12 }), async (turns) => {
				const messages = [system('Be brief.'), ...turns.flat(), user('And now?')];
				const { w, answered, error } = await asking({ upstream: [ok], facts: NARROW }, { messages });
				if (!answered) {
					expect([error?.code, w.sent.length]).toEqual(['context_too_long', 0]);
					return;
				}
				const { after, limit } = answered.meta.context ?? { after: 1, limit: 0 };
				expect(after).toBeLessThanOrEqual(limit);
				const sent = (sentJson(w.sent[0]).messages ?? []) as { role: string; content: unknown }[];
				expect([sent[0]?.role, sent[1]?.role, sent.at(-1)?.content]).toEqual(['system', 'user', 'And now?']);
			}),
			{ numRuns: 60 },
		);
	});
});
