import { describe, expect, it } from 'vitest';
import {
	dutyOf,
	fulfilled,
	newRegister,
	type Register,
	registerKey,
	registerState,
	registerUse,
} from '../../src/health/register';
import { facts, keyUse } from '../support/health';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

function used(): Register {
	const register = newRegister();
	registerUse(register, facts(), START);
	registerState(register, 'closed', START);
	return register;
}

/** What D1 is told now, and then knows. */
function told(register: Register) {
	const duty = dutyOf(register);
	if (duty) fulfilled(register, duty);
	return duty;
}

it('owes nothing of an endpoint that nobody used', () => {
	const register = newRegister();
	registerState(register, 'closed', START);
	expect(dutyOf(register)).toBeNull();
});

describe("the endpoint's row", () => {
	it('is written at its first use, with each change of state, and every five minutes of use', () => {
		const register = used();
		expect(told(register)).toMatchObject({ endpoint: true, state: 'closed', stateSince: START, usedAt: START });
		expect(told(register)).toBeNull();
		registerUse(register, facts(), START + 5 * MINUTE - 1);
		expect(told(register)).toBeNull();
		registerUse(register, facts({ rowId: 'row-b' }), START + 5 * MINUTE);
		expect(told(register)).toMatchObject({ endpoint: true, facts: { rowId: 'row-b' }, usedAt: START + 5 * MINUTE });
		registerState(register, 'open', START + 6 * MINUTE);
		registerState(register, 'open', START + 7 * MINUTE);
		expect(told(register)).toMatchObject({ endpoint: true, state: 'open', stateSince: START + 6 * MINUTE });
		expect(told(register)).toBeNull();
	});

	it('is written with each check, which is no use', () => {
		const register = newRegister();
		register.facts = facts();
		register.checkedAt = START;
		expect(told(register)).toMatchObject({ endpoint: true, usedAt: 0, checkedAt: START });
		register.checkedAt = START + MINUTE;
		expect(told(register)).toMatchObject({ endpoint: true, usedAt: 0, checkedAt: START + MINUTE });
	});

	it('is owed until it is written', () => {
		const register = used();
		expect(dutyOf(register)).toEqual(dutyOf(register));
		expect(dutyOf(register)?.endpoint).toBe(true);
	});
});

it('raises the alert of an open endpoint, keeps it while half-open and resolves it when closed', () => {
	const register = used();
	// What an earlier memory may have raised is taken back.
	expect(told(register)?.down).toBe(false);
	registerState(register, 'open', START + 1);
	expect(told(register)?.down).toBe(true);
	registerState(register, 'half-open', START + 2);
	expect(told(register)?.down).toBeNull();
	registerState(register, 'open', START + 3);
	expect(told(register)?.down).toBeNull();
	registerState(register, 'closed', START + 4);
	expect(told(register)?.down).toBe(false);
});

