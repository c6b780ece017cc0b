import { describe, expect, it } from 'vitest';
import { estimateTexts } from '../../src/console/playground/estimate-words';

const ESTIMATE: Parameters<typeof estimateTexts>[0] = {
	inputTokens: 1_234,
	method: 'exact',
	provider: 'openai',
	model: 'gpt-4.1',
	configVersion: 3,
	warnings: [],
	context: {
		before: 1_234,
		after: 1_234,
		limit: 100_000,
		reserve: 1_024,
		method: 'bound',
		factor: 1,
		dropped: [],
		shortened: [],
		summarized: [],
		replans: 0,
	},
	outputTokens: { min: 0, max: 32_768 },
	costUsd: { min: '0.0006', max: '0.2646' },
	budgetLeftUsd: '4.2',
	fits: true,
};

describe('an estimate in words', () => {
	it('has tokens, price and budget', () => {
		expect(estimateTexts(ESTIMATE)).toEqual({
			who: 'openai/gpt-4.1',
			input: '1,234 tokens in, by the model’s own encoding',
			output: 'up to 32,768 out',
			cost: '$0.0006 to $0.265',
			budget: '$4.20 of the budget left: it fits',
			planned: null,
		});
	});

	it.each([
		[{ fits: false }, '$4.20 of the budget left: the most it may cost does not fit'],
		[{ fits: null }, '$4.20 of the budget left'],
		[{ budgetLeftUsd: null, fits: true }, 'no budget is set'],
		[{ budgetLeftUsd: null, fits: null }, 'the budget can’t be read now'],
	])('tells with %j what that means for the budget', (part, text) => {
		expect(estimateTexts({ ...ESTIMATE, ...part }).budget).toBe(text);
	});

	it('names one price where there is but one, and says where none is known', () => {
		expect(estimateTexts({ ...ESTIMATE, costUsd: { min: '0', max: '0' } }).cost).toBe('$0');
		expect(estimateTexts({ ...ESTIMATE, costUsd: null }).cost).toBe('price unknown');
	});

	it('names the factor of its own count and of no other', () => {
		const context = { ...ESTIMATE.context, factor: 1.2 };
		expect(estimateTexts({ ...ESTIMATE, method: 'calibrated', context }).input).toBe(
			'1,234 tokens in, by a similar encoding',
		);
		expect(
			estimateTexts({ ...ESTIMATE, method: 'calibrated', context: { ...context, method: 'calibrated' } }).input,
		).toBe('1,234 tokens in, by a similar encoding, times 1.2');
	});

	it('tells what the planner would take away', () => {
		const dropped = [{ first: 0, last: 1, tokens: 800, what: 'messages' as const }];
		expect(estimateTexts({ ...ESTIMATE, context: { ...ESTIMATE.context, after: 434, dropped } }).planned).toBe(
			'From 1,234 to 434 prompt tokens, since 100,000 fit: 2 messages dropped.',
		);
	});
});
