/** Who may, and on what. Every query of a service passes `scoped`: there is no other tenancy. */
import { type AnyColumn, eq, type SQL } from 'drizzle-orm';
import { requireScope } from '../auth/scope';
import { organizations } from '../db/schema';
import { GatewayError } from '../errors';
import type { ServiceContext } from './context';

/** First line of every verb. Throws `forbidden`. */
export function requireManage(ctx: ServiceContext): void {
	requireScope(ctx.principal, 'manage');
}

/** For what spans organizations. Throws `forbidden`. */
export function requireOperator(ctx: ServiceContext): void {
	requireManage(ctx);
	if (ctx.principal.kind !== 'operator')
		throw new GatewayError('forbidden', 'Only the platform operator (ADMIN_API_KEY) may do this.');
}

/** An owner of the organization, or the operator. A gateway key is neither: with `manage` it acts as an admin. */
export const isOwner = ({ principal }: ServiceContext): boolean =>
	principal.kind === 'operator' || (principal.kind === 'user' && principal.role === 'owner');

/** `what` completes "only an owner may …". Throws `forbidden`, naming `param` where one is given. */
export function requireOwner(ctx: ServiceContext, what: string, param?: string): void {
	requireManage(ctx);
	if (!isOwner(ctx))
		throw new GatewayError(
			'forbidden',
			`Only an owner of the organization or the platform operator may ${what}.`,
			param === undefined ? {} : { param },
		);
}

/** The rows of the caller's organization and no others. `column` holds an organization id. */
export const scoped = (ctx: ServiceContext, column: AnyColumn): SQL => eq(column, ctx.principal.organizationId);

/** Organizations the caller may address: the operator all of them, anyone else its own. */
export const reachable = (ctx: ServiceContext): SQL | undefined =>
	ctx.principal.kind === 'operator' ? undefined : scoped(ctx, organizations.id);

/** Also what another organization's id gets: existence is not told. */
export const notFound = (entity: string, reference: string): GatewayError =>
	new GatewayError('not_found', `There is no ${entity} '${shown(reference)}' here.`);

/** A reference may be a megabyte long: its beginning tells enough. */
const shown = (reference: string): string => (reference.length > 100 ? `${reference.slice(0, 100)}…` : reference);

/** The row is no longer the one an update was made from. */
export const outdated = (entity: string, version: number): GatewayError =>
	new GatewayError('conflict', `This ${entity} is at version ${version} by now: read it and try again.`, {
		param: 'version',
	});

/** Others kept coming between reading and writing. */
export const contended = (entity: string): GatewayError =>
	new GatewayError('conflict', `This ${entity} is being changed by others at this moment: read it and try again.`);
