import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';

/**
 * D1 through drizzle. No interactive transactions there: what belongs together goes into one `batch`. D1 answers
 * a batch with objects, so a select in it must not name two columns alike: alias one with `.as()`.
 */
export type Database = DrizzleD1Database & { readonly $client: D1Database };

/** Cheap: one per request, nothing is kept. */
export function database(d1: D1Database): Database {
	return drizzle(d1);
}
