/** What pages read and write. Cached per organization: a switch never shows another one's rows. */
import {
	type InfiniteData,
	type QueryKey,
	useInfiniteQuery,
	useMutation,
	useQuery,
	useQueryClient,
} from '@tanstack/react-query';
import { failureOf } from '../failure/refusal';
import { useSignedIn } from '../session/session';

export type Entity =
	| 'agents'
	| 'audit'
	| 'configuration'
	| 'explanation'
	| 'global'
	| 'keys'
	| 'members'
	| 'models'
	| 'organization'
	| 'prompts'
	| 'providers';

/** What else is no longer as it was read when an entity changes; each change has its audit row. */
const AFFECTED: Readonly<Partial<Record<Entity, readonly Entity[]>>> = {
	agents: ['explanation', 'prompts'],
	configuration: ['models', 'agents', 'providers', 'prompts', 'explanation', 'organization'],
	global: ['configuration', 'models', 'explanation'],
	keys: ['explanation'],
	prompts: ['agents', 'explanation'],
	providers: ['models', 'explanation'],
};

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

/** Rows of the organization and of the environment. */
export function useProviders() {
	const { client, organization } = useSignedIn();
	return useQuery({ queryKey: [organization, 'providers'], queryFn: () => client.providers.list.query() });
}

/** Which providers there are, and what their rows hold: the same as long as this version of the gateway runs. */
export function useProviderKinds() {
	const { client } = useSignedIn();
	return useQuery({
		queryKey: ['provider-kinds'],
		queryFn: () => client.providers.available.query(),
		staleTime: Number.POSITIVE_INFINITY,
	});
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

interface Pages<Row> {
	readonly entity: Entity;
	/** What is asked for besides the page: another filter is another list. */
	readonly filter: object;
	/** `cursor`: where the page before ended; null: the first. `next` null: it is the last. */
	readonly read: (
		cursor: string | null,
		signal: AbortSignal,
	) => Promise<{ readonly rows: readonly Row[]; readonly next: string | null }>;
}

const allRows = <Row>({ pages }: InfiniteData<{ readonly rows: readonly Row[] }>): readonly Row[] =>
	pages.flatMap(({ rows }) => rows);

/** A list that comes in pages. What an earlier filter found stays until the new answer is there. */
export function usePages<Row>({ entity, filter, read }: Pages<Row>) {
	const { organization } = useSignedIn();
	return useInfiniteQuery({
		queryKey: [organization, entity, filter],
		queryFn: ({ pageParam, signal }) => read(pageParam, signal),
		initialPageParam: null as string | null,
		getNextPageParam: ({ next }) => next,
		select: allRows,
		placeholderData: (before) => before,
	});
}

/**
 * A change, after which what it changed is read anew; also where it was refused since the rows are no longer what they
 * were. `undefined` entity: the organizations themselves.
 */
export function useChange<Input, Output>(entity: Entity | undefined, change: (input: Input) => Promise<Output>) {
	const queries = useQueryClient();
	const { organization } = useSignedIn();
	const queryKeys: readonly QueryKey[] =
		entity === undefined
			? [['organizations'], [organization]]
			: [entity, ...(AFFECTED[entity] ?? []), 'audit'].map((each) => [organization, each]);
	const readAnew = async (): Promise<void> => {
		await Promise.all(queryKeys.map((queryKey) => queries.invalidateQueries({ queryKey })));
	};
	return useMutation({
		mutationFn: change,
		onSuccess: readAnew,
		onError: (thrown) => {
			if (failureOf(thrown)?.code === 'conflict') void readAnew();
		},
	});
}
