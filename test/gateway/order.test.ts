import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Contender, type Lots, ordered } from '../../src/gateway/order';
import { STRATEGIES, type Strategy } from '../../src/language/routing';
import { randomOf } from './snapshots';

const contenders = (scores: Readonly<Record<string, number | null>>): Contender<string>[] =>
	Object.entries(scores).map(([name, score]) => ({ item: name, name, score }));

const lotsOf = (random: () => number, turn = 0): Lots => ({ random, draw: random, turn: () => turn });

const order = (strategy: Strategy, scores: Readonly<Record<string, number | null>>, lots = lotsOf(() => 0.5)) =>
	ordered(strategy, contenders(scores), lots).map(({ item }) => item);

/** How often each comes first in `draws` draws. */
function leading(strategy: Strategy, scores: Readonly<Record<string, number | null>>, draws: number) {
	const lots = lotsOf(randomOf(7));
	const counts: Record<string, number> = {};
	for (let draw = 0; draw < draws; draw += 1) {
		const [first = ''] = order(strategy, scores, lots);
		counts[first] = (counts[first] ?? 0) + 1;
	}
	return counts;
}

const scores = fc
	.array(fc.option(fc.double({ min: 0.001, max: 1e6, noNaN: true })), { minLength: 0, maxLength: 12 })
	.map((all) => Object.fromEntries(all.map((score, at) => [`c${at}`, score])));

describe('an order', () => {
	it('has everybody once, and is the same for the same lots, whatever the strategy', () => {
		fc.assert(
			fc.property(fc.constantFrom(...STRATEGIES), scores, fc.integer(), fc.nat(100), (strategy, given, seed, turn) => {
				const once = order(strategy, given, lotsOf(randomOf(seed), turn));
				expect([...once].sort()).toEqual(Object.keys(given).sort());
				expect(order(strategy, given, lotsOf(randomOf(seed), turn))).toEqual(once);
			}),
		);
	});

	it('by cost rises, equals as they are listed, the unknown last and the free first', () => {
		expect(order('lowest-cost', { dear: 2, unknown: null, free: 0, cheap: 0.1, also: 0.1, none: null })).toEqual([
			'free',
			'cheap',
			'also',
			'dear',
			'unknown',
			'none',
		]);
		fc.assert(
			fc.property(scores, (given) => {
				const found = order('lowest-cost', given).map((name) => given[name] ?? Number.POSITIVE_INFINITY);
				expect(found).toEqual(found.toSorted((left, right) => left - right));
			}),
		);
	});

	it('by latency rises and by throughput falls beyond those that are equal to the best, the unmeasured last', () => {
		fc.assert(
			fc.property(scores, fc.boolean(), (given, up) => {
				const found = order(up ? 'lowest-latency' : 'highest-throughput', given).map((name) => given[name] ?? null);
				const known = found.filter((score) => score !== null);
				expect(found.slice(0, known.length)).toEqual(known);
				const best = up ? Math.min(...known) : Math.max(...known);
				const isEqual = (score: number) => (up ? score <= best * 1.1 : score >= best * 0.9);
				const worse = known.filter((score) => !isEqual(score));
				expect(known.slice(known.length - worse.length)).toEqual(
					worse.toSorted((left, right) => (up ? left - right : right - left)),
				);
			}),
		);
	});

	it('draws among those within a tenth of the best', () => {
		const { a = 0, b = 0, c } = leading('lowest-latency', { a: 100, b: 109, c: 111 }, 4_000);
		expect(a / 4_000).toBeGreaterThan(0.43);
		expect(b / 4_000).toBeGreaterThan(0.43);
		expect(c).toBeLessThan(4_000 * 0.07);
	});

	it('puts one that nobody has measured first now and then, and likewise one of the slower', () => {
		const {
			fast = 0,
			slow = 0,
			slower = 0,
			unmeasured = 0,
		} = leading('lowest-latency', { fast: 100, slow: 300, slower: 900, unmeasured: null }, 20_000);
		expect(fast / 20_000).toBeCloseTo(0.9, 1);
		expect(unmeasured / 20_000).toBeCloseTo(0.05, 2);
		expect((slow + slower) / 20_000).toBeCloseTo(0.05, 2);
		expect(Math.min(slow, slower)).toBeGreaterThan(300);
	});

	it('is as listed where nobody is measured', () => {
		const random = randomOf(3);
		for (let draw = 0; draw < 100; draw += 1)
			expect(order('highest-throughput', { b: null, a: null, c: null }, lotsOf(random))).toEqual(['b', 'a', 'c']);
	});

	it('by weight draws the first, and the next of those left, in proportion to the weights', () => {
		const draws = 20_000;
		const lots = lotsOf(randomOf(11));
		const first: Record<string, number> = {};
		let secondOfTwo = 0;
		for (let draw = 0; draw < draws; draw += 1) {
			const [one = '', two] = order('weighted', { a: 6, b: 3, c: 1 }, lots);
			first[one] = (first[one] ?? 0) + 1;
			if (one === 'a' && two === 'b') secondOfTwo += 1;
		}
		expect((first.a ?? 0) / draws).toBeCloseTo(0.6, 1);
		expect((first.b ?? 0) / draws).toBeCloseTo(0.3, 1);
		expect((first.c ?? 0) / draws).toBeCloseTo(0.1, 1);
		expect(secondOfTwo / (first.a ?? 1)).toBeCloseTo(0.75, 1);
	});

	it('by weight takes any weight: enormous ones first, none and nonsense last', () => {
		const given = { none: 0, less: -5, nonsense: Number.NaN, huge: 1e300, one: 1 };
		for (let draw = 0; draw < 50; draw += 1) {
			const found = order('weighted', given, lotsOf(randomOf(draw)));
			expect(found.slice(0, 2)).toEqual(['huge', 'one']);
			expect(found.slice(2)).toEqual(['none', 'less', 'nonsense']);
		}
	});

	it('by weight knows a draw of 0', () => {
		expect(
			order(
				'weighted',
				{ a: 1, b: 1 },
				lotsOf(() => 0),
			),
		).toEqual(['a', 'b']);
	});

	it('in turn begins one further each time', () => {
		const turns = [0, 1, 2, 3].map((turn) =>
			order(
				'round-robin',
				{ a: null, b: null, c: null },
				lotsOf(() => 0, turn),
			),
		);
		expect(turns.map((names) => names.join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
	});
});
