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

	it('refuses what the provider does not take, and says what it takes', () => {
		expect(() => readConfig(['region'], { apiKey: 'secret' })).toThrow(
			expect.objectContaining({ param: 'config.apiKey', message: expect.stringContaining('region') }),
		);
	});
});
