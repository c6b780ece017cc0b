import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigVersion, SETTLE_MS } from '../../src/ledger/config-version';
import { START } from './fixtures';

function at(version: number): ConfigVersion {
	const state = new ConfigVersion();
	state.settle(version);
	return state;
}

describe('the configuration version', () => {
	it('stays unsettled until the last of several changes is settled', () => {
		const version = at(3);
		version.prepare(START);
		version.prepare(START + 10);
		version.settle(4);
		expect(version.judge(4, false)).toBe('unsettled');
		expect(version.certain).toBeNull();
		expect(version.judge(4, true)).toBe('current');
		version.settle(5);
		expect(version.judge(5, false)).toBe('current');
		expect(version.judge(4, false)).toBe('stale');
	});

	it('lets the higher of two settles stand, in whichever order they come', () => {
		const version = at(3);
		version.prepare(START);
		version.prepare(START);
		version.settle(5);
		version.settle(4);
		expect(version.certain).toBe(5);
	});

	it('is due to be read two seconds after a change that was never settled', () => {
		const version = at(3);
		version.prepare(START);
		expect(version.deadline).toBe(START + SETTLE_MS);
		expect(version.due(START + SETTLE_MS - 1)).toBe(false);
		expect(version.due(START + SETTLE_MS)).toBe(true);
		version.read(4, version.epoch, START + SETTLE_MS);
		expect(version.judge(4, false)).toBe('current');
		expect(version.deadline).toBeNull();
	});

	it('does not end a change by a read before its time', () => {
		const version = at(3);
		version.prepare(START);
		version.read(3, version.epoch, START + 10);
		expect(version.judge(3, false)).toBe('unsettled');
	});

	it('disregards a read that a later one overtook', () => {
		const version = at(3);
		const { epoch } = version;
		version.read(4, epoch, START + 1_000);
		version.read(3, epoch, START);
		expect(version.certain).toBe(4);
	});

	it('disregards a read that a change overtook', () => {
		const version = at(3);
		const { epoch } = version;
		version.prepare(START);
		version.settle(4);
		version.read(3, epoch, START + 10);
		expect(version.certain).toBe(4);
	});

	it('takes a first version from a read that a change overtook, while that change keeps it unsettled', () => {
		const version = new ConfigVersion();
		const { epoch } = version;
		version.prepare(START);
		version.read(3, epoch, START + 10);
		expect(version.judge(3, false)).toBe('unsettled');
		version.settle(4);
		expect(version.judge(3, false)).toBe('stale');
	});

	it('asks D1 where a reader of D1 saw another version, and believes a lower one', () => {
		const version = at(9);
		expect(version.judge(7, true)).toBe('current');
		expect(version.due(START)).toBe(true);
		version.read(7, version.epoch, START);
		expect(version.certain).toBe(7);
		expect(version.due(START)).toBe(false);
	});

	it('never admits a cached version older than one whose settle was answered, nor any while a change is open', () => {
		const move = fc.oneof(
			fc.constantFrom('prepare' as const, 'settle' as const, 'restart' as const, 'read' as const),
			fc.integer({ min: 0, max: 8 }),
		);
		fc.assert(
			fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
				const world = new Changes();
				for (const next of moves)
					if (typeof next === 'number') expect(world.version.judge(next, false)).toBe(world.expected(next));
					else world[next]();
			}),
		);
	});
});

/** Changes by the protocol, and what an open must be told meanwhile. */
class Changes {
	version = at(1);
	#inD1 = 1;
	#open = 0;

	prepare(): void {
		this.version.prepare(START);
		this.#open += 1;
	}

	settle(): void {
		if (this.#open === 0) return;
		this.#inD1 += 1;
		this.#open -= 1;
		this.version.settle(this.#inD1);
	}

	restart(): void {
		const restarted = new ConfigVersion();
		restarted.restore(this.version.state());
		this.version = restarted;
	}

	read(): void {
		this.version.read(this.#inD1, this.version.epoch, START);
	}

	expected(version: number): string {
		if (this.#open > 0) return 'unsettled';
		if (version === this.#inD1) return 'current';
		return version < this.#inD1 ? 'stale' : 'read';
	}
}
