import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentials, type OpenedKeys } from '../../src/config/credentials';
import type { ProviderRow } from '../../src/config/rows';
import { environment, providerRow } from './fixtures';

const OPERATOR = environment({
	NORTH_API_KEY: 'operator-key',
	NORTH_BASE_URL: 'https://operator.example/v1',
	WORKSHOP_API_KEY: 'operator-key',
	WORKSHOP_BASE_URL: 'https://operator.example/workshop',
});
const TENANT_URL = 'https://tenant.example/v1';
const opened = (keys: Record<string, string | null> = { p1: 'tenant-key' }): OpenedKeys =>
	new Map(Object.entries(keys));
const none = new Map();
/** Of `tenant-key` in row `p1`. */
const MARK = expect.stringMatching(/^p1\.[0-9a-f]{8}$/);

describe('the pair of key and address', () => {
	it("is the environment's where the organization has no row", () => {
		expect(credentials([], none, OPERATOR).north).toEqual([
			{
				rowId: null,
				name: 'north',
				source: 'environment',
				config: {},
				apiKey: 'operator-key',
				baseUrl: 'https://operator.example/v1',
				trust: 'operator',
				mark: expect.stringMatching(/^environment\.[0-9a-f]{8}$/),
			},
		]);
	});

	it("is the row's key and the row's address", () => {
		expect(credentials([providerRow({ baseUrl: TENANT_URL })], opened(), OPERATOR).north).toEqual([
			{
				rowId: 'p1',
				name: 'north',
				source: 'organization',
				apiKey: 'tenant-key',
				baseUrl: TENANT_URL,
				trust: 'tenant',
				config: {},
				mark: MARK,
			},
		]);
	});

	it("is the row's key at the provider's default root, not at the operator's proxy", () => {
		expect(credentials([providerRow()], opened(), OPERATOR).north).toEqual([
			{
				rowId: 'p1',
				name: 'north',
				source: 'organization',
				apiKey: 'tenant-key',
				baseUrl: 'https://api.north.example/v1',
				trust: 'operator',
				config: {},
				mark: MARK,
			},
		]);
	});

	it('bears the mark of its key, another one for another secret or row, and none without a key', () => {
		const markOf = (id: string, key: string) =>
			credentials([providerRow({ id })], opened({ [id]: key }), OPERATOR).north?.[0]?.mark;
		expect(markOf('p1', 'foobar')).toBe('p1.bf9cf968');
		expect(markOf('p1', 'a')).toBe('p1.e40c292c');
		expect(markOf('p2', 'a')).toBe('p2.e40c292c');
		const keyless = [providerRow({ provider: 'custom', baseUrl: TENANT_URL, sealedApiKey: null })];
		expect(credentials(keyless, none, OPERATOR).custom?.[0]).not.toHaveProperty('mark');
	});

	it('holds what its row says of it as a member of the pool, and is left out where that is wrong', () => {
		const config = { residency: 'eu', weight: 2.5, requestsPerMinute: 60, tokensPerMinute: 1_000 };
		const of = (given: Record<string, unknown>) =>
			credentials([providerRow({ config: given })], opened(), OPERATOR).north?.map((one) => one.config);
		expect(of(config)).toEqual([config]);
		expect(of({ weight: 0 })).toBeUndefined();
	});

	it('is a pool in the order of the rows', () => {
		const rows = [providerRow({ id: 'p2' }), providerRow({ id: 'p1' }), providerRow({ id: 'p3', provider: 'south' })];
		const found = credentials(rows, opened({ p1: 'one', p2: 'two', p3: 'three' }), environment());
		expect(found.north?.map(({ apiKey }) => apiKey)).toEqual(['two', 'one']);
		expect(found.south?.map(({ apiKey }) => apiKey)).toEqual(['three']);
	});

	it('is absent for a provider without a key', () => {
		expect(Object.keys(credentials([], none, environment()))).toEqual(['workshop', 'cellar', 'mock']);
	});

	it('holds no key for a provider that takes none, or may go without', () => {
		const rows = [
			providerRow({ id: 'p1', provider: 'cellar', baseUrl: TENANT_URL }),
			providerRow({ id: 'p2', provider: 'custom', baseUrl: TENANT_URL, sealedApiKey: null }),
		];
		const found = credentials(rows, opened(), environment());
		expect(found.cellar?.[0]).toMatchObject({ rowId: 'p1', apiKey: null, baseUrl: TENANT_URL, trust: 'tenant' });
		expect(found.custom?.[0]).toMatchObject({ rowId: 'p2', apiKey: null, baseUrl: TENANT_URL, trust: 'tenant' });
	});

	it("takes its address from the row's configuration where the provider says how", () => {
		const row = (config: Record<string, unknown>) => providerRow({ provider: 'regional', config });
		const found = (config: Record<string, unknown>) => credentials([row(config)], opened(), environment()).regional;
		expect(found({ region: 'eu-west-1' })?.[0]).toMatchObject({
			baseUrl: 'https://eu-west-1.regional.example',
			trust: 'operator',
			config: { region: 'eu-west-1' },
		});
		expect(found({})).toBeUndefined();
		expect(found({ region: 'eu-west-1', apiVersion: 'x' })).toBeUndefined();
	});

	it('is absent for a custom provider whose row has no address', () => {
		expect(credentials([providerRow({ provider: 'custom' })], opened(), environment()).custom).toBeUndefined();
	});

	it('never leaves the Worker for mock, whatever a row says', () => {
		const row = providerRow({ provider: 'mock', baseUrl: TENANT_URL });
		expect(credentials([row], opened(), environment()).mock).toEqual([
			{ rowId: null, name: 'mock', source: 'none', apiKey: null, baseUrl: '', trust: 'operator', config: {} },
		]);
	});
});

