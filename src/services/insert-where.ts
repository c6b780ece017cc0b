/** An insert that happens only where a condition holds at that very moment: D1 has no interactive transactions. */
import { getTableColumns, type InferSelectModel, type SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { ServiceContext } from './context';

/** All columns of `row`, spelt by their own encoders, in the table's order. */
export function insertWhere<T extends SQLiteTable>(
	ctx: ServiceContext,
	table: T,
	row: InferSelectModel<T>,
	condition: SQL | undefined,
) {
	const given = new Map<string, unknown>(Object.entries(row));
	const values = Object.entries(getTableColumns(table)).map(
		([field, column]) => sql`${sql.param(given.get(field) ?? null, column)}`,
	);
	return ctx.db.insert(table).select(sql`select ${sql.join(values, sql`, `)} where ${condition ?? sql`true`}`);
}
