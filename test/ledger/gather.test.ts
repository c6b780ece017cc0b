import { describe, expect, it } from 'vitest';
import { ledgerEntry, ORGANIZATION, openRequest } from './fixtures';
import { closeOf, isolate, open, remote } from './isolate';

describe('close', () => {
	it('gathers what many requests bring within 5 ms into one call', async () => {
		const self = isolate({});
		for (let at = 0; at < 100; at += 1) self.another().close(closeOf(`r${at}`));
		await self.time.advance(4);
		expect(self.calls).toEqual([]);
		await self.time.advance(1);
		expect(self.calls).toEqual(['close']);
		expect(self.closed[0]).toHaveLength(100);
		await self.time.advance(60_000);
		expect(self.calls).toEqual(['close']);
		expect(self.queues.size).toBe(0);
	});

	it('keeps organizations apart', async () => {
		const self = isolate({});
		self.client.close(closeOf('r1'));
		self.client.close({
			entry: ledgerEntry({ requestId: 'r2', attemptId: 'r2.1', organizationId: 'org-b' }),
			final: true,
		});
		await self.time.advance(5);
		expect(self.closed.map((batch) => batch.map((close) => close.entry?.organizationId))).toEqual([
			[ORGANIZATION],
			['org-b'],
		]);
	});

	it('sends no more than 500 in a call, and all of them', async () => {
		const self = isolate({});
		for (let at = 0; at < 1_200; at += 1) self.client.close(closeOf(`r${at}`));
		await self.time.advance(20);
		expect(self.closed.map((batch) => batch.length)).toEqual([500, 500, 200]);
	});

	it('puts back what failed, to go with what others have brought meanwhile', async () => {
		const self = isolate({ close: [remote('lost'), undefined] });
		self.client.close(closeOf('r1'));
		await self.time.advance(203);
		self.another().close(closeOf('r2'));
		await self.time.advance(60_000);
		expect(self.closed.map((batch) => batch.map((close) => close.entry?.requestId))).toEqual([['r2', 'r1']]);
		expect(self.calls).toEqual(['close', 'close']);
	});

	it('does not let many requests send again what one of them is about to', async () => {
		const self = isolate({ close: [remote('down')] });
		for (let at = 0; at < 50; at += 1) self.another().close(closeOf(`r${at}`));
		await self.time.advance(60_000);
		expect(self.calls).toEqual(['close', 'close', 'close', 'write']);
	});

	it('writes to D1 after three tries, and tells the object later that the requests are over', async () => {
		const self = isolate({ close: [remote('down'), remote('down'), 'hang', undefined] });
		self.client.close(closeOf('r1', false));
		self.client.close(closeOf('r2'));
		await self.time.advance(60_000);
		expect(self.calls).toEqual(['close', 'close', 'close', 'write']);
		expect(self.written.flat().map((entry) => entry.attemptId)).toEqual(['r1.1', 'r2.1']);
		expect(self.closed).toEqual([]);
		self.another().close(closeOf('r3'));
		await self.time.advance(5);
		expect(self.calls.slice(4)).toEqual(['close']);
		expect(self.closed).toEqual([
			[{ entry: null, requestId: 'r2', organizationId: ORGANIZATION, final: true }, closeOf('r3')],
		]);
	});

	it('writes the entry itself to the log where D1 fails as well', async () => {
		const self = isolate({ close: [remote('down')], write: [new Error('D1 down')] });
		self.client.close(closeOf('r1'));
		await self.time.advance(60_000);
		expect(self.calls.filter((call) => call === 'write')).toHaveLength(3);
		expect(self.logged.filter((event) => event === 'ledger-entry-lost')).toHaveLength(1);
	});

	it('writes the entries of an unchecked request to D1 as direct ones', async () => {
		const self = isolate({ open: [remote('down')] });
		await open(self, openRequest());
		self.client.close(closeOf('r1', false));
		self.client.close({ entry: ledgerEntry({ attemptId: 'r1.2' }), final: true });
		self.client.close(closeOf('r2'));
		await self.time.advance(100);
		expect(self.written.flat().map(({ attemptId, source }) => [attemptId, source])).toEqual([
			['r1.1', 'direct'],
			['r1.2', 'direct'],
		]);
		const sent = self.closed.flat().map((close) => close.entry?.attemptId ?? null);
		expect(sent).toEqual([null, 'r2.1']);
	});

	it('brings an unchecked entry to the object where D1 does not take it', async () => {
		const self = isolate({ open: [remote('down')], write: [new Error('D1 down')] });
		await open(self, openRequest());
		self.client.close(closeOf('r1'));
		await self.time.advance(60_000);
		expect(self.closed.flat().map((close) => close.entry?.source)).toContain('direct');
	});
});
