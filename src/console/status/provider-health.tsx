/** How providers do at this moment, as far as this organization's keys lead to them. */
import { Alert, Anchor, Badge, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { linkTo } from '../navigation/link';
import { useSignedIn } from '../session/session';
import { duration } from '../ui/format';
import { Rows } from '../ui/rows';
import { useNow } from '../ui/use-now';
import { EndpointRow } from './endpoint-row';
import { type Endpoint, isUnused, STATES } from './health-words';

/** Also how long what is shown may be out of date. Nothing is asked while the page can't be seen. */
const REFRESH_MS = 5_000;

const COLUMNS = [
	'Endpoint',
	'State',
	'Errors',
	'First event p50 / p95',
	'Tokens/s',
	'Last error',
	'Next probe',
	'Last check',
];

export function ProviderHealth() {
	const { access, organization } = useSignedIn();
	return (
		<section aria-label="Providers">
			<Title order={2} size="h4" mt="xl">
				Providers
			</Title>
			{access.role === 'caller' ? <NotForCallers /> : organization === null ? <NoOrganization /> : <Endpoints />}
		</section>
	);
}

const NotForCallers = () => (
	<Alert color="cyan" variant="light" title="How providers do is shown to those who manage the organization" mt="sm">
		This sign-in lacks the scope <b>manage</b>: it tells of your organization’s keys. Owners and admins have it, and a
		gateway key that was made with it.
	</Alert>
);

const NoOrganization = () => (
	<Text c="dimmed" mt="sm">
		Providers are asked with an organization’s keys: choose or create one first.
	</Text>
);

function Endpoints() {
	const { client, organization } = useSignedIn();
	const query = useQuery({
		queryKey: [organization, 'health'],
		queryFn: ({ signal }) => client.providers.status.query({}, { signal }),
		refetchInterval: REFRESH_MS,
		staleTime: 0,
	});
	const [opened, setOpened] = useState<readonly string[]>([]);
	const now = useNow();
	const toggle = (name: string): void =>
		setOpened((names) => (names.includes(name) ? names.filter((one) => one !== name) : [...names, name]));
	return (
		<>
			<Group justify="space-between" mb="sm" gap="xs">
				<Text size="sm" c="dimmed">
					Where your keys lead to, and how calls go there; figures of the last minutes, every {duration(REFRESH_MS)}
				</Text>
				{query.data && <Summary endpoints={query.data} />}
			</Group>
			<Rows
				label="Provider health"
				columns={COLUMNS}
				query={{ ...query, error: query.data ? null : query.error }}
				minWidth={960}
				empty="No endpoint yet. One appears with the first key of a provider, whether or not it was used; the mock is built in and needs none."
				row={(endpoint) => {
					const name = `${endpoint.provider} ${endpoint.host} ${endpoint.keys[0]?.rowId ?? ''}`;
					return (
						<EndpointRow
							key={name}
							endpoint={endpoint}
							now={now}
							opened={opened.includes(name)}
							toggle={() => toggle(name)}
						/>
					);
				}}
			/>
			{query.data && query.error && (
				<Text size="xs" className="gone" role="status" mt="xs">
					The last question was not answered: these are the figures from before.
				</Text>
			)}
			{query.data?.length === 0 && (
				<Text size="sm" mt="xs">
					<Anchor {...linkTo('/providers')}>Add a provider key</Anchor>
				</Text>
			)}
		</>
	);
}

/** One line for all; said to a screen reader when it changes, and only then. */
function Summary({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
	const down = endpoints.filter(({ state }) => state === 'open' || state === 'half-open').length;
	const unused = endpoints.filter(isUnused).length;
	if (endpoints.length === 0) return null;
	const text = down === 0 ? 'no breaker is open' : `${down} of ${endpoints.length} with an open breaker`;
	return (
		<Badge variant="light" tt="none" color={down === 0 ? STATES.closed.color : STATES.open.color} role="status">
			{text}
			{unused > 0 && `, ${unused} not used yet`}
		</Badge>
	);
}
