/** The audit row of a write: a statement for the write's own batch. */
import { sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { auditLogs } from '../db/schema';
import type { ServiceContext } from './context';

type Fields = Readonly<Record<string, unknown>>;

export interface AuditEntry {
	readonly action: 'create' | 'update' | 'delete' | 'revoke' | 'issue' | 'rotate' | 'reseal' | 'restore';
	/** `agent`, `gateway-key`, `organization`, … */
	readonly entity: string;
	readonly entityId: string;
	/** The fields concerned, never a secret; null: nothing before, or nothing after. */
	readonly before: Fields | null;
	readonly after: Fields | null;
}

const json = (fields: Fields | null): string | null => (fields === null ? null : JSON.stringify(fields));

/**
 * Put it right after the write it tells of: it inserts nothing, and returns no row, where that write
 * changed no row (someone else was faster).
 */
export function audit(ctx: ServiceContext, organizationId: string | null, entry: AuditEntry) {
	const { principal, requestId } = ctx;
	return ctx.db
		.insert(auditLogs)
		.select(
			sql`select ${ctx.newId()}, ${organizationId}, ${principal.actor}, ${entry.action}, ${entry.entity},
				${entry.entityId}, ${json(entry.before)}, ${json(entry.after)}, ${requestId}, ${ctx.now()}
				where changes() > 0`,
		)
		.returning({ id: auditLogs.id }) satisfies BatchItem<'sqlite'>;
}
