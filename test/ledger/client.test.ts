import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { NO_KEY_LIMITS, NO_LIMITS, ORGANIZATION, openRequest } from './fixtures';
import { DAY_BUDGET, isolate, NOTHING_SPENT, open, opened, remote, retryable, thrown } from './isolate';

const EXTEND = { requestId: 'r1', nanoUsd: 5n, limits: NO_LIMITS, keyId: 'k1', keyLimits: null, issuer: null };

describe('open', () => {
	it('is one call where the object answers', async () => {
		const self = isolate({});
		expect(await open(self, openRequest())).toEqual(opened);
		expect(self.calls).toEqual(['open']);
	});

	it('is tried once more where the failure may pass', async () => {
		const self = isolate({ open: [retryable, { kind: 'open', requests: null }] });
		expect(await open(self, openRequest())).toEqual(opened);
		expect(self.calls).toEqual(['open', 'open']);
	});

	it('leaves an overloaded object alone', async () => {
		const self = isolate({ open: [remote('overloaded', { retryable: true, overloaded: true })] });
		await open(self, openRequest(), 4);
		expect(self.calls).toEqual(['open', 'standing']);
	});

	it.each([
		['fails', remote('internal error')],
		['takes longer than a second', 'hang' as const],
	])('goes on unchecked where the object %s and no budget is set', async (_, answer) => {
		const self = isolate({ open: [answer] });
		expect(await open(self, openRequest())).toEqual({ ...opened, unchecked: true });
		expect(self.logged).toContain('limits-unchecked');
	});

	it('waits no longer than a second for the object', async () => {
		const self = isolate({ open: ['hang'] });
		const outcome = self.client.open(openRequest());
		await self.time.advance(999);
		expect(self.calls).toEqual(['open']);
		await self.time.advance(1);
		expect(await outcome).toMatchObject({ unchecked: true });
	});

	it('refuses with Retry-After where a budget is set', async () => {
		for (const limits of [
			{ limits: DAY_BUDGET },
			{ limits: { ...NO_LIMITS, budgetMonthNanoUsd: 1n } },
			{ keyLimits: { ...NO_KEY_LIMITS, budgetDayNanoUsd: 1n } },
			{ keyLimits: { ...NO_KEY_LIMITS, budgetMonthNanoUsd: 1n } },
			{ keyLimits: { ...NO_KEY_LIMITS, budgetTotalNanoUsd: 1n } },
			{ issuer: { keyId: 'k0', limits: { ...NO_KEY_LIMITS, budgetTotalNanoUsd: 1n } } },
		]) {
			const error = await open(isolate({ open: [remote('down')] }), openRequest(limits));
			expect(error).toMatchObject({ code: 'upstream_unavailable', retryAfterMs: 2_000, status: 503 });
		}
	});

	it.each([
		['fails', remote('D1 down')],
		['hangs', 'hang' as const],
	])('refuses where D1 %s too', async (_, answer) => {
		const error = await open(isolate({ open: [remote('down')], standing: [answer] }), openRequest());
		expect(error).toMatchObject({ code: 'upstream_unavailable', retryAfterMs: 2_000 });
	});

	it('refuses a revoked key and an organization that is gone', async () => {
		const revoked = isolate({ open: [remote('down')], standing: [{ configVersion: 1, keyRevoked: true }] });
		expect(await open(revoked, openRequest())).toMatchObject({ code: 'unauthorized' });
		const gone = isolate({ open: [remote('down')], standing: [{ configVersion: null, keyRevoked: false }] });
		expect(await open(gone, openRequest())).toMatchObject({ code: 'forbidden' });
	});

	it('makes an isolate reload that is not at the version in D1, unless it has just read it', async () => {
		const script = { open: [remote('down')], standing: [{ configVersion: 2, keyRevoked: false }] };
		expect(await open(isolate(script), openRequest())).toEqual({
			answer: { kind: 'stale', version: 2 },
			unchecked: false,
		});
		expect(await open(isolate(script), openRequest({ fresh: true }))).toMatchObject({ unchecked: true });
	});

	it('lets the object give back a hold that it took after all', async () => {
		const self = isolate({ open: [{ afterMs: 3_000, value: { kind: 'open', requests: null } }] });
		expect(await open(self, openRequest({ limits: DAY_BUDGET }), 1_500)).toBeInstanceOf(GatewayError);
		expect(self.closed).toEqual([]);
		await self.time.advance(2_000);
		expect(self.closed).toEqual([[{ entry: null, requestId: 'r1', organizationId: ORGANIZATION, final: true }]]);
	});
});