describe('rows of keys', () => {
	it('are told when refused and when good again, once each', () => {
		const register = used();
		told(register);
		const refused = keyUse({ word: 'refused', status: 401 });
		registerKey(register, refused, true, START);
		registerKey(register, refused, true, START + 1);
		const duty = { rowId: 'row-a', mark: 'row-a.1', organizationId: 'a', state: 'refused', since: START, status: 401 };
		expect(told(register)?.rows).toEqual([duty]);
		expect(told(register)).toBeNull();
		registerKey(register, keyUse({ word: 'limited' }), false, START + 2);
		registerKey(register, keyUse({ word: 'silent' }), false, START + 2);
		expect(told(register)).toBeNull();
		registerKey(register, keyUse(), false, START + 3);
		expect(told(register)?.rows).toMatchObject([{ rowId: 'row-a', state: 'good' }]);
		expect(told(register)).toBeNull();
	});

	it('are told to be good when first met, since an earlier memory may have called them refused', () => {
		const register = used();
		registerKey(register, keyUse(), false, START);
		expect(told(register)?.rows).toMatchObject([{ state: 'good', since: START }]);
	});

	it('are not told of what changed back before it was written, and all of it in the end', () => {
		const register = used();
		registerKey(register, keyUse(), false, START);
		told(register);
		registerKey(register, keyUse({ word: 'refused' }), true, START + 1);
		registerKey(register, keyUse(), false, START + 2);
		expect(dutyOf(register)).toBeNull();
		for (let n = 0; n < 50; n++) registerKey(register, keyUse({ rowId: `row ${n}` }), false, START + 3);
		const rows = [told(register), told(register), told(register)].flatMap((duty) => duty?.rows ?? []);
		expect(rows).toHaveLength(50);
		expect(told(register)).toBeNull();
	});

	it('change again while they are written', () => {
		const register = used();
		registerKey(register, keyUse({ word: 'refused' }), true, START);
		const writing = dutyOf(register);
		registerKey(register, keyUse(), false, START + 1);
		if (writing) fulfilled(register, writing);
		expect(told(register)?.rows).toMatchObject([{ state: 'good' }]);
	});

	it('are none of the environment, and bounded', () => {
		const register = used();
		told(register);
		registerKey(register, keyUse({ rowId: null, word: 'refused' }), true, START);
		expect(dutyOf(register)).toBeNull();
		for (let n = 0; n < 1_000; n++) registerKey(register, keyUse({ rowId: `row ${n}` }), false, START);
		expect(register.rows.size).toBe(256);
	});

	describe('under a new secret', () => {
		const earlier = (fields: Parameters<typeof keyUse>[0] = {}) =>
			keyUse({ mark: 'row-a.1', startedAt: START, ...fields });
		const later = (fields: Parameters<typeof keyUse>[0] = {}) =>
			keyUse({ mark: 'row-a.2', startedAt: START + 10, ...fields });
		const bad = { word: 'refused', status: 401 } as const;

		function refusedBefore(): Register {
			const register = used();
			registerKey(register, earlier(bad), true, START);
			told(register);
			return register;
		}

		it('are told to be refused, though their old key was, too', () => {
			const register = refusedBefore();
			registerKey(register, later(bad), true, START + 20);
			const duty = { rowId: 'row-a', mark: 'row-a.2', organizationId: 'a', state: 'refused', since: START + 20 };
			expect(told(register)?.rows).toEqual([{ ...duty, status: 401 }]);
			expect(told(register)).toBeNull();
		});

		it('are told to be good, though their old key was, too', () => {
			const register = used();
			registerKey(register, earlier(), false, START);
			told(register);
			registerKey(register, later(), false, START + 20);
			expect(told(register)?.rows).toMatchObject([{ state: 'good', mark: 'row-a.2' }]);
		});

		it('take no word of calls that were made with the old key', () => {
			const register = used();
			registerKey(register, later({ word: 'silent' }), false, START + 20);
			told(register);
			registerKey(register, earlier(bad), true, START + 30_000);
			registerKey(register, earlier(), false, START + 30_000);
			expect(dutyOf(register)).toBeNull();
			registerKey(register, later(), false, START + 40_000);
			expect(told(register)?.rows).toMatchObject([{ state: 'good', mark: 'row-a.2' }]);
			registerKey(register, earlier(bad), true, START + 50_000);
			expect(dutyOf(register)).toBeNull();
		});

		it('take the word of an old key that is in use again', () => {
			const register = refusedBefore();
			registerKey(register, later(), false, START + 20);
			told(register);
			registerKey(register, earlier({ ...bad, startedAt: START + 30 }), true, START + 40);
			expect(told(register)?.rows).toMatchObject([{ state: 'refused', mark: 'row-a.1', since: START + 40 }]);
		});

		it('are still to be told where the key changes while the old one is written', () => {
			const register = used();
			registerKey(register, earlier(bad), true, START);
			const writing = dutyOf(register);
			registerKey(register, later(bad), true, START + 20);
			if (writing) fulfilled(register, writing);
			expect(told(register)?.rows).toMatchObject([{ state: 'refused', mark: 'row-a.2' }]);
		});
	});
});
