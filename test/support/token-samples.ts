/** What an upstream said of a count, as health objects and the planner's calibration take it. */
import type { TokenSample } from '../../src/health/contract';

/** 2026-01-01 */
export const SAMPLED_AT = Date.UTC(2026, 0, 1);

/** `ratio`: true ÷ estimated. */
export const sampleOf = (ratio: number, fields: Partial<TokenSample> = {}): TokenSample => ({
	tokenizer: 'claude',
	organizationId: 'a',
	at: SAMPLED_AT,
	estimated: 10_000,
	actual: ratio * 10_000,
	by: 'usage',
	...fields,
});

export const times = (count: number, ratio: number, fields: Partial<TokenSample> = {}): TokenSample[] =>
	Array.from({ length: count }, () => sampleOf(ratio, fields));
