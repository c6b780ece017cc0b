/** What an organization says of routing, under whatever its profiles and agents say. */
import type { OrganizationConfiguration } from '../db/schema';
import type { RoutingPolicy } from '../language/routing';
import { requireManage } from './access';
import { editConfiguration, withField } from './configuration-edit';
import type { SetRouting } from './configuration-input';
import type { ServiceContext } from './context';
import type { Declared } from './declared';
import type { Knowledge } from './model-reference';
import { checkRouting } from './routing-check';

type SharedRouting = NonNullable<OrganizationConfiguration['routing']>;

/** The policy as it is stored. Throws `invalid_request` naming the field within `param`. */
export const checkOrganizationRouting = (
	ctx: Knowledge,
	routing: SharedRouting,
	param: string,
	declared: Declared,
): SharedRouting => checkRouting(ctx, routing, { param, first: null, firstIs: 'the first model itself' }, declared);

export interface RoutingView {
	readonly routing: RoutingPolicy;
	/** Of the organization's row: what an update may insist on. */
	readonly version: number;
}

/** The whole policy; null: none. Throws `invalid_request` naming the field, `forbidden`, `conflict`. */
export async function setRouting(ctx: ServiceContext, input: SetRouting): Promise<RoutingView> {
	requireManage(ctx);
	let routing: SharedRouting = {};
	const { version } = await editConfiguration(ctx, input.version, ({ row: { id, configuration }, declared }) => {
		routing = checkOrganizationRouting(ctx, input.routing ?? {}, 'routing', declared);
		const says = Object.keys(routing).length > 0;
		return {
			configuration: withField(configuration, 'routing', says ? routing : undefined),
			entry: {
				action: 'update',
				entity: 'organization',
				entityId: id,
				before: { routing: configuration.routing ?? null },
				after: { routing: says ? routing : null },
			},
		};
	});
	return { routing, version };
}
