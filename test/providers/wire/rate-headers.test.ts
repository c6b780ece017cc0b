import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratesOf } from '../../../src/providers/wire/rate-headers';

/** 15 s into a minute. */
const NOW = Date.UTC(2026, 7, 19, 14, 30, 15);
const NEXT_MINUTE = Date.UTC(2026, 7, 19, 14, 31);
const DAY_MS = 86_400_000;

const rates = (headers: Record<string, string>) => ratesOf(new Headers(headers), NOW);
const resetIn = (reset: string): number | null => {
	const requests = rates({ 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-reset-requests': reset })?.requests;
	return requests ? requests.resetAt - NOW : null;
};

describe('what an upstream says of its limits', () => {
	it('is read from the headers of OpenAI and Groq, which write durations as Go does', () => {
		const headers = {
			'x-ratelimit-limit-requests': '14400',
			'x-ratelimit-limit-tokens': '18000',
			'x-ratelimit-remaining-requests': '14370',
			'x-ratelimit-remaining-tokens': '17997',
			'x-ratelimit-reset-requests': '2m59.56s',
			'x-ratelimit-reset-tokens': '7.66s',
		};
		expect(rates(headers)).toEqual({
			requests: { limit: 14_400, remaining: 14_370, resetAt: NOW + 179_560 },
			tokens: { limit: 18_000, remaining: 17_997, resetAt: NOW + 7_660 },
		});
	});

	it('is read from the headers of Azure, which writes seconds', () => {
		const headers = {
			'x-ratelimit-limit-requests': '250',
			'x-ratelimit-remaining-requests': '0',
			'x-ratelimit-reset-requests': '42',
			'x-ratelimit-remaining-tokens': '0',
			'x-ratelimit-reset-tokens': '0',
		};
		expect(rates(headers)).toEqual({
			requests: { limit: 250, remaining: 0, resetAt: NOW + 42_000 },
			tokens: { limit: null, remaining: 0, resetAt: NOW },
		});
	});

	it('is read from the headers of Anthropic, which writes when', () => {
		const headers = {
			'anthropic-ratelimit-requests-limit': '10000',
			'anthropic-ratelimit-requests-remaining': '9999',
			'anthropic-ratelimit-requests-reset': '2026-08-19T14:30:17Z',
			'anthropic-ratelimit-tokens-limit': '12000000',
			'anthropic-ratelimit-tokens-remaining': '11998000',
			'anthropic-ratelimit-tokens-reset': '2026-08-19T16:30:18.5+02:00',
			'anthropic-ratelimit-input-tokens-limit': '10000000',
			'anthropic-ratelimit-input-tokens-remaining': '1',
			'anthropic-ratelimit-input-tokens-reset': '2026-08-19T14:33:00Z',
		};
		expect(rates(headers)).toEqual({
			requests: { limit: 10_000, remaining: 9_999, resetAt: NOW + 2_000 },
			tokens: { limit: 12_000_000, remaining: 11_998_000, resetAt: NOW + 3_500 },
		});
	});

	it("is Anthropic's limit on input tokens where no other on tokens is stated", () => {
		const headers = {
			'anthropic-ratelimit-input-tokens-limit': '10000000',
			'anthropic-ratelimit-input-tokens-remaining': '9998000',
			'anthropic-ratelimit-input-tokens-reset': '2026-08-19T14:30:45Z',
		};
		expect(rates(headers)).toEqual({
			requests: null,
			tokens: { limit: 10_000_000, remaining: 9_998_000, resetAt: NOW + 30_000 },
		});
	});

	it("is read from the headers of Mistral, whose minute is the clock's", () => {
		const headers = {
			'x-ratelimit-limit-req-minute': '100',
			'x-ratelimit-remaining-req-minute': '98',
			'x-ratelimit-limit-tokens-minute': '100000',
			'x-ratelimit-remaining-tokens-minute': '97856',
			'x-ratelimit-tokens-query-cost': '353',
		};
		expect(rates(headers)).toEqual({
			requests: { limit: 100, remaining: 98, resetAt: NEXT_MINUTE },
			tokens: { limit: 100_000, remaining: 97_856, resetAt: NEXT_MINUTE },
		});
	});

	it('is read from the draft of the IETF, of several limits that of which least is left', () => {
		expect(rates({ ratelimit: '"api";r=999;t=295' })).toEqual({
			requests: { limit: null, remaining: 999, resetAt: NOW + 295_000 },
			tokens: null,
		});
		const one = { ratelimit: '"api";r=999;t=295', 'ratelimit-policy': '"fixed window";"api";q=1000;w=300' };
		expect(rates(one)?.requests?.limit).toBe(1_000);
		const several = {
			ratelimit: '"day";r=100;t=3600, "burst"; r=3; t=2 ,"hour";r=7',
			'ratelimit-policy': '"day";q=1000;w=86400, "burst";q=10;w=5',
		};
		expect(rates(several)?.requests).toEqual({ limit: null, remaining: 3, resetAt: NOW + 2_000 });
		expect(rates({ ratelimit: '"api";r=9' })?.requests?.resetAt).toBe(NEXT_MINUTE);
	});

	it('is nothing where nothing is stated, or no amount is', () => {
		expect(rates({ 'content-type': 'application/json' })).toBeNull();
		expect(rates({ 'x-ratelimit-limit-requests': '500', 'x-ratelimit-reset-requests': '1s' })).toBeNull();
	});

	it.each(['', '-1', '+1', 'NaN', 'Infinity', '0x10', '1e3', 'many', '1,2', '5, 5', '9'.repeat(16), '1 000'])(
		'is nothing where %j is left',
		(remaining) => {
			expect(rates({ 'x-ratelimit-remaining-requests': remaining })).toBeNull();
			expect(rates({ 'anthropic-ratelimit-requests-remaining': remaining })).toBeNull();
			expect(rates({ 'x-ratelimit-remaining-tokens-minute': remaining })).toBeNull();
			if (!remaining.includes(',')) expect(rates({ ratelimit: `"api";r=${remaining};t=5` })).toBeNull();
		},
	);

	it('has no limit where that is nonsense', () => {
		const headers = { 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-limit-requests': '-1' };
		expect(rates(headers)?.requests).toEqual({ limit: null, remaining: 5, resetAt: NEXT_MINUTE });
	});
});

describe('the reset of a limit', () => {
	it.each([
		['120ms', 120],
		['6m0s', 360_000],
		['1m6.779s', 66_779],
		['1h2m3s', 3_723_000],
		['1d', DAY_MS],
		['0s', 0],
		['17.2us', 1],
		['900ns', 1],
		['59.369s', 59_369],
		['60', 60_000],
		['0.25', 250],
		['2026-08-19T14:30:16Z', 1_000],
		[String(NOW / 1_000 + 20), 20_000],
		[String(NOW + 20_500), 20_500],
		[String(NOW / 1_000 - 20), 0],
	])('is %s from now', (reset, ms) => {
		expect(resetIn(reset)).toBe(ms);
	});

	it('is now where it is past', () => {
		expect(resetIn('2025-08-19T14:30:16Z')).toBe(0);
	});

	it.each(['31536000', '8760h', '365d', '2027-08-19T14:30:16Z', '9999-12-31T23:59:59Z', '9'.repeat(15)])(
		'is a day at most: %s',
		(reset) => {
			expect(resetIn(reset)).toBe(DAY_MS);
		},
	);

	it.each([
		'',
		'-5',
		'-5s',
		'NaN',
		'Infinity',
		'1e9',
		'0x10',
		'5 s',
		's',
		'5x',
		'soon',
		'Wed, 19 Aug 2026',
		'2026-13-45T99:99:99Z',
		'1s'.repeat(9),
	])('is the next full minute where it says nothing: %j', (reset) => {
		expect(resetIn(reset)).toBe(NEXT_MINUTE - NOW);
	});
});

describe('any headers', () => {
	const NAMES = [
		'x-ratelimit-remaining-requests',
		'x-ratelimit-limit-requests',
		'x-ratelimit-reset-requests',
		'x-ratelimit-remaining-tokens',
		'x-ratelimit-reset-tokens',
		'anthropic-ratelimit-requests-remaining',
		'anthropic-ratelimit-requests-reset',
		'anthropic-ratelimit-input-tokens-remaining',
		'anthropic-ratelimit-input-tokens-reset',
		'x-ratelimit-remaining-req-minute',
		'x-ratelimit-limit-tokens-minute',
		'ratelimit',
		'ratelimit-policy',
	];
	const value = fc.oneof(
		fc.nat().map(String),
		fc.string({ unit: fc.constantFrom(...'0123456789.smhdnu-:TZ+;=rtq", '), maxLength: 40 }),
		fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
		fc.double().map(String),
		fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
		fc.tuple(fc.nat(), fc.nat()).map(([left, seconds]) => `"a";r=${left};t=${seconds}`),
	);
	const headers = fc.dictionary(fc.constantFrom(...NAMES), value);

	it('give whole amounts and a reset within a day, or nothing', () => {
		let read = 0;
		fc.assert(
			fc.property(headers, fc.nat(4_000_000_000_000), (named, now) => {
				const said = ratesOf(new Headers(named), now);
				for (const allowance of [said?.requests, said?.tokens]) {
					if (!allowance) continue;
					read += 1;
					expect(Number.isSafeInteger(allowance.remaining) && allowance.remaining >= 0).toBe(true);
					expect(allowance.limit === null || Number.isSafeInteger(allowance.limit)).toBe(true);
					expect(Number.isSafeInteger(allowance.resetAt)).toBe(true);
					expect(allowance.resetAt).toBeGreaterThanOrEqual(now);
					expect(allowance.resetAt).toBeLessThanOrEqual(now + DAY_MS);
				}
				if (said) expect(said.requests ?? said.tokens).not.toBeNull();
			}),
			{ numRuns: 2_000 },
		);
		expect(read).toBeGreaterThan(100);
	});

	it('take no time to read, however long', () => {
		const long = new Headers({
			'x-ratelimit-remaining-requests': '5',
			'x-ratelimit-reset-requests': '1'.repeat(60_000),
			'anthropic-ratelimit-tokens-remaining': '1s'.repeat(30_000),
			ratelimit: '"a";r=1,'.repeat(8_000),
		});
		expect(ratesOf(long, NOW)?.requests?.resetAt).toBe(NEXT_MINUTE);
		expect(rates({ ratelimit: '"a";r=1,'.repeat(8_000) })).toBeNull();
	});
});
