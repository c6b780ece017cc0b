import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ratesOf } from '../../../src/providers/wire/rate-headers';

/** Recorded answers of the providers, where they are at hand: they are no part of this repository. */
const RECORDED = '/work/shared/fixtures';

interface Recording {
	readonly name: string;
	readonly date: number;
	readonly headers: Headers;
}

function recordings(): Recording[] {
	return readdirSync(RECORDED, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.meta.json'))
		.flatMap((name): Recording[] => {
			const { date, response } = JSON.parse(readFileSync(`${RECORDED}/${name}`, 'utf8'));
			if (!response?.headers) return [];
			return [{ name, date: Date.parse(date), headers: new Headers(response.headers) }];
		});
}

const LEFT =
	/^(?:anthropic-ratelimit-(requests|tokens)-remaining|x-ratelimit-remaining-(requests|tokens|req|tokens)(?:-minute)?)$/;

describe.skipIf(!existsSync(RECORDED))('recorded answers', () => {
	it('say what is left of each limit that they name, with a reset within a day', () => {
		let stating = 0;
		for (const { name, date, headers } of recordings()) {
			const now = Number.isNaN(date) ? 0 : date;
			const said = ratesOf(headers, now);
			const named = [...headers].filter(([header]) => LEFT.test(header));
			expect(said !== null, name).toBe(named.length > 0);
			for (const [header, value] of named) {
				stating += 1;
				const allowance = header.includes('req') ? said?.requests : said?.tokens;
				expect(allowance?.remaining, `${name}: ${header}`).toBe(Number(value));
				// Azure states no limit at times.
				expect(allowance?.limit ?? Number(value), `${name}: ${header}`).toBeGreaterThanOrEqual(Number(value));
				expect(allowance?.resetAt).toBeGreaterThanOrEqual(now);
				expect(allowance?.resetAt).toBeLessThanOrEqual(now + 86_400_000);
			}
		}
		expect(stating).toBeGreaterThan(50);
	});
});
