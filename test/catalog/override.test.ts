import { describe, expect, it } from 'vitest';
import { type ModelOverride, overlaid } from '../../src/catalog/override';
import { FACTS } from '../support/scripted-gateway';

const over = (override: Partial<ModelOverride>, facts = {}) =>
	overlaid({ ...FACTS, ...facts }, { declared: false, ...override }, true);
const UNKNOWN = { known: false, prices: null, priceVersion: null, contextWindow: 8_192, maxOutput: null };

describe('a fact sheet with what the configuration knows better', () => {
	it('is the same object where it knows nothing', () => {
		expect(overlaid(FACTS, undefined, true)).toBe(FACTS);
	});

	it('says the same where the override says nothing', () => {
		expect(over({})).toEqual(FACTS);
	});

	it('is known once it is declared, and stays unknown with a price alone', () => {
		expect(over({ declared: true }, UNKNOWN).known).toBe(true);
		expect(over({ prices: { input: 1n, output: 2n } }, UNKNOWN).known).toBe(false);
	});

	it('has each figure and ability that is said, and the others as they were', () => {
		const said = {
			kind: 'chat',
			contextWindow: 64_000,
			inputLimit: 60_000,
			maxOutput: 2_000,
			structuredOutput: false,
		} as const;
		expect(over({ ...said, tools: false })).toEqual({ ...FACTS, ...said, tools: false });
	});

	it('takes text, whatever else is said', () => {
		expect(over({ input: ['image', 'pdf'] }).input).toEqual(['text', 'image', 'pdf']);
		expect(over({ input: [] }).input).toEqual(['text']);
		expect(over({ input: ['audio', 'text'] }).input).toEqual(['audio', 'text']);
	});

	it("answers no longer than a smaller window, and loses the catalog's input limit with the window it was part of", () => {
		const listed = { contextWindow: 128_000, inputLimit: 100_000, maxOutput: 16_000 };
		expect(over({ contextWindow: 4_000 }, listed)).toMatchObject({
			contextWindow: 4_000,
			inputLimit: null,
			maxOutput: 4_000,
		});
		expect(over({ contextWindow: 128_000 }, listed)).toMatchObject(listed);
	});

	it('has no output limit as an embedding model', () => {
		expect(over({ kind: 'embedding' })).toMatchObject({ kind: 'embedding', maxOutput: null });
	});

	it('steers no reasoning where there is none', () => {
		const options = { reasoning: true, reasoningOptions: [{ type: 'toggle' as const }] };
		expect(over({ reasoning: false }, options)).toMatchObject({ reasoning: false, reasoningOptions: [] });
		expect(over({ reasoning: true }, options).reasoningOptions).toEqual(options.reasoningOptions);
	});

	it("has the price that is said in place of all of the catalog's, tiers and cached tokens included", () => {
		const listed = {
			prices: { input: 9n, output: 9n, cacheRead: 1n, tiers: [{ above: 5, prices: { input: 9n, output: 9n } }] },
		};
		const said = over({ prices: { input: 1n, output: 2n }, priceVersion: 'override-3' }, listed);
		expect(said).toMatchObject({ priceVersion: 'override-3' });
		expect(said.prices).toEqual({ input: 1n, output: 2n });
	});

	it('completes half a price from the catalog, and has none where the catalog knows none', () => {
		expect(over({ prices: { input: 1n }, priceVersion: 'global-2' })).toMatchObject({
			prices: { input: 1n, output: 2_000_000n },
			priceVersion: 'global-2',
		});
		expect(over({ prices: { output: 0n }, priceVersion: 'global-2' }, UNKNOWN)).toMatchObject({
			prices: null,
			priceVersion: null,
		});
	});

	describe("on the operator's bill", () => {
		const own = { prices: { input: 0n, output: 0n }, priceVersion: 'override-3' };
		const billed = (shared: ModelOverride['shared'], facts = {}, paysItself = false) => {
			const override = { declared: true, ...own, ...(shared && { shared }) };
			const { prices, priceVersion } = overlaid({ ...FACTS, ...facts }, override, paysItself);
			return [prices?.input, prices?.output, priceVersion];
		};
		const theirs = { prices: { input: 5n, output: 6n }, priceVersion: 'global-2' };
		const listed = { prices: { input: 8n, output: 9n }, priceVersion: 'catalog' };

		it("has the operator's price, else the catalog's, and the organization's own only where neither knows one", () => {
			expect(billed(theirs, listed)).toEqual([5n, 6n, 'global-2']);
			expect(billed({}, listed)).toEqual([8n, 9n, 'catalog']);
			expect(billed(theirs, UNKNOWN)).toEqual([5n, 6n, 'global-2']);
			expect(billed({}, UNKNOWN)).toEqual([0n, 0n, 'override-3']);
		});

		it('takes half a price that nobody completes for none', () => {
			const half = { prices: { input: 5n }, priceVersion: 'global-2' };
			expect(billed(half, listed)).toEqual([5n, 9n, 'global-2']);
			expect(billed(half, UNKNOWN)).toEqual([0n, 0n, 'override-3']);
		});

		it("is told apart from the organization's own bill, where its own price counts", () => {
			expect(billed(theirs, listed, true)).toEqual([0n, 0n, 'override-3']);
		});
	});
});
