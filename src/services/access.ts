/** Who may, and on what. Every query of a service passes `scoped`: there is no other tenancy. */
import { type AnyColumn, eq, type SQL } from 'drizzle-orm';
import { organizations } from '../db/schema';
import { GatewayError } from '../errors';
import type { ServiceContext } from './context';

/** First line of every verb. Throws `forbidden`. */
export function requireManage(ctx: ServiceContext): void {
	if (!ctx.principal.scopes.includes('manage'))
		throw new GatewayError('forbidden', "This credential lacks the scope 'manage'.");
}

/** For what spans organizations. Throws `forbidden`. */
export function requireOperator(ctx: ServiceContext): void {
	requireManage(ctx);
	if (ctx.principal.kind !== 'operator')
		throw new GatewayError('forbidden', 'Only the platform operator (ADMIN_API_KEY) may do this.');
}

/** The rows of the caller's organization and no others. `column` holds an organization id. */
export const scoped = (ctx: ServiceContext, column: AnyColumn): SQL => eq(column, ctx.principal.organizationId);

/** Organizations the caller may address: the operator all of them, anyone else its own. */
export const reachable = (ctx: ServiceContext): SQL | undefined =>
	ctx.principal.kind === 'operator' ? undefined : scoped(ctx, organizations.id);

/** Also what another organization's id gets: existence is not told. */
export const notFound = (entity: string, reference: string): GatewayError =>
	new GatewayError('not_found', `There is no ${entity} '${reference}' here.`);
