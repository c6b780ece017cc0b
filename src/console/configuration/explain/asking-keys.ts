/** Gateway keys whose view of the configuration can be asked for. */
import { useQuery } from '@tanstack/react-query';
import { useSignedIn } from '../../session/session';

export function useAskingKeys(): { readonly value: string; readonly label: string }[] {
	const { client, organization } = useSignedIn();
	const { data = [] } = useQuery({
		queryKey: [organization, 'keys', 'asking'],
		queryFn: () => client.gatewayKeys.list.query(),
	});
	return data
		.filter(({ revokedAt }) => revokedAt === null)
		.map(({ id, name, last4 }) => ({ value: id, label: `${name} (…${last4})` }));
}
