/** Summaries as the path makes them: through itself, with holds, limits and rows of their own. */
import { describe, expect, it } from 'vitest';
import type { SourcedContext } from '../../src/gateway/ports';
import type { SummaryPort } from '../../src/gateway/summary-port';
import type { ContextPolicy } from '../../src/language/context';
import type { Message } from '../../src/language/message';
import {
	answer,
	chatCall,
	failure,
	type Script,
	sentJson,
	type WorldOptions,
	world,
} from '../support/scripted-gateway';
import { callerOf, choiceOf } from './snapshots';
import { questionsIn, talk, textOf } from './summarising';

const contextOf = (policy: ContextPolicy): SourcedContext =>
	Object.fromEntries(Object.entries(policy).map(([field, value]) => [field, { value, origin: 'organization' }]));

function memory(): SummaryPort & { readonly kept: Map<string, string> } {
	const kept = new Map<string, string>();
	return {
		kept,
		read: async (name) => kept.get(name) ?? null,
		write: (name, summary) => {
			kept.set(name, summary);
		},
		begin: () => ({ wanted: () => false, end: () => undefined }),
		writing: () => false,
	};
}

const bodyOf = (request: Parameters<Script>[0]) => JSON.stringify(sentJson(request).messages).replaceAll('\\n', '\n');

/** Groq summarises, OpenAI answers. */
const both =
	(summarizer: Script): Script =>
	(request) =>
		request.url.includes('groq') ? summarizer(request) : answer();

const repeating: Script = (request) => answer(questionsIn(bodyOf(request)).join(' '));

/** Windows of 2,500 tokens, but for the summarizer's. */
const staged = (summarizer: Script, options: Partial<WorldOptions> = {}) =>
	world({
		upstream: [both(summarizer)],
		factsOf: (model) => (model === 'small' ? {} : { contextWindow: 2_500, maxOutput: 1_000 }),
		summaries: memory(),
		...options,
		snapshot: { context: contextOf({ mode: 'summarize', summarizer: 'groq/small' }), ...options.snapshot },
	});

const asking = (messages: readonly Message[], more: object = {}) => chatCall({ messages, maxTokens: 100, ...more });

