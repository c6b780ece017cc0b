import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyLimits, LedgerEntry } from '../../src/ledger/contract';
import { attemptOf } from '../../src/ledger/holds';
import { NO_LIMITS, standing } from './fixtures';
import { sum } from './oracle';
import type { Running } from './running';
import { KEYS, LIMITS, SCRIPTS, script, step } from './steps';
import { World } from './world';

/** Every attempt has its true entry, and an attempt that never was has none that keeps money. */
function auditLiving(running: Running, own: readonly LedgerEntry[]): void {
	expect(own.filter((entry) => running.truth.has(entry.attemptId))).toEqual([...running.truth.values()]);
	for (const entry of own)
		if (!running.truth.has(entry.attemptId)) expect(entry).toMatchObject({ state: 'released', costNanoUsd: 0n });
}

/** The isolate died: each attempt that may have happened stands as unknown, and no other. */
function auditDead(running: Running, own: readonly LedgerEntry[]): void {
	const told = running.confirmed.flatMap((close) => (close.entry ? [attemptOf(close.entry.attemptId)] : []));
	const highest = Math.max(0, ...told);
	const last = running.confirmed.some((close) => close.final) ? highest : highest + 1;
	const possible = Array.from({ length: last }, (_, at) => at + 1);
	const unknown = own.filter((entry) => entry.state === 'unknown').map((entry) => attemptOf(entry.attemptId));
	expect(unknown).toEqual(possible.filter((attempt) => !told.includes(attempt)));
	for (const entry of own)
		if (attemptOf(entry.attemptId) > last) expect(entry).toMatchObject({ state: 'released', costNanoUsd: 0n });
}

/** A key has overspent by no more than what its requests, and those of its tokens, cost beyond what was held for them. */
function auditBudget(
	world: World,
	keyId: string,
	{ budgetTotalNanoUsd }: KeyLimits,
	entries: ReadonlyMap<string, LedgerEntry>,
): void {
	if (budgetTotalNanoUsd === null) return;
	let allowed = budgetTotalNanoUsd;
	for (const { open, granted, openLost, disordered } of world.running.values()) {
		if (open.keyId !== keyId && open.issuer?.keyId !== keyId) continue;
		const cost = sum([...entries.values()].filter((entry) => entry.requestId === open.requestId));
		const held = openLost || disordered ? 0n : granted;
		if (cost > held) allowed += cost - held;
	}
	expect(world.ledger.account(keyId, world.now).key?.totalNanoUsd).toBeLessThanOrEqual(allowed);
}

function audit(world: World): void {
	const entries = standing(world.store.rows);
	for (const [index, running] of world.running) {
		for (const { entry } of running.confirmed) if (entry) expect(entries.get(entry.attemptId)).toEqual(entry);
		const own = [...entries.values()]
			.filter((entry) => entry.requestId === `r${index}`)
			.sort((left, right) => left.attemptId.localeCompare(right.attemptId));
		if (!running.dead) auditLiving(running, own);
		else if (!running.openLost && !running.wentDirect) auditDead(running, own);
	}
	for (const { id, limits } of KEYS) if (id !== null && limits !== null) auditBudget(world, id, limits, entries);
	expect(world.ledger.nextExpiry()).toBe(Number.POSITIVE_INFINITY);
	for (const { id } of KEYS) {
		const { organization, key } = world.ledger.account(id, world.now);
		expect([organization.heldNanoUsd, key?.heldNanoUsd ?? 0n]).toEqual([0n, 0n]);
	}
}

describe('any interleaving of opens, closes, crashes and expiries', () => {
	it('ends each attempt in exactly one terminal entry, with balances of organization and keys that are their sums', () => {
		fc.assert(
			fc.property(
				fc.array(script, { minLength: SCRIPTS, maxLength: SCRIPTS }),
				fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }),
				fc.constantFrom(LIMITS, NO_LIMITS),
				(scripts, steps, limits) => {
					const world = new World(scripts, limits);
					for (const step of steps) world.run(step);
					world.end();
					audit(world);
				},
			),
			{ numRuns: 1_000 },
		);
	}, 60_000);
});
