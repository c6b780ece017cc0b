import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContextReceipt } from '../../src/language/context';
import { type RoutingDecision, type RoutingStep, STRATEGIES } from '../../src/language/routing';
import { usageOf } from '../../src/language/usage';
import type { LedgerEntry } from '../../src/ledger/contract';
import { COLUMNS, entryOf, rowJson, rowOf, type UsageRow } from '../../src/ledger/row';
import { BATCH_BYTES } from '../../src/ledger/usage-table';
import { ledgerEntry } from './fixtures';

const text = fc.string({ maxLength: 40, unit: 'binary' }).filter((value) => value.isWellFormed());
const maybe = fc.option(text);
const steps: fc.Arbitrary<RoutingStep> = fc.record({
	provider: text,
	model: text,
	key: maybe,
	outcome: fc.constantFrom('answered' as const, 'failed' as const, 'skipped' as const, 'unused' as const),
	reason: maybe,
	attempts: fc.nat(),
	// JSON has no -0.
	score: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs)),
});
const run = { first: fc.nat(), last: fc.nat(), tokens: fc.nat() };
const receipts: fc.Arbitrary<ContextReceipt> = fc.record({
	before: fc.nat(),
	after: fc.nat(),
	limit: fc.nat(),
	reserve: fc.nat(),
	method: fc.constantFrom('bound' as const, 'exact' as const, 'calibrated' as const),
	factor: fc.double({ min: 0, max: 4, noNaN: true }).map(Math.abs),
	dropped: fc.array(fc.record({ ...run, what: fc.constantFrom('messages' as const, 'images' as const) }), {
		maxLength: 64,
	}),
	shortened: fc.array(fc.record({ message: fc.nat(), before: fc.nat(), after: fc.nat() }), { maxLength: 64 }),
	summarized: fc.array(fc.record({ ...run, into: fc.nat(), model: text, cached: fc.boolean() }), { maxLength: 64 }),
	replans: fc.nat(1),
});
const entries: fc.Arbitrary<LedgerEntry> = fc.record({
	attemptId: text,
	requestId: text,
	organizationId: text,
	state: fc.constantFrom('settled' as const, 'released' as const, 'unknown' as const),
	operation: fc.constantFrom('chat' as const, 'embedding' as const, 'health' as const),
	stream: fc.boolean(),
	keyId: maybe,
	issuerKeyId: fc.constant(null),
	agentId: maybe,
	user: maybe,
	runId: maybe,
	tags: fc.array(text, { maxLength: 5 }),
	clientRequestId: maybe,
	provider: text,
	providerRowId: maybe,
	model: text,
	startedAt: fc.nat(2_000_000_000),
	endedAt: fc.nat(2_000_000_000),
	firstTokenMs: fc.option(fc.nat()),
	usage: fc.option(fc.record({ input: fc.nat(), cacheRead: fc.nat(), output: fc.nat() }).map(usageOf)),
	usageSource: fc.constantFrom('reported' as const, 'estimated' as const, 'none' as const),
	costNanoUsd: fc.option(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
	priceVersion: maybe,
	finishReason: maybe,
	finishReasonRaw: maybe,
	errorCode: maybe,
	errorClass: maybe,
	httpStatus: fc.option(fc.nat(599)),
	configVersion: fc.nat(),
	context: fc.option(receipts),
	routing: fc.option(
		fc.record({
			strategy: fc.constantFrom(...STRATEGIES),
			sticky: fc.boolean(),
			steps: fc.array(steps, { maxLength: 32 }),
		}),
	),
	source: fc.constantFrom('ledger' as const, 'direct' as const),
});

const step = (parts: Partial<RoutingStep>): RoutingStep => ({
	provider: 'mock',
	model: 'echo',
	key: 'mock',
	outcome: 'unused',
	reason: null,
	attempts: 0,
	score: 1.5,
	...parts,
});
const decision = (all: readonly RoutingStep[]): RoutingDecision => ({ strategy: 'weighted', sticky: true, steps: all });

describe('a usage row', () => {
	it('gives back the entry it was made of', () => {
		fc.assert(
			fc.property(entries, (entry) => {
				expect(entryOf(rowOf(entry))).toEqual(entry);
			}),
		);
	});

	it('gives back the entry after a way through JSON by column order', () => {
		fc.assert(
			fc.property(entries, (entry) => {
				const cells = JSON.parse(rowJson(entry)) as unknown[];
				const row = Object.fromEntries(COLUMNS.map((column, at) => [column, cells[at]])) as unknown as UsageRow;
				expect(entryOf(row)).toEqual(entry);
			}),
		);
	});

	it('keeps unknown usage NULL and measures the response time', () => {
		expect(rowOf(ledgerEntry({ startedAt: 1_000, endedAt: 1_250 }))).toMatchObject({
			input_tokens: null,
			output_audio_tokens: null,
			response_time_ms: 250,
			stream: 1,
		});
		expect(rowOf(ledgerEntry({ startedAt: 1_000, endedAt: 990 })).response_time_ms).toBe(0);
	});

	it('cuts texts and tags no report needs at such length, never through a character', () => {
		const row = rowOf(
			ledgerEntry({ user: `${'x'.repeat(511)}😀`, tags: Array.from({ length: 90 }, () => 'y'.repeat(600)) }),
		);
		expect(row.user).toHaveLength(512);
		expect(row.user?.isWellFormed()).toBe(true);
		const tags = JSON.parse(row.tags) as string[];
		expect(tags).toHaveLength(64);
		expect(tags[0]).toHaveLength(512);
	});

	it('has the decision in its last column, since rows of an older release wait in outboxes without it', () => {
		const cells = JSON.parse(rowJson(ledgerEntry({ routing: decision([step({})]) }))) as unknown[];
		expect(COLUMNS.at(-1)).toBe('routing');
		expect(JSON.parse(String(cells.at(-1)))).toEqual(decision([step({})]));
		expect(COLUMNS.indexOf('source')).toBe(COLUMNS.length - 2);
	});

	it('has no decision where an isolate of an older release sent none', () => {
		const { routing: _, ...older } = ledgerEntry();
		expect(rowOf(older as LedgerEntry).routing).toBeNull();
	});

	it('keeps 32 steps of a decision, in their order, and among them whoever answered and who failed', () => {
		const many = Array.from({ length: 90 }, (_, at) =>
			step({
				model: `m${at}`,
				outcome: at === 88 ? 'answered' : at === 89 ? 'failed' : at < 50 ? 'unused' : 'skipped',
			}),
		);
		const kept = entryOf(rowOf(ledgerEntry({ routing: decision(many) }))).routing?.steps ?? [];
		expect(kept).toHaveLength(32);
		expect(kept.slice(-2).map(({ model, outcome }) => [model, outcome])).toEqual([
			['m88', 'answered'],
			['m89', 'failed'],
		]);
		expect(kept.slice(0, -2)).toEqual(many.slice(50, 80));
	});

	it('holds nothing of a step beside its own fields, and cuts their texts', () => {
		const long = `${'x'.repeat(511)}😀`;
		const said = { ...step({ provider: long, model: long, key: long, reason: long }), secret: 'sk-1' };
		const kept = entryOf(rowOf(ledgerEntry({ routing: decision([said]) }))).routing?.steps[0];
		expect(kept).not.toHaveProperty('secret');
		for (const text of [kept?.provider, kept?.model, kept?.key, kept?.reason]) {
			expect(text).toHaveLength(512);
			expect(text?.isWellFormed()).toBe(true);
		}
	});

	const receipt = (parts: Partial<ContextReceipt>): ContextReceipt => ({
		before: 9_000,
		after: 900,
		limit: 1_000,
		reserve: 500,
		method: 'exact',
		factor: 1,
		dropped: [],
		shortened: [],
		summarized: [],
		replans: 0,
		...parts,
	});
	const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
	const told = (context: ContextReceipt) => entryOf(rowOf(ledgerEntry({ context }))).context;

	it('keeps the first 64 of each list of a receipt, and cuts the name of a summarizer', () => {
		const dropped = numbers(90).map((at) => ({ first: at, last: at, tokens: 1, what: 'messages' as const }));
		const shortened = numbers(65).map((message) => ({ message, before: 9, after: 1 }));
		const summary = { first: 0, last: 1, tokens: 9, into: 1, model: `${'m'.repeat(511)}😀`, cached: true };
		const summarized = numbers(70).map(() => summary);
		const kept = told(receipt({ dropped, shortened, summarized }));
		expect(kept).toEqual({
			...receipt({}),
			dropped: dropped.slice(0, 64),
			shortened: shortened.slice(0, 64),
			summarized: summarized.slice(0, 64).map((one) => ({ ...one, model: `${'m'.repeat(511)}\ufffd` })),
		});
	});

	it('reads a receipt of an older release, from a row or an isolate, which took nothing away', () => {
		const older = { before: 9, after: 9, limit: 100, method: 'bound', dropped: 0, summarized: 0 };
		const now = receipt({ before: 9, after: 9, limit: 100, reserve: 0, method: 'bound' });
		expect(entryOf({ ...rowOf(ledgerEntry()), context: JSON.stringify(older) }).context).toEqual(now);
		expect(told(older as unknown as ContextReceipt)).toEqual(now);
	});

	it('is less than a batch, whatever it is made of', () => {
		const worst = '\u0000'.repeat(600);
		const routing = decision(
			Array.from({ length: 64 }, () => step({ provider: worst, model: worst, key: worst, reason: worst })),
		);
		const tags = Array.from({ length: 90 }, () => worst);
		const summary = { first: 0, last: 1, tokens: 9, into: 1, model: worst, cached: true };
		const context = receipt({ summarized: numbers(90).map(() => summary) });
		const json = rowJson(ledgerEntry({ routing, tags, context, user: worst, model: worst }));
		expect(new TextEncoder().encode(json).byteLength).toBeLessThan(BATCH_BYTES);
	});
});
