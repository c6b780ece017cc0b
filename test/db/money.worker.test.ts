import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { database } from '../../src/db/client';
import { exactly, MAX_AMOUNT, sumOf } from '../../src/db/money';
import { organizations } from '../../src/db/schema';

const db = database(env.DB);

const insert = (id: string, budgetDayNanoUsd: bigint | null) =>
	db.insert(organizations).values({ id, slug: id, name: id, budgetDayNanoUsd, createdAt: 1, updatedAt: 1 });

async function read(id: string) {
	return db
		.select({ budget: exactly<bigint | null>(organizations.budgetDayNanoUsd) })
		.from(organizations)
		.where(eq(organizations.id, id))
		.get();
}

describe('money in D1', () => {
	it.each([0n, 2n ** 53n - 1n, 2n ** 53n + 1n, 9_007_199_254_740_993n, MAX_AMOUNT])(
		'keeps %d exactly',
		async (value) => {
			await insert('a', value);
			expect(await read('a')).toEqual({ budget: value });
		},
	);

	it('is stored as an integer, not as text or float', async () => {
		await insert('a', 2n ** 53n + 1n);
		const row = await env.DB.prepare('select typeof(budget_day_nano_usd) as type from organizations').first();
		expect(row).toEqual({ type: 'integer' });
	});

	it('leaves an absent amount null', async () => {
		await insert('a', null);
		expect(await read('a')).toEqual({ budget: null });
	});

	it('refuses to read an amount above 2^53 as a double', async () => {
		await insert('a', 2n ** 53n + 1n);
		await expect(db.select({ budget: organizations.budgetDayNanoUsd }).from(organizations)).rejects.toThrow(
			'Internal error',
		);
	});

	it('refuses an amount that SQLite would turn into a float', async () => {
		expect(() => insert('a', MAX_AMOUNT + 1n).toSQL()).toThrow('Internal error');
	});

	it('sums exactly past 2^53, and to zero over no rows', async () => {
		const total = () =>
			db
				.select({ total: sumOf(organizations.budgetDayNanoUsd) })
				.from(organizations)
				.get();
		expect(await total()).toEqual({ total: 0n });
		await insert('a', 2n ** 53n);
		await insert('b', 1n);
		expect(await total()).toEqual({ total: 2n ** 53n + 1n });
	});
});
