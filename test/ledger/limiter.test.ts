import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, DayCounter, dayOf, MINUTE_MS, SlidingMinute, untilTomorrow } from '../../src/ledger/limiter';
import { START } from './fixtures';

describe('the sliding minute', () => {
	it('is exact to the millisecond against a list of every arrival', () => {
		const gaps = fc.array(
			fc.oneof(fc.constant(0), fc.nat(3), fc.nat(20_000), fc.constantFrom(59_999, 60_000, 60_001)),
			{
				maxLength: 300,
			},
		);
		fc.assert(
			fc.property(gaps, fc.integer({ min: 1, max: 20 }), (steps, limit) => {
				const minute = new SlidingMinute();
				const arrivals: number[] = [];
				let now = START;
				for (const gap of steps) {
					now += gap;
					const live = arrivals.filter((at) => at > now - MINUTE_MS);
					expect(minute.count(now)).toBe(live.length);
					const leaving = live[live.length - limit];
					expect(minute.freeAfter(limit, now)).toBe(leaving === undefined ? 0 : leaving + MINUTE_MS - now);
					expect(minute.emptyAfter(now)).toBe(live.length === 0 ? 0 : (live.at(-1) ?? 0) + MINUTE_MS - now);
					minute.add(now);
					arrivals.push(now);
				}
			}),
		);
	});

	it('is restored from its seconds as it was', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(2_000), { maxLength: 200 }), fc.nat(70_000), (gaps, later) => {
				const minute = new SlidingMinute();
				let now = START;
				for (const gap of gaps) {
					now += gap;
					minute.add(now);
				}
				const restored = new SlidingMinute();
				for (let second = Math.floor((now - MINUTE_MS) / 1000); second <= now / 1000; second += 1)
					restored.restore(second, minute.offsets(second));
				expect(restored.count(now + later)).toBe(minute.count(now + later));
				expect(restored.newest).toBe(minute.newest);
			}),
		);
	});

	it('counts at the last time known where the clock steps back a little, and starts over where it was far ahead', () => {
		const minute = new SlidingMinute();
		minute.add(START);
		minute.add(START - 500);
		expect(minute.count(START)).toBe(2);
		expect(minute.count(START + MINUTE_MS - 1)).toBe(2);
		expect(minute.count(START + MINUTE_MS)).toBe(0);
		minute.add(START + DAY_MS);
		expect(minute.count(START + MINUTE_MS)).toBe(0);
	});

	it('keeps one slot per millisecond, however many requests come', () => {
		const minute = new SlidingMinute();
		for (let request = 0; request < 100_000; request += 1) minute.add(START + (request % 2));
		expect(minute.count(START + 1)).toBe(100_000);
		expect(minute.count(START + MINUTE_MS)).toBe(99_999);
	});
});

describe('the day', () => {
	it('starts again at UTC midnight and not when the clock steps back over it', () => {
		const day = new DayCounter();
		const midnight = (dayOf(START) + 1) * DAY_MS;
		day.add(midnight - 1);
		expect(day.count(midnight - 1)).toBe(1);
		day.add(midnight);
		expect(day.count(midnight)).toBe(1);
		expect(day.count(midnight - 1)).toBe(1);
		expect(untilTomorrow(midnight - 1)).toBe(1);
		expect(untilTomorrow(midnight)).toBe(DAY_MS);
	});
});
