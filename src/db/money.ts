/**
 * Money in D1: SQLite integers, `bigint` in the code. A bound decimal string becomes an integer by the column's
 * affinity; D1 answers integers as doubles, so what may pass 2^53 is read as text.
 */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm';
import { customType } from 'drizzle-orm/sqlite-core';
import { GatewayError } from '../errors';

/** Largest amount a SQLite integer holds; beyond it SQLite would silently store a float. */
export const MAX_AMOUNT = 2n ** 63n - 1n;

const outOfRange = (what: string): GatewayError =>
	new GatewayError('internal', 'Internal error. The request id identifies it in the log.', { cause: what });

function toDriver(amount: bigint): string {
	if (amount > MAX_AMOUNT || amount < -MAX_AMOUNT) throw outOfRange(`amount ${amount} exceeds a SQLite integer`);
	return amount.toString();
}

function fromDriver(stored: string | number): bigint {
	if (typeof stored === 'number' && !Number.isSafeInteger(stored))
		throw outOfRange('an amount above 2^53 was read without exactly()');
	return BigInt(stored);
}

/** Integer money column (nano-dollars, or pico-dollars per token). Read it with `exactly` where it may pass 2^53. */
export const amount = customType<{ data: bigint; driverData: string | number }>({
	dataType: () => 'integer',
	toDriver,
	fromDriver,
});

/** An integer column or expression selected as text and so exact; NULL stays null. */
export function exactly<T extends bigint | null = bigint>(value: AnyColumn | SQL): SQL<NoInfer<T>> {
	return sql`cast(${value} as text)`.mapWith((text: string) => BigInt(text)) as SQL<NoInfer<T>>;
}

/** Exact sum of an integer column; 0 over no rows. */
export const sumOf = (column: AnyColumn): SQL<bigint> => exactly(sql`coalesce(sum(${column}), 0)`);