describe('a conversation that does not fit', () => {
	it('is sent with a summary, whose cost stands in rows of its own', async () => {
		const w = staged(repeating);
		const { response, meta } = await w.gateway.chat(asking(talk(20), { tags: ['mine'], runId: 'run1', user: 'u1' }));
		await w.settled();
		expect(response.content).toHaveLength(1);
		expect(w.sent).toHaveLength(2);
		const sent = bodyOf(w.sent[1] ?? w.sent[0] ?? Object.create(null));
		expect(sent).toContain('[Summary of the earlier part of this conversation,');
		expect(questionsIn(sent)).toEqual(questionsIn(talk(20).map(textOf).join('\n')));
		expect(meta.context).toMatchObject({
			dropped: [],
			summarized: [{ first: 0, model: 'groq/small', cached: false }],
			replans: 0,
		});
		expect(meta.warnings).toEqual([]);
		const rows = w.entries().map(({ requestId, provider, tags, runId, user, costNanoUsd }) => ({
			requestId,
			provider,
			tags,
			runId,
			user,
			costNanoUsd,
		}));
		expect(rows).toEqual([
			expect.objectContaining({ requestId: 'id', provider: 'groq', tags: ['mine', 'switchyard:summary'] }),
			expect.objectContaining({ provider: 'openai', tags: ['mine'], costNanoUsd: meta.costNanoUsd }),
		]);
		for (const row of rows) expect(row).toMatchObject({ runId: 'run1', user: 'u1' });
		expect(w.opens).toHaveLength(2);
		expect(w.opens.every(({ keyId, holdNanoUsd }) => keyId === 'key1' && holdNanoUsd !== null)).toBe(true);
	});

	it('is not summarised again while the summary serves, streamed or whole', async () => {
		const w = staged(repeating);
		await w.gateway.chat(asking(talk(20)));
		const { events, meta } = await w.gateway.stream(asking(talk(21)));
		for await (const _ of events);
		expect(w.sent).toHaveLength(3);
		expect(meta().context?.summarized).toMatchObject([{ cached: true }]);
	});

	it('is summarised under a key that may name neither the summarizer nor any model, nor a setting', async () => {
		const caller = callerOf({ allowedModels: ['openai/*'], mayOverrideSettings: false });
		const w = staged(repeating, { snapshot: { caller } });
		const { meta } = await w.gateway.chat(asking(talk(20)));
		expect(meta.context?.summarized).toHaveLength(1);
		await expect(w.gateway.chat(asking(talk(1), { model: 'groq/small' }))).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('has its summary by whoever follows the summarizer, where that one is away', async () => {
		const w = world({
			upstream: [(request) => (request.url.includes('groq') ? failure(500) : repeating(request))],
			factsOf: (model) => (model === 'gpt-test' ? { contextWindow: 2_500, maxOutput: 1_000 } : {}),
			summaries: memory(),
			snapshot: {
				fallbackChain: ['deepseek/v4'],
				context: contextOf({ mode: 'summarize', summarizer: 'profile:cheap' }),
				profiles: { cheap: choiceOf('groq/small') },
			},
			limits: { maxAttempts: 1 },
		});
		const { meta } = await w.gateway.chat(chatCall({ messages: talk(20), maxTokens: 100 }, { fallback: false }));
		expect(meta.context?.summarized).toMatchObject([{ model: 'deepseek/v4' }]);
		expect(meta.provider).toBe('openai');
	});
});

describe('where the summary fails', () => {
	it('is trimmed, and the answer says why', async () => {
		const w = staged(() => failure(400));
		const { meta } = await w.gateway.chat(asking(talk(20)));
		expect(meta.context?.summarized).toEqual([]);
		expect(meta.context?.dropped).toMatchObject([{ first: 0, what: 'messages' }]);
		expect(meta.warnings).toEqual([
			{
				field: 'context',
				message: expect.stringMatching(/^The conversation was trimmed without a summary: groq\/small /),
			},
		]);
	});

	it('so it is where a limit admits the request but not its summary', async () => {
		const exceeded = {
			kind: 'budget-exceeded',
			of: 'key',
			period: 'day',
			retryAfterMs: null,
		} as const;
		const w = staged(repeating, { answers: [{ kind: 'open', requests: null }, exceeded] });
		const { meta } = await w.gateway.chat(asking(talk(20)));
		expect(w.sent.map(({ url }) => url.includes('groq'))).toEqual([false]);
		expect(meta.warnings.map(({ message }) => message)).toEqual([
			"The conversation was trimmed without a summary: groq/small could not write it: This key's budget for this day is used up.",
		]);
	});

	it('an earlier summary still serves, and the answer says what became of the rest', async () => {
		let calls = 0;
		const w = staged((request) => {
			calls += 1;
			return calls === 1 ? repeating(request) : failure(400);
		});
		await w.gateway.chat(asking(talk(20)));
		const { meta } = await w.gateway.chat(asking(talk(32)));
		expect(meta.context?.summarized).toMatchObject([{ cached: true }]);
		expect(meta.context?.dropped.length).toBeGreaterThan(0);
		expect(meta.warnings.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^What came after the earlier summary was trimmed without one: /),
		]);
	});
});

it('a summary’s own request is never summarised, however small its model', async () => {
	const w = staged(repeating, { factsOf: () => ({ contextWindow: 2_500, maxOutput: 1_000 }) });
	const { meta } = await w.gateway.chat(asking(talk(13)));
	expect(meta.provider).toBe('openai');
	const summaries = w.sent.filter(({ url }) => url.includes('groq'));
	expect(summaries.length).toBeGreaterThan(1);
	expect(summaries.length).toBeLessThanOrEqual(4);
	for (const request of summaries) expect(bodyOf(request)).not.toContain('[Summary of');
});
