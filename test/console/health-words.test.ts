import { describe, expect, it } from 'vitest';
import { failedText } from '../../src/console/failure/upstream-failures';
import {
	factorText,
	figureTexts,
	isUnused,
	ratesText,
	tokenizerText,
	usedText,
} from '../../src/console/status/health-words';
import { ago, ahead } from '../../src/console/ui/format';

const NOW = 1_800_000_000_000;

const ENDPOINT: Parameters<typeof isUnused>[0] = {
	provider: 'openai',
	host: 'api.openai.com',
	state: 'closed',
	errorRate: 0,
	p50FirstEventMs: null,
	p95FirstEventMs: null,
	outputTokensPerSecond: null,
	lastError: null,
	nextProbeAt: null,
	lastCheck: null,
	calibrations: [],
	models: [],
	keys: [],
};

describe('times on the status page', () => {
	it.each([
		[NOW, 'just now'],
		[NOW - 12_400, '12 s ago'],
		[NOW - 250_000, '4 min 10 s ago'],
		[NOW - 3 * 3_600_000 - 120_000, '3 h 2 min ago'],
		[NOW - 50 * 3_600_000, '2 d ago'],
		[NOW + 3_000, 'just now'],
	])('say of %d how long ago it was: %s', (at, text) => {
		expect(ago(at, NOW)).toBe(text);
	});

	it('count down to a probe and stop there', () => {
		expect([9_100, 1_000, 1, 0, -5_000].map((left) => ahead(NOW + left, NOW))).toEqual([
			'in 10 s',
			'in 1 s',
			'in 1 s',
			'now',
			'now',
		]);
	});
});

describe('the health of an endpoint in words', () => {
	it('shows what is not known as a dash and never as a zero', () => {
		expect(figureTexts({ ...ENDPOINT, errorRate: null }, NOW)).toEqual({
			errorRate: '–',
			firstEvent: '– / –',
			throughput: '–',
			lastError: 'none',
			lastErrorAt: null,
			nextProbe: '–',
		});
	});

	it('shows figures with their units, the last error by its class, and when the next probe is due', () => {
		const down = {
			...ENDPOINT,
			errorRate: 0.625,
			p50FirstEventMs: 240,
			p95FirstEventMs: 2_180,
			outputTokensPerSecond: 81.4,
			lastError: { failure: 'overloaded', status: 529, at: NOW - 2_000 },
			nextProbeAt: NOW + 7_500,
		} as const;
		expect(figureTexts(down, NOW)).toEqual({
			errorRate: '62.5%',
			firstEvent: '240 ms / 2.2 s',
			throughput: '81',
			lastError: 'overloaded, HTTP 529',
			lastErrorAt: '2 s ago',
			nextProbe: 'in 8 s',
		});
	});

	it('says of a failure without an answer no status', () => {
		expect(failedText({ failure: 'network', status: null })).toBe('not reached, or cut off');
		expect(failedText({ failure: 'something-new', status: 418 })).toBe('something-new, HTTP 418');
	});

	it('takes an endpoint for unused only as long as nothing is known of it', () => {
		expect(isUnused(ENDPOINT)).toBe(true);
		expect(isUnused({ ...ENDPOINT, state: 'open' })).toBe(false);
		const lastCheck = { at: NOW, ok: true, latencyMs: 3, failure: null, status: 200 } as const;
		expect(isUnused({ ...ENDPOINT, lastCheck })).toBe(false);
	});
});

describe('what is used of a key', () => {
	it('is counted against its limit where one is configured', () => {
		expect(usedText(1_200, 5_000)).toBe('1,200 of 5,000');
		expect(usedText(0, null)).toBe('0');
		expect(usedText(null, 60)).toBe('–');
	});

	it('is told by the provider’s answers, each limit with when it begins anew', () => {
		const rates = {
			requests: { limit: 500, remaining: 499, resetAt: NOW + 1_000 },
			tokens: { limit: null, remaining: 30_000, resetAt: NOW - 1 },
		};
		expect(ratesText(rates, NOW)).toBe('499 of 500 requests left, anew in 1 s; 30,000 tokens left, anew now');
		expect(ratesText({ requests: null, tokens: null }, NOW)).toBe('–');
		expect(ratesText(null, NOW)).toBe('–');
	});
});

describe('what was learned of token counts', () => {
	it('is told as a ratio with its deviation', () => {
		expect(factorText({ tokenizer: 'claude-3', factor: 1.1239, spread: 0.03, samples: 12 })).toBe('1.124 ± 0.03');
		expect(factorText({ tokenizer: 'o200k', factor: 1, spread: 0, samples: 1 })).toBe('1.00 ± 0.00');
	});

	it('is told by family, by model where that is unknown, and of models that no list knows as theirs', () => {
		expect(tokenizerText('claude-3')).toBe('claude-3');
		expect(tokenizerText('unknown glm-5')).toBe('glm-5');
		expect(tokenizerText('unknown *')).toBe('models that no list knows');
	});
});
