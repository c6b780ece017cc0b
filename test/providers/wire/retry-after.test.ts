import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterInMessage, retryAfterMs, shouldRetry } from '../../../src/providers/wire/retry-after';

const wait = (headers: Record<string, string>) => retryAfterMs(new Headers(headers));

describe('the time until a retry', () => {
	it('is read from seconds, fractions included', () => {
		expect(wait({ 'retry-after': '7' })).toBe(7000);
		expect(wait({ 'retry-after': '0.25' })).toBe(250);
	});

	it('is the larger of seconds and milliseconds, since Azure sends zero milliseconds beside a second', () => {
		expect(wait({ 'retry-after': '1', 'retry-after-ms': '0' })).toBe(1000);
		expect(wait({ 'retry-after': '1', 'retry-after-ms': '1500' })).toBe(1500);
	});

	it('is measured from the date of the answer where it is a date', () => {
		const headers = { date: 'Wed, 19 Nov 2025 10:00:00 GMT', 'retry-after': 'Wed, 19 Nov 2025 10:00:30 GMT' };
		expect(wait(headers)).toBe(30_000);
	});

	it.each([['Sun, 06 Nov 1994 08:49:37 GMT'], ['Sunday, 06-Nov-94 08:49:37 GMT'], ['Sun Nov  6 08:49:37 1994']])(
		'is read from each of the forms of a date in RFC 9110: %s',
		(later) => {
			expect(wait({ date: 'Sun, 06 Nov 1994 08:49:27 GMT', 'retry-after': later })).toBe(10_000);
		},
	);

	it('is unknown for a date without one to measure it from, since no clock is at hand', () => {
		expect(wait({ 'retry-after': 'Wed, 19 Nov 2025 10:00:30 GMT' })).toBeUndefined();
		expect(wait({ 'retry-after': 'Wed, 19 Nov 2025 10:00:30 GMT', date: 'now' })).toBeUndefined();
	});

	it('is unknown for a date in the past', () => {
		const date = 'Wed, 19 Nov 2025 10:00:00 GMT';
		expect(wait({ date, 'retry-after': 'Wed, 19 Nov 2025 09:00:00 GMT' })).toBeUndefined();
		expect(wait({ date, 'retry-after': date })).toBeUndefined();
	});

	it.each([
		[''],
		['0'],
		['0.0'],
		['-5'],
		['+5'],
		['soon'],
		['NaN'],
		['1e9'],
		['Infinity'],
		['0x10'],
		['5s'],
		['1.'],
		['.5'],
		['5 10'],
		['5, soon'],
		[','],
		['Wed'],
		['Wed, 99 Foo 2025 10:00:30 GMT'],
		['2025-11-19T10:00:30Z'],
		['9'.repeat(65)],
		['1,'.repeat(30_000)],
	])('is unknown where the header is no number of seconds and no date: %s', (value) => {
		expect(wait({ 'retry-after': value, date: 'Wed, 19 Nov 2025 10:00:00 GMT' })).toBeUndefined();
	});

	it('is what the other header says where one is nonsense', () => {
		expect(wait({ 'retry-after': 'soon', 'retry-after-ms': '1500' })).toBe(1500);
		expect(wait({ 'retry-after': '2', 'retry-after-ms': '-1500' })).toBe(2000);
		expect(wait({})).toBeUndefined();
	});

	it('is the longest where the header came several times', () => {
		expect(wait({ 'retry-after': '5, 10' })).toBe(10_000);
		expect(wait({ 'retry-after': '10,5' })).toBe(10_000);
		expect(wait({ 'retry-after-ms': '700, 30' })).toBe(700);
	});

	it('is at most a day, whatever form a year comes in', () => {
		const date = 'Wed, 19 Nov 2025 10:00:00 GMT';
		expect(wait({ 'retry-after': '31536000' })).toBe(86_400_000);
		expect(wait({ 'retry-after': '9'.repeat(64) })).toBe(86_400_000);
		expect(wait({ 'retry-after-ms': '31536000000' })).toBe(86_400_000);
		expect(wait({ date, 'retry-after': 'Thu, 19 Nov 2026 10:00:00 GMT' })).toBe(86_400_000);
	});

	it('is a whole number of milliseconds within a day, or unknown, for any text', () => {
		const text = fc.oneof(
			fc.string({ unit: fc.constantFrom(...'0123456789.,-+eExX: aGMTWednov'), maxLength: 40 }),
			fc.string({ unit: 'grapheme-ascii', maxLength: 100 }),
			fc.double().map(String),
			fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
		);
		fc.assert(
			fc.property(text, text, text, (seconds, ms, date) => {
				const said = wait({ 'retry-after': seconds, 'retry-after-ms': ms, date });
				if (said === undefined) return;
				expect(Number.isInteger(said)).toBe(true);
				expect(said).toBeGreaterThan(0);
				expect(said).toBeLessThanOrEqual(86_400_000);
			}),
		);
	});

	it('is read from the message of OpenAI and Groq', () => {
		expect(retryAfterInMessage('Please try again in 7.66s.')).toBe(7660);
		expect(retryAfterInMessage('Please try again in 900ms.')).toBe(900);
		expect(retryAfterInMessage('Please try again in 6m0s.')).toBe(360_000);
		expect(retryAfterInMessage('Please try again in 1h2m3s.')).toBe(3_723_000);
		expect(retryAfterInMessage('Please try again later.')).toBeUndefined();
	});

	it('comes with the upstream own word on whether to retry', () => {
		expect(shouldRetry(new Headers({ 'x-should-retry': 'true' }))).toBe(true);
		expect(shouldRetry(new Headers({ 'x-should-retry': 'false' }))).toBe(false);
		expect(shouldRetry(new Headers({ 'x-should-retry': 'maybe' }))).toBeUndefined();
	});
});
