import { describe, expect, it } from 'vitest';
import { STRATEGY_OPTIONS, scoreText, strategyOf } from '../../src/console/routing/strategies';
import { STRATEGIES } from '../../src/language/routing';

describe('strategies in the console', () => {
	it('are those of the gateway, in its order', () => {
		expect(STRATEGY_OPTIONS.map(({ value }) => value)).toEqual([...STRATEGIES]);
	});

	it.each([
		['weighted', 2.5, 'weight 2.5'],
		['lowest-cost', 0.000062, '$0.000062'],
		['lowest-latency', 340, '340 ms'],
		['lowest-latency', 1_340, '1.3 s'],
		['highest-throughput', 81.26, '81.3 tokens/s'],
	] as const)('count a score of %s with its unit', (strategy, score, text) => {
		expect(scoreText(strategy, score)).toBe(text);
	});

	it('have no score where a candidate stands as it is listed', () => {
		expect(scoreText('priority', null)).toBeNull();
	});

	it('take no name that is none of theirs', () => {
		expect(strategyOf('toString')).toBe('');
		expect(strategyOf(null)).toBe('');
	});
});
