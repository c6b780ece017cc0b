/** Who changed what in the caller's organization. Throws `forbidden` without the scope `manage`. */
import { and, desc, eq, gte, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { auditLogs } from '../db/schema';
import { notFound, requireManage, requireOperator, scoped } from './access';
import type { ListAudit } from './audit-log-input';
import type { ServiceContext } from './context';

export interface AuditView {
	readonly id: string;
	/** null: the platform itself. */
	readonly organizationId: string | null;
	/** `key:<id>`, `operator`, `user:<sub>` */
	readonly actor: string;
	readonly action: string;
	readonly entity: string;
	readonly entityId: string;
	/** The fields concerned; null: nothing before, or nothing after. */
	readonly before: Readonly<Record<string, unknown>> | null;
	readonly after: Readonly<Record<string, unknown>> | null;
	readonly requestId: string;
	/** ms since epoch */
	readonly createdAt: number;
}

export interface AuditPage {
	readonly data: readonly AuditView[];
	/** `before` of the next page; null: there is none. */
	readonly next: string | null;
}

const PAGE = 50;

/** Newest first. A row that comes meanwhile moves none from one page to another. */
export async function listAudit(ctx: ServiceContext, input: ListAudit = {}): Promise<AuditPage> {
	requireManage(ctx);
	const limit = input.limit ?? PAGE;
	const rows = await ctx.db
		.select()
		.from(auditLogs)
		.where(
			and(
				whose(ctx, input),
				input.entity === undefined ? undefined : eq(auditLogs.entity, input.entity),
				input.entityId === undefined ? undefined : eq(auditLogs.entityId, input.entityId),
				input.actor === undefined ? undefined : eq(auditLogs.actor, input.actor),
				input.action === undefined ? undefined : eq(auditLogs.action, input.action),
				input.from === undefined ? undefined : gte(auditLogs.createdAt, input.from),
				input.to === undefined ? undefined : lt(auditLogs.createdAt, input.to),
				input.before === undefined ? undefined : olderThan(input.before),
			),
		)
		.orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
		.limit(limit + 1);
	const data = rows.slice(0, limit);
	const last = data.at(-1);
	return { data, next: rows.length > limit && last ? `${last.createdAt}-${last.id}` : null };
}

/** Throws `forbidden`, `not_found` for another organization's id. */
function whose(ctx: ServiceContext, { platform, organizationId }: ListAudit): SQL {
	if (platform) {
		requireOperator(ctx);
		return isNull(auditLogs.organizationId);
	}
	if (organizationId === undefined || organizationId === ctx.principal.organizationId)
		return scoped(ctx, auditLogs.organizationId);
	if (ctx.principal.kind !== 'operator') throw notFound('organization', organizationId);
	return eq(auditLogs.organizationId, organizationId);
}

function olderThan(cursor: string): SQL {
	const dash = cursor.indexOf('-');
	return sql`(${auditLogs.createdAt}, ${auditLogs.id}) < (${Number(cursor.slice(0, dash))}, ${cursor.slice(dash + 1)})`;
}
