/** Who names a provider row. */
import { GatewayError } from '../errors';
import type { Pool, StoredProvider } from './provider-row';

/** Named one by one; of the others the number. */
const MOST_NAMED = 5;

/** Throws `conflict` listing the profiles whose `keyRef` is this row. */
export function refuseInUse({ profiles }: Pick<Pool, 'profiles'>, row: StoredProvider, verb: string): void {
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
