import { env } from 'cloudflare:workers';
import { eq, sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { database } from '../../src/db/client';
import { exactly } from '../../src/db/money';
import { llmProviderUsage, llmUsageLogs } from '../../src/db/schema';

const db = database(env.DB);

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 1, 12);

type Row = typeof llmUsageLogs.$inferInsert;

const tokens = fc.option(fc.nat(5_000), { nil: null });

/** Few values per field, so that rows meet in one total; midnight and both months are near. */
const row: fc.Arbitrary<Row> = fc.record({
	attemptId: fc.constantFrom('r1.1', 'r1.2', 'r2.1', 'r3.1', 'r4.1'),
	requestId: fc.constant('r'),
	organizationId: fc.constantFrom('o1', 'o2'),
	state: fc.constantFrom('settled' as const, 'released' as const, 'unknown' as const),
	operation: fc.constantFrom('chat' as const, 'embedding' as const, 'health' as const),
	stream: fc.boolean(),
	provider: fc.constantFrom('openai', 'groq'),
	providerRowId: fc.constantFrom(null, 'row-1'),
	model: fc.constantFrom('a', 'b'),
	startedAt: fc.constantFrom(NOON - DAY, NOON, NOON + DAY / 2 - 1, NOON + DAY / 2),
	endedAt: fc.constant(NOON + DAY),
	responseTimeMs: fc.constant(5),
	inputTokens: tokens,
	cacheReadTokens: tokens,
	cacheWrite5mTokens: tokens,
	inputImageTokens: tokens,
	outputTokens: tokens,
	reasoningTokens: tokens,
	outputAudioTokens: tokens,
	usageSource: fc.constant('reported' as const),
	costNanoUsd: fc.option(fc.bigInt({ min: 0n, max: 2n ** 55n }), { nil: null }),
	errorCode: fc.constantFrom(null, 'upstream_timeout', 'aborted'),
	configVersion: fc.constant(1),
	source: fc.constantFrom('ledger' as const, 'direct' as const),
	seq: fc.constantFrom(null, 7),
});

interface Total {
	requests: number;
	errors: number;
	promptTokens: number;
	completionTokens: number;
	costNanoUsd: bigint;
	unpriced: number;
}

const sumOf = (...parts: readonly (number | null | undefined)[]): number =>
	parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);

/** The daily totals by the definition, from the rows alone. */
function totalsOf(rows: readonly Row[]): Map<string, Total> {
	const totals = new Map<string, Total>();
	for (const one of rows) {
		const date = new Date(one.startedAt).toISOString().slice(0, 10);
		const key = [one.organizationId, date, one.provider, one.providerRowId ?? '', one.model].join('|');
		const total = totals.get(key) ?? {
			requests: 0,
			errors: 0,
			promptTokens: 0,
			completionTokens: 0,
			costNanoUsd: 0n,
			unpriced: 0,
		};
		const counted = one.operation !== 'health';
		total.requests += counted ? 1 : 0;
		total.errors += counted && one.errorCode != null && one.errorCode !== 'aborted' ? 1 : 0;
		total.promptTokens += sumOf(one.inputTokens, one.cacheReadTokens, one.cacheWrite5mTokens, one.inputImageTokens);
		total.completionTokens += sumOf(one.outputTokens, one.reasoningTokens, one.outputAudioTokens);
		total.costNanoUsd += one.costNanoUsd ?? 0n;
		total.unpriced += one.costNanoUsd == null ? 1 : 0;
		totals.set(key, total);
	}
	return totals;
}

const isZero = (total: Total): boolean => Object.values(total).every((value) => Number(value) === 0);

