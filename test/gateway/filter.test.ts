import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/catalog/facts';
import type { Needs } from '../../src/gateway/candidate';
import { isWithin, lacking, outside, tooLong } from '../../src/gateway/filter';
import { needsOf, rankFactsOf } from './snapshots';

const lacks = (needs: Partial<Needs>, facts: Partial<ModelFacts> = {}): string | null =>
	lacking({ ...rankFactsOf().catalog.facts('openai', 'a'), ...facts }, needsOf(needs));

const estimated = (needs: Partial<Needs>, facts: Partial<ModelFacts> = {}): string | null =>
	tooLong({ ...rankFactsOf().catalog.facts('openai', 'a'), ...facts }, needsOf(needs));

describe('what a model lacks', () => {
	it.each([
		[{ tools: true }, { tools: false }, 'tools: this model calls none'],
		[{ structuredOutput: true }, { structuredOutput: false }, 'responseFormat: this model keeps to no JSON schema'],
		[{ input: ['image', 'audio', 'pdf'] }, {}, 'input: this model takes no audio, no pdf'],
	] as const)('%j of %j: %s', (needs, facts, reason) => {
		expect(lacks(needs, facts)).toBe(reason);
		expect(lacks(needs, { ...facts, known: false })).toBeNull();
	});

	it.each([
		[{ tools: true, structuredOutput: true, input: ['image'] }, {}],
		[{}, { tools: false, structuredOutput: false, input: ['text'] }],
		[{ promptTokens: 150_000 }, {}],
	] as const)('%j of %j is nothing', (needs, facts) => {
		expect(lacks(needs, facts)).toBeNull();
	});
});

describe('a window, by estimate', () => {
	it.each([
		[{ promptTokens: 150_000 }, {}, 'context: about 150000 tokens do not fit 128000'],
		[{ promptTokens: 90_000 }, { inputLimit: 80_000 }, 'context: about 90000 tokens do not fit 80000'],
		[
			{ promptTokens: 120_000, maxTokens: 10_000 },
			{},
			'context: about 120000 tokens and 10000 of the answer do not fit 128000',
		],
	] as const)('is too small for %j of %j: %s', (needs, facts, reason) => {
		expect(estimated(needs, facts)).toBe(reason);
		expect(estimated(needs, { ...facts, known: false })).toBeNull();
	});

	it.each([
		[{ promptTokens: 128_000 }, {}],
		[{ promptTokens: 100_000, maxTokens: 28_000 }, {}],
		[{ promptTokens: 120_000, maxTokens: 1_000_000 }, { maxOutput: 8_000 }],
	] as const)('holds %j of %j', (needs, facts) => {
		expect(estimated(needs, facts)).toBeNull();
	});
});

describe('residency', () => {
	const key = (residency?: string) => ({ config: residency === undefined ? {} : { residency } });

	it('lets through a key with one of the tags, and none without a tag', () => {
		expect(isWithin(key('eu'), ['eu', 'ch'])).toBe(true);
		expect(isWithin(key('us'), ['eu', 'ch'])).toBe(false);
		expect(isWithin(key(), ['eu'])).toBe(false);
		expect(isWithin(key('eu'), [])).toBe(false);
	});

	it('says which tag a key has and which are asked for', () => {
		expect(outside(key('us'), ['eu', 'ch'])).toBe("residency: 'us' is not among eu, ch");
		expect(outside(key(), ['eu'])).toBe('residency: this key has no tag, and only eu may be used');
		expect(outside(key('us'), [])).toBe('residency: the policy names no tag that may be used');
	});
});
