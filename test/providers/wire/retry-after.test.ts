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

	it('is unknown for a date without a date to measure it from, for the past, for zero and for nonsense', () => {
		expect(wait({ 'retry-after': 'Wed, 19 Nov 2025 10:00:30 GMT' })).toBeUndefined();
		expect(
			wait({ date: 'Wed, 19 Nov 2025 10:00:00 GMT', 'retry-after': 'Wed, 19 Nov 2025 09:00:00 GMT' }),
		).toBeUndefined();
		expect(wait({ 'retry-after': '0' })).toBeUndefined();
		expect(wait({ 'retry-after': 'soon' })).toBeUndefined();
		expect(wait({})).toBeUndefined();
	});

	it('is at most a day', () => {
		expect(wait({ 'retry-after': '1e9' })).toBe(86_400_000);
		expect(wait({ 'retry-after': 'Infinity' })).toBe(86_400_000);
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
