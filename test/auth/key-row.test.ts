import { describe, expect, it } from 'vitest';
import { isAlive, type KeyRow, principalOfKey } from '../../src/auth/key-row';

const HASH = 'a'.repeat(64);
const NOW = 1_000_000;

const row = (change: Partial<KeyRow> = {}): KeyRow => ({
	id: 'k1',
	secretHash: HASH,
	scopes: ['inference'],
	allowedModels: ['mock/*'],
	allowedAgents: null,
	allowedProviders: ['mock'],
	origins: null,
	mayOverrideModel: false,
	mayOverrideSettings: true,
	mayOverridePrompt: false,
	requestsPerMinute: null,
	requestsPerDay: null,
	budgetDayNanoUsd: null,
	budgetMonthNanoUsd: null,
	budgetTotalNanoUsd: null,
	issuer: null,
	expiresAt: null,
	revokedAt: null,
	organizationId: 'o1',
	organizationSlug: 'acme',
	organizationDeletedAt: null,
	version: 7,
	...change,
});

describe('a row of gateway_keys', () => {
	it('is alive until it is revoked, expires, or its organization is deleted', () => {
		expect(isAlive(row(), NOW)).toBe(true);
		expect(isAlive(row({ expiresAt: NOW + 1 }), NOW)).toBe(true);
		expect(isAlive(row({ expiresAt: NOW }), NOW)).toBe(false);
		expect(isAlive(row({ revokedAt: NOW + 1 }), NOW)).toBe(false);
		expect(isAlive(row({ organizationDeletedAt: 1 }), NOW)).toBe(false);
		expect(isAlive(undefined, NOW)).toBe(false);
	});

	it('makes a principal with exactly the policy it holds, at the version it was read at', () => {
		expect(principalOfKey(row(), HASH)).toEqual({
			kind: 'gateway-key',
			keyId: 'k1',
			actor: 'key:k1',
			role: null,
			userId: null,
			organizationId: 'o1',
			organizationSlug: 'acme',
			scopes: ['inference'],
			allowedModels: ['mock/*'],
			allowedAgents: null,
			allowedProviders: ['mock'],
			origins: [],
			mayOverrideModel: false,
			mayOverrideSettings: true,
			mayOverridePrompt: false,
			limits: null,
			issuer: null,
			expiresAt: null,
			version: 7,
			secretHash: HASH,
		});
	});

	it('has limits of its own as soon as one of them is set', () => {
		const none = {
			requestsPerMinute: null,
			requestsPerDay: null,
			budgetDayNanoUsd: null,
			budgetMonthNanoUsd: null,
			budgetTotalNanoUsd: null,
		};
		for (const set of [
			{ requestsPerMinute: 5 },
			{ requestsPerDay: 5 },
			{ budgetDayNanoUsd: 0n },
			{ budgetMonthNanoUsd: 1n },
			{ budgetTotalNanoUsd: 9_000_000_000_000_000_001n },
		])
			expect(principalOfKey(row(set), HASH).limits).toEqual({ ...none, ...set });
	});

	it('refuses another secret', () => {
		expect(() => principalOfKey(row(), 'b'.repeat(64))).toThrow(expect.objectContaining({ code: 'unauthorized' }));
		expect(() => principalOfKey(row(), '')).toThrow(expect.objectContaining({ code: 'unauthorized' }));
	});
});
