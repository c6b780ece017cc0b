import { describe, expect, it } from 'vitest';
import { MODES } from '../../src/console/context/modes';
import { scoreText, STRATEGIES as WORDS } from '../../src/console/routing/strategies';
import { nameIn, namesIn } from '../../src/console/ui/explained-options';
import { CONTEXT_MODES } from '../../src/language/context';
import { STRATEGIES } from '../../src/language/routing';

describe('strategies in the console', () => {
	it('are those of the gateway, in its order', () => {
		expect(namesIn(WORDS)).toEqual([...STRATEGIES]);
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
		expect(nameIn(WORDS, 'toString')).toBe('');
		expect(nameIn(WORDS, null)).toBe('');
		expect(nameIn(WORDS, 'weighted')).toBe('weighted');
	});
});

describe('context modes in the console', () => {
	it('are those of the gateway, in its order', () => {
		expect(namesIn(MODES)).toEqual([...CONTEXT_MODES]);
	});
});
