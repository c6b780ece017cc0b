import { describe, expect, it } from 'vitest';
import { GroupCommit } from '../../src/ledger/group-commit';
import { type VirtualTime, virtualTime } from '../support/virtual-time';
import { START } from './fixtures';

interface Disk {
	readonly time: VirtualTime;
	readonly commit: GroupCommit;
	readonly written: number[];
	readonly failures: unknown[];
	syncMs: number;
	broken: boolean;
}

function disk(syncMs = 0): Disk {
	const time = virtualTime(START);
	const written: number[] = [];
	const failures: unknown[] = [];
	const self = { time, written, failures, syncMs, broken: false };
	const commit = new GroupCommit({
		now: time.now,
		after: time.after,
		write: () => {
			if (self.broken) throw new Error('disk full');
			written.push(time.now() - START);
		},
		sync: () => new Promise((resolve) => time.after(self.syncMs, resolve)),
		failed: (error) => failures.push(error),
	});
	return Object.assign(self, { commit });
}

describe('the group commit', () => {
	it('writes what came within 20 ms once', async () => {
		const { commit, time, written } = disk();
		commit.queue();
		await time.advance(15);
		commit.queue();
		await time.advance(4);
		expect(written).toEqual([]);
		await time.advance(1);
		expect(written).toEqual([20]);
		await time.advance(1_000);
		expect(written).toEqual([20]);
	});

	it('waits four times as long as the last commit took, so that replies seldom wait behind one', async () => {
		const { commit, time, written } = disk(50);
		commit.queue();
		await time.advance(70);
		expect(written).toEqual([20]);
		commit.queue();
		await time.advance(199);
		expect(written).toEqual([20]);
		await time.advance(1);
		expect(written).toEqual([20, 270]);
	});

	it('waits no longer than a second, however long the last commit took', async () => {
		const { commit, time, written } = disk(3_000);
		commit.queue();
		await time.advance(3_020);
		commit.queue();
		await time.advance(1_000);
		expect(written).toEqual([20, 4_020]);
	});

	it('never runs beside a commit in flight', async () => {
		const { commit, time, written } = disk(500);
		commit.queue();
		await time.advance(20);
		commit.queue();
		await time.advance(300);
		expect(written).toEqual([20]);
		await time.advance(200);
		expect(written).toEqual([20, 520]);
	});

	it('settles once what was queued is durable', async () => {
		const { commit, time } = disk(30);
		const order: string[] = [];
		commit.queue();
		void commit.settled().then(() => order.push('first'));
		await time.advance(20);
		commit.queue();
		void commit.settled().then(() => order.push('second'));
		await time.advance(29);
		expect(order).toEqual([]);
		await time.advance(1);
		expect(order).toEqual(['first']);
		await time.advance(200);
		expect(order).toEqual(['first', 'second']);
		await commit.settled();
	});

	it('commits at once when told to, taking what is queued with it', async () => {
		const { commit, time, written } = disk(5);
		commit.queue();
		let done = false;
		void commit.now().then(() => {
			done = true;
		});
		expect(written).toEqual([0]);
		await time.advance(5);
		expect(done).toBe(true);
		await time.advance(100);
		expect(written).toEqual([0]);
	});

	it('commits right after the one in flight when told to during it', async () => {
		const { commit, time, written } = disk(100);
		void commit.now();
		void commit.now();
		expect(written).toEqual([0]);
		await time.advance(100);
		expect(written).toEqual([0, 100]);
	});

	it('rejects where what was written did not become durable, and goes on', async () => {
		const self = disk();
		const sync = self.time;
		let lost = true;
		const commit = new GroupCommit({
			now: sync.now,
			after: sync.after,
			write: () => undefined,
			sync: () => (lost ? Promise.reject(new Error('output gate broken')) : Promise.resolve()),
			failed: (error) => self.failures.push(error),
		});
		await expect(commit.now()).rejects.toThrow('output gate broken');
		lost = false;
		await commit.now();
		expect(self.failures).toEqual([]);
	});

	it('says so where storage fails, to the one who waits and to the object', async () => {
		const broken = disk();
		broken.broken = true;
		broken.commit.queue();
		const waiting = expect(broken.commit.settled()).rejects.toThrow('disk full');
		await broken.time.advance(20);
		await waiting;
		expect(broken.failures).toHaveLength(1);
	});
});
