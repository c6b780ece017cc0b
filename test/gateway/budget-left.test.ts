import { describe, expect, it } from 'vitest';
import { budgetLeft } from '../../src/gateway/budget-left';
import type { Account, KeyLimits, KeySpending, LedgerLimits } from '../../src/ledger/contract';
import { callerOf } from './snapshots';

const LIMITS: LedgerLimits = {
	requestsPerMinute: null,
	requestsPerDay: 5,
	budgetDayNanoUsd: null,
	budgetMonthNanoUsd: null,
};
const KEY_LIMITS: KeyLimits = { ...LIMITS, budgetTotalNanoUsd: null };

const SPENT: KeySpending = {
	requestsMinute: 0,
	minuteResetMs: 0,
	requestsDay: 0,
	dayNanoUsd: 100n,
	monthNanoUsd: 1_000n,
	totalNanoUsd: 10_000n,
	heldNanoUsd: 7n,
};

interface Case {
	readonly organization?: Partial<LedgerLimits>;
	readonly key?: Partial<KeyLimits>;
	readonly issuer?: Partial<KeyLimits>;
	/** null: it can't be reached. */
	readonly spentBy?: ((keyId: string | null) => Partial<KeySpending>) | null;
}

async function left({ organization, key, issuer, spentBy = () => ({}) }: Case) {
	const asked: (string | null)[] = [];
	const logged: string[] = [];
	const caller = callerOf({
		limits: key ? { ...KEY_LIMITS, ...key } : null,
		issuer: issuer ? { keyId: 'issuer', limits: { ...KEY_LIMITS, ...issuer } } : null,
	});
	const about = { organization: { id: 'org1', slug: 'one' }, limits: { ...LIMITS, ...organization }, caller };
	const account = async (organizationId: string, keyId: string | null): Promise<Account> => {
		expect(organizationId).toBe('org1');
		asked.push(keyId);
		if (spentBy === null) throw new Error('unreachable');
		return { organization: SPENT, key: keyId === null ? null : { ...SPENT, ...spentBy(keyId) } };
	};
	const unused = () => {
		throw new Error('only the account is asked for');
	};
	const ledger = { account, open: unused, extend: unused, close: unused };
	const result = await budgetLeft(about, { ledger, log: (_, event) => void logged.push(event) });
	return { ...result, asked, logged };
}

describe('what is left of the budgets', () => {
	it('is nothing to ask for where none is set', async () => {
		expect(await left({ key: {}, issuer: {} })).toMatchObject({ nanoUsd: null, known: true, asked: [] });
	});

	it.each<[string, Case, bigint, (string | null)[]]>([
		["the organization's day", { organization: { budgetDayNanoUsd: 500n } }, 393n, [null]],
		["the organization's month", { organization: { budgetMonthNanoUsd: 1_500n } }, 493n, [null]],
		["the key's day", { key: { budgetDayNanoUsd: 200n } }, 93n, ['key1']],
		["the key's month", { key: { budgetMonthNanoUsd: 1_100n } }, 93n, ['key1']],
		["the key's whole life", { key: { budgetTotalNanoUsd: 10_010n } }, 3n, ['key1']],
		["the issuing key's", { issuer: { budgetTotalNanoUsd: 10_020n } }, 13n, [null, 'issuer']],
	])('is of %s, holds taken off', async (_, given, nanoUsd, asked) => {
		expect(await left(given)).toMatchObject({ nanoUsd, known: true, asked, logged: [] });
	});

	it('is that of the tightest of them all', async () => {
		const all = {
			organization: { budgetDayNanoUsd: 900n, budgetMonthNanoUsd: 1_900n },
			key: { budgetDayNanoUsd: 800n, budgetTotalNanoUsd: 20_000n },
			issuer: { budgetMonthNanoUsd: 9_000n },
		};
		expect((await left(all)).nanoUsd).toBe(693n);
		const spentBy = (keyId: string | null) => (keyId === 'issuer' ? { monthNanoUsd: 8_990n } : {});
		expect((await left({ ...all, spentBy })).nanoUsd).toBe(3n);
	});

	it('is never less than nothing', async () => {
		expect((await left({ organization: { budgetDayNanoUsd: 106n } })).nanoUsd).toBe(0n);
		expect((await left({ organization: { budgetDayNanoUsd: 0n } })).nanoUsd).toBe(0n);
	});

	it('is not known where the ledger can not be reached, which is logged', async () => {
		const result = await left({ organization: { budgetDayNanoUsd: 1n }, spentBy: null });
		expect(result).toMatchObject({ nanoUsd: null, known: false, logged: ['budget-unknown'] });
	});
});
