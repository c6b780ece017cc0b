import { Center, Loader, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useProviderKinds, useProviders } from '../data/queries';
import type { ProviderKind, ProviderRow } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { PageHead } from '../ui/page-head';
import { AdoptEnvironment } from './adopt-environment';
import { NewProvider } from './new-provider';
import { type ProviderActions, useProviderActions } from './provider-actions';
import { ProviderTableRow } from './provider-table-row';

interface Group {
	readonly id: string;
	readonly label: string;
	readonly rows: readonly ProviderRow[];
}

/** By name, each with its rows in the order in which they are tried. */
function grouped(rows: readonly ProviderRow[], kinds: readonly ProviderKind[]): readonly Group[] {
	const groups = new Map<string, ProviderRow[]>();
	for (const row of rows) groups.set(row.provider, [...(groups.get(row.provider) ?? []), row]);
	return [...groups]
		.map(([id, members]) => ({ id, label: kinds.find((kind) => kind.id === id)?.label ?? id, rows: members }))
		.sort((one, other) => one.label.localeCompare(other.label, 'en'));
}

/** Width in px, or as a share; one below the other, the tables of all providers have the same columns. */
const COLUMNS: readonly (readonly [label: string, width?: number | string])[] = [
	['Key', '18%'],
	['Base URL'],
	['State', 170],
	['Changed', 150],
	['Test', 220],
	['Actions', 185],
];

function GroupTable({ group, actions }: { readonly group: Group; readonly actions: ProviderActions }) {
	return (
		<section aria-labelledby={`provider-${group.id}`}>
			<Title order={2} size="h5" mb="xs" id={`provider-${group.id}`}>
				{group.label}
			</Title>
			<Paper withBorder>
				<Table.ScrollContainer minWidth={1040} type="native">
					<Table aria-label={group.label} verticalSpacing="sm" horizontalSpacing="md" layout="fixed">
						<Table.Thead>
							<Table.Tr>
								{COLUMNS.map(([label, width]) => (
									<Table.Th key={label} w={width}>
										{label}
									</Table.Th>
								))}
							</Table.Tr>
						</Table.Thead>
						<Table.Tbody>
							{group.rows.map((row) => (
								<ProviderTableRow key={row.id} row={row} actions={actions} />
							))}
						</Table.Tbody>
					</Table>
				</Table.ScrollContainer>
			</Paper>
		</section>
	);
}

export function ProviderList() {
	const query = useProviders();
	const kinds = useProviderKinds();
	const actions = useProviderActions();
	const groups = query.data && kinds.data && grouped(query.data, kinds.data);
	const error = query.error ?? kinds.error;
	return (
		<>
			<PageHead
				title="Provider keys"
				description="With them models are called; a change holds from the next request on"
			>
				<AdoptEnvironment rows={query.data ?? []} />
				<NewProvider />
			</PageHead>
			<Stack gap="lg">
				<FailureAlert
					failure={error}
					title="Provider keys: could not be read"
					retry={() => void Promise.all([query.refetch(), kinds.refetch()])}
				/>
				<FailureAlert failure={actions.failure} title="The key could not be changed" />
				{!groups && !error && (
					<Center p="xl">
						<Loader aria-label="Provider keys: being read" />
					</Center>
				)}
				{groups?.length === 0 && (
					<Paper withBorder p="xl">
						<Text c="dimmed" ta="center">
							No key yet: only the mock answers. Add one, and its models can be used at once.
						</Text>
					</Paper>
				)}
				{groups?.map((group) => (
					<GroupTable key={group.id} group={group} actions={actions} />
				))}
			</Stack>
			{actions.dialogs}
		</>
	);
}