describe("an operator's key stays away from a tenant's host", () => {
	it('where the row names a host but holds no key', () => {
		const row = providerRow({ baseUrl: TENANT_URL, sealedApiKey: null });
		expect(credentials([row], none, OPERATOR).north).toBeUndefined();
		const optional = providerRow({ provider: 'workshop', baseUrl: TENANT_URL, sealedApiKey: null });
		expect(credentials([optional], none, OPERATOR).workshop).toEqual([
			{
				rowId: 'p1',
				name: 'north',
				source: 'organization',
				apiKey: null,
				baseUrl: TENANT_URL,
				trust: 'tenant',
				config: {},
			},
		]);
	});

	it("where the row's key can't be opened", () => {
		const row = providerRow({ baseUrl: TENANT_URL });
		expect(credentials([row], opened({ p1: null }), OPERATOR).north).toBeUndefined();
		expect(credentials([row], none, OPERATOR).north).toBeUndefined();
	});

	it('where the host stands in a row of another provider, or in another row of the pool', () => {
		const elsewhere = providerRow({ provider: 'south', baseUrl: TENANT_URL, sealedApiKey: null });
		expect(credentials([elsewhere], none, OPERATOR).north?.[0]?.baseUrl).toBe('https://operator.example/v1');
		const pool = [providerRow({ id: 'p2', baseUrl: TENANT_URL, sealedApiKey: null }), providerRow()];
		expect(credentials(pool, opened(), OPERATOR).north).toEqual([
			expect.objectContaining({ rowId: 'p1', apiKey: 'tenant-key', baseUrl: 'https://api.north.example/v1' }),
		]);
	});

	it("for any rows: a key and an address always come from one source, and a tenant's key never meets the operator's", () => {
		const row: fc.Arbitrary<ProviderRow> = fc.record({
			id: fc.constantFrom('p1', 'p2', 'p3'),
			provider: fc.constantFrom('north', 'south', 'workshop', 'cellar', 'custom', 'mock', 'unknown'),
			name: fc.constant('name'),
			keyLast4: fc.constant(null),
			sealedApiKey: fc.option(fc.constant('sealed')),
			baseUrl: fc.option(fc.constant(TENANT_URL)),
			config: fc.constant({}),
		});
		const keys = fc.dictionary(fc.constantFrom('p1', 'p2', 'p3'), fc.option(fc.constant('tenant-key')));
		fc.assert(
			fc.property(fc.array(row, { maxLength: 6 }), keys, (rows, opening) => {
				for (const pair of Object.values(credentials(rows, opened(opening), OPERATOR)).flat()) {
					const operators = pair.apiKey === 'operator-key' || pair.baseUrl.startsWith('https://operator.example');
					const tenants = pair.apiKey === 'tenant-key' || pair.baseUrl === TENANT_URL;
					expect(operators && tenants).toBe(false);
					expect(pair.trust).toBe(pair.baseUrl === TENANT_URL ? 'tenant' : 'operator');
					expect(pair.source === 'organization').toBe(pair.rowId !== null);
				}
			}),
		);
	});
});