async function storedTotals(): Promise<Map<string, Total>> {
	const usage = llmProviderUsage;
	const rows = await db
		.select({
			key: sql<string>`${usage.organizationId} || '|' || ${usage.date} || '|' || ${usage.provider} || '|' ||
				${usage.providerRowId} || '|' || ${usage.model}`,
			requests: usage.requests,
			errors: usage.errors,
			promptTokens: usage.promptTokens,
			completionTokens: usage.completionTokens,
			costNanoUsd: exactly(usage.costNanoUsd),
			unpriced: usage.unpriced,
		})
		.from(usage);
	return new Map(rows.map(({ key, ...total }) => [key, total]));
}

const withoutZeros = (totals: Map<string, Total>) =>
	Object.fromEntries([...totals].filter(([, total]) => !isZero(total)).sort(([a], [b]) => (a < b ? -1 : 1)));

const upsert = ({ attemptId, ...set }: Row) =>
	db
		.insert(llmUsageLogs)
		.values({ attemptId, ...set })
		.onConflictDoUpdate({ target: llmUsageLogs.attemptId, set });

it('daily totals equal the sum of the rows under any inserts, upserts and updates', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 14 }), async (writes) => {
			await env.DB.batch([
				env.DB.prepare('delete from llm_usage_logs'),
				env.DB.prepare('delete from llm_provider_usage'),
			]);
			const rows = new Map<string, Row>();
			for (const write of writes) {
				const { attemptId, ...set } = write;
				if (rows.has(attemptId) && write.stream)
					await db.update(llmUsageLogs).set(set).where(eq(llmUsageLogs.attemptId, attemptId));
				else await upsert(write);
				rows.set(attemptId, write);
			}
			expect(withoutZeros(await storedTotals())).toEqual(withoutZeros(totalsOf([...rows.values()])));
		}),
		{ numRuns: 40 },
	);
});

const one: Row = {
	attemptId: 'r1.1',
	requestId: 'r1',
	organizationId: 'o1',
	state: 'settled',
	operation: 'chat',
	stream: false,
	provider: 'openai',
	model: 'a',
	startedAt: NOON,
	endedAt: NOON,
	responseTimeMs: 1,
	usageSource: 'none',
	configVersion: 1,
	source: 'ledger',
};

it('a total that an update empties is gone', async () => {
	await upsert(one);
	await upsert({ ...one, model: 'b' });
	expect([...(await storedTotals()).keys()]).toEqual(['o1|2026-03-01|openai||b']);
});

it('totals outlive the rows that retention removes', async () => {
	await upsert({ ...one, outputTokens: 3 });
	await db.delete(llmUsageLogs);
	expect([...(await storedTotals()).values()]).toMatchObject([{ requests: 1, completionTokens: 3 }]);
});

it('unknown usage stays null in the row, known parts add up', async () => {
	await upsert(one);
	await upsert({ ...one, attemptId: 'r1.2', inputTokens: 2, inputAudioTokens: 3, outputTokens: 0 });
	const rows = await db
		.select({ prompt: llmUsageLogs.promptTokens, completion: llmUsageLogs.completionTokens })
		.from(llmUsageLogs)
		.orderBy(llmUsageLogs.attemptId);
	expect(rows).toEqual([
		{ prompt: null, completion: null },
		{ prompt: 5, completion: 0 },
	]);
});

it('a batch of rows goes in as one JSON parameter', async () => {
	const rows = Array.from({ length: 300 }, (_, at) => ({ attempt: `r${at}.1`, cost: String(2n ** 53n + 1n) }));
	await env.DB.prepare(
		`insert into llm_usage_logs (attempt_id, request_id, organization_id, state, operation, stream, provider, model,
			started_at, ended_at, response_time_ms, usage_source, cost_nano_usd, config_version, source)
		select value ->> 'attempt', 'r', 'o1', 'settled', 'chat', 0, 'openai', 'a', ?2, ?2, 1, 'none', value ->> 'cost', 1, 'ledger'
		from json_each(?1)`,
	)
		.bind(JSON.stringify(rows), NOON)
		.run();
	expect([...(await storedTotals()).values()]).toMatchObject([{ requests: 300, costNanoUsd: 300n * (2n ** 53n + 1n) }]);
});
