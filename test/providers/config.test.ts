import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/providers/config';

describe("a provider's config", () => {
	it('is taken as it is where every field is known and right', () => {
		const config = { apiVersion: '2024-10-21', deployments: { 'gpt-5': 'prod-gpt5' }, auth: 'entra' };
		expect(readConfig(['apiVersion', 'deployments', 'auth'], config)).toEqual(config);
	});

	it.each([
		['region', 'Frankfurt'],
		['apiVersion', ''],
		['deployments', ['gpt-5']],
		['deployments', { 'gpt-5': '../other' }],
		['auth', 'password'],
		['title', 'line\nbreak'],
		['accountId', 7],
		['accountId', '..'],
		['deployments', { 'gpt-5': '..' }],
	] as const)('refuses a wrong %s, naming it', (field, value) => {
		expect(() => readConfig([field], { [field]: value })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: `config.${field}` }),
		);
	});

	it('takes the fields of a pool for every provider', () => {
		const config = { residency: 'eu-west-1', weight: 0.25, requestsPerMinute: 1, tokensPerMinute: 1_000_000_000 };
		expect(readConfig([], config)).toEqual(config);
		expect(readConfig([], { weight: 1_000 })).toEqual({ weight: 1_000 });
	});

	it.each([
		['residency', '', 'lower-case letters'],
		['residency', 'EU', 'lower-case letters'],
		['residency', 'e'.repeat(33), '1–32'],
		['residency', 7, 'a tag'],
		['weight', 0, 'above 0'],
		['weight', -1, 'above 0'],
		['weight', 1_000.5, 'at most 1,000'],
		['weight', Number.NaN, 'a number'],
		['weight', Number.POSITIVE_INFINITY, 'a number'],
		['weight', '2', 'a number'],
		['requestsPerMinute', 0, 'from 1 to 1,000,000,000'],
		['requestsPerMinute', 1.5, 'a whole number'],
		['requestsPerMinute', 1e9 + 1, 'from 1 to 1,000,000,000'],
		['tokensPerMinute', -5, 'a whole number'],
		['tokensPerMinute', '60', 'a whole number'],
		['tokensPerMinute', null, 'a whole number'],
	])('refuses %s of %j, naming it and what it takes', (field, value, takes) => {
		expect(() => readConfig([], { [field]: value })).toThrow(
			expect.objectContaining({
				code: 'invalid_request',
				param: `config.${field}`,
				message: expect.stringContaining(takes),
			}),
		);
	});

	it('refuses what the provider does not take, and says what it takes', () => {
		expect(() => readConfig(['region'], { apiKey: 'secret' })).toThrow(
			expect.objectContaining({ param: 'config.apiKey', message: expect.stringContaining('region') }),
		);
	});
});