describe('extend', () => {
	it('is what the object says', async () => {
		const self = isolate({ extend: [false, true] });
		const request = { ...EXTEND, limits: DAY_BUDGET };
		expect(await self.client.extend(ORGANIZATION, request)).toBe(false);
		expect(await self.client.extend(ORGANIZATION, request)).toBe(true);
	});

	it('is refused without the object where a budget is set, else granted', async () => {
		const self = isolate({ extend: [remote('down')] });
		const keyLimits = { ...NO_KEY_LIMITS, requestsPerDay: 9 };
		const budget = { ...NO_KEY_LIMITS, budgetTotalNanoUsd: 5n };
		expect(await self.client.extend(ORGANIZATION, { ...EXTEND, limits: DAY_BUDGET })).toBe(false);
		expect(await self.client.extend(ORGANIZATION, { ...EXTEND, keyLimits: budget })).toBe(false);
		expect(await self.client.extend(ORGANIZATION, { ...EXTEND, keyLimits })).toBe(true);
		expect(await self.client.extend(ORGANIZATION, EXTEND)).toBe(true);
	});

	it('asks nobody for a request that goes on unchecked', async () => {
		const self = isolate({ open: [remote('down')] });
		await open(self, openRequest());
		expect(await self.client.extend(ORGANIZATION, EXTEND)).toBe(true);
		expect(self.calls).not.toContain('extend');
	});
});

describe('an account', () => {
	it('is what the object says, of whichever key was asked for', async () => {
		const account = { ...NOTHING_SPENT, organization: { ...NOTHING_SPENT.organization, dayNanoUsd: 7n } };
		const self = isolate({ account: [retryable, account] });
		expect(await self.client.account(ORGANIZATION, 'k1')).toEqual(account);
		expect(self.calls).toEqual(['account', 'account']);
	});

	it.each([
		['fails', remote('down')],
		['takes longer than a second', 'hang' as const],
	])('is not to be had where the object %s, and says when to ask again', async (_, answer) => {
		const self = isolate({ account: [answer] });
		const asked = thrown(self.client.account(ORGANIZATION, 'k1'));
		await self.time.advance(1_000);
		expect(await asked).toMatchObject({ code: 'upstream_unavailable', status: 503, retryAfterMs: 2_000 });
		expect(self.calls).toEqual(['account']);
	});
});

describe('the configuration version', () => {
	it('is read from D1 where the object is not there', async () => {
		const self = isolate({ version: [remote('down')], standing: [{ configVersion: 8, keyRevoked: false }] });
		expect(await self.client.version(ORGANIZATION)).toBe(8);
		expect(await isolate({ version: [4] }).client.version(ORGANIZATION)).toBe(4);
	});

	it('keeps a configuration from being written that the object can not be told of', async () => {
		const self = isolate({ change: [remote('down')] });
		expect(await thrown(self.client.prepare(ORGANIZATION))).toMatchObject({ code: 'upstream_unavailable' });
	});

	it('tries to settle three times and never fails the write that is done', async () => {
		const self = isolate({ change: [remote('down')] });
		const settled = self.client.settle(ORGANIZATION, 2);
		await self.time.advance(10_000);
		await settled;
		expect(self.calls).toEqual(['settle', 'settle', 'settle']);
		const once = isolate({ change: [retryable, undefined] });
		await once.client.settle(ORGANIZATION, 2);
		expect(once.calls).toEqual(['settle', 'settle']);
	});
});
