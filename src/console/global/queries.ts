import { useQuery } from '@tanstack/react-query';
import { useSignedIn } from '../session/session';

/** The operator's choices for everyone: to the operator all of them, to others those in force. */
export function useGlobalSettings() {
	const { client, organization } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'global'],
		queryFn: () => client.trpc.globalSettings.list.query(),
	});
}
