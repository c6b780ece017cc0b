import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usageOf } from '../../src/language/usage';
import type { LedgerEntry } from '../../src/ledger/contract';
import { COLUMNS, entryOf, rowJson, rowOf, type UsageRow } from '../../src/ledger/row';
import { ledgerEntry } from './fixtures';

const text = fc.string({ maxLength: 40, unit: 'binary' }).filter((value) => value.isWellFormed());
const maybe = fc.option(text);
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
	context: fc.option(
		fc.record({
			before: fc.nat(),
			after: fc.nat(),
			limit: fc.nat(),
			method: fc.constantFrom('bound' as const, 'exact' as const, 'calibrated' as const),
			dropped: fc.nat(),
			summarized: fc.nat(),
		}),
	),
	source: fc.constantFrom('ledger' as const, 'direct' as const),
});

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
});
