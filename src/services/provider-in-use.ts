/** Who names a provider row. */
import { GatewayError } from '../errors';
import type { ServiceContext } from './context';
import type { Pool, StoredProvider } from './provider-row';
import { agentNames, refuseInUse, soughtServer, usersOf } from './usage-of';

/** Named one by one; of the others the number. */
const MOST_NAMED = 5;

/**
 * Throws `conflict` listing the profiles whose `keyRef` is this row, or whoever names a model of it where it is a server
 * of its own.
 */
export async function refuseRowInUse(
	ctx: ServiceContext,
	pool: Pick<Pool, 'configuration'>,
	row: StoredProvider,
	verb: string,
): Promise<void> {
	refuseReferred(pool, row, verb);
	if (!ctx.registry.provider(row.provider)?.named || row.name === row.provider) return;
	const configuration = ctx.draft?.declared.configuration ?? pool.configuration;
	const agents = await agentNames(ctx, row.organizationId);
	refuseInUse(
		`The server '${row.name}' can't be ${verb}: it`,
		usersOf(soughtServer(row.name), configuration, agents),
		'id',
	);
}

function refuseReferred(
	{ configuration: { profiles = {} } }: Pick<Pool, 'configuration'>,
	row: StoredProvider,
	verb: string,
): void {
	const users = Object.entries(profiles)
		.filter(([, { provider, keyRef }]) => provider === row.provider && keyRef === row.name)
		.map(([name]) => `'${name}'`);
	if (users.length === 0) return;
	const more = users.length > MOST_NAMED ? ` and ${users.length - MOST_NAMED} more` : '';
	const [noun, pronoun] = users.length === 1 ? ['profile', 'its'] : ['profiles', 'their'];
	throw new GatewayError(
		'conflict',
		`This key can't be ${verb}: the ${noun} ${users.slice(0, MOST_NAMED).join(', ')}${more} of llmConfiguration ` +
			`${users.length === 1 ? 'uses' : 'use'} it. Change ${pronoun} keyRef first.`,
		{ param: 'id' },
	);
}
