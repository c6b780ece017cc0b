/** What pages read and write. Cached per organization: a switch never shows another one's rows. */
import { type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSignedIn } from '../session/session';

type Entity = 'agents' | 'keys' | 'models' | 'organization';

export function useModels() {
	const { client, organization, access } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'models'],
		queryFn: () => client.models.list.query(),
		enabled: access.inference,
		staleTime: 60_000,
	});
}

export function useAgents() {
	const { client, organization, access } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'agents'],
		queryFn: () => client.agents.list.query(),
		enabled: access.role !== 'caller' && organization !== null,
	});
}

export function useGatewayKeys() {
	const { client, organization } = useSignedIn();
	return useQuery({ queryKey: [organization, 'keys'], queryFn: () => client.gatewayKeys.list.query() });
}

/** All of them for the operator, else the caller's own. */
export function useOrganizations() {
	const { client, access } = useSignedIn();
	return useQuery({
		queryKey: ['organizations'],
		queryFn: async () =>
			access.role === 'operator' ? await client.organizations.list.query() : [await client.organizations.get.query()],
		enabled: access.role !== 'caller',
	});
}

/** A change, after which what it changed is read anew. `undefined` entity: the organizations themselves. */
export function useChange<Input, Output>(entity: Entity | undefined, change: (input: Input) => Promise<Output>) {
	const queries = useQueryClient();
	const { organization } = useSignedIn();
	const queryKey: QueryKey = entity === undefined ? ['organizations'] : [organization, entity];
	return useMutation({ mutationFn: change, onSuccess: () => queries.invalidateQueries({ queryKey }) });
}
