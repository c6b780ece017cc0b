import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/ledger/contract';
import { attemptOf } from '../../src/ledger/holds';
import { standing } from './fixtures';
import { SCRIPTS, script, step } from './steps';
import { World } from './world';

type Running = World['running'] extends Map<number, infer R> ? R : never;

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
	expect(world.ledger.nextExpiry()).toBe(Number.POSITIVE_INFINITY);
	expect(world.ledger.balance.held).toBe(0n);
}

describe('any interleaving of opens, closes, crashes and expiries', () => {
	it('ends each attempt in exactly one terminal entry, with balances that are their sum', () => {
		fc.assert(
			fc.property(
				fc.array(script, { minLength: SCRIPTS, maxLength: SCRIPTS }),
				fc.array(step, { minLength: 1, maxLength: 80 }),
				(scripts, steps) => {
					const world = new World(scripts);
					for (const step of steps) world.run(step);
					world.end();
					audit(world);
				},
			),
			{ numRuns: 5_000 },
		);
	}, 30_000);
});
