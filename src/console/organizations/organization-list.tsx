import { Badge, Button, Group, Modal, Select, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { usePages } from '../data/queries';
import type { Organization } from '../data/types';
import { useSession, useSignedIn } from '../session/session';
import { count } from '../ui/format';
import { NextPage } from '../ui/next-page';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';
import { DeleteOrganization } from './delete-organization';
import { NewOrganization } from './new-organization';
import { PLANS, planOf } from './organization-draft';
import { OrganizationForm } from './organization-form';

const limit = (value: number | null): string => (value === null ? "gateway's" : count(value));
const budget = (usd: string | null): string => (usd === null ? 'none' : `$${usd}`);

interface OrganizationRowProps {
	readonly row: Organization;
	readonly current: boolean;
	readonly choose: () => void;
	readonly edit: () => void;
	readonly remove: () => void;
}

function OrganizationRow({ row, current, choose, edit, remove }: OrganizationRowProps) {
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Group gap="xs">
					<Text size="sm" fw={600}>
						{row.name}
					</Text>
					{current && (
						<Badge variant="light" tt="none">
							current
						</Badge>
					)}
				</Group>
				<Text size="xs" c="dimmed" ff="monospace" fw={400}>
					{row.slug}
				</Text>
			</Table.Th>
			<Table.Td>{row.plan}</Table.Td>
			<Table.Td>
				{limit(row.requestsPerMinute)} / {limit(row.requestsPerDay)}
			</Table.Td>
			<Table.Td>
				{budget(row.budgetDayUsd)} / {budget(row.budgetMonthUsd)}
			</Table.Td>
			<Table.Td>
				<Group gap="xs" wrap="nowrap">
					{!current && (
						<Button variant="default" size="compact-sm" aria-label={`Act on ${row.name}`} onClick={choose}>
							Act on it
						</Button>
					)}
					<Button variant="default" size="compact-sm" aria-label={`Edit ${row.name}`} onClick={edit}>
						Edit
					</Button>
					{!current && (
						<Button variant="light" color="red" size="compact-sm" aria-label={`Delete ${row.name}`} onClick={remove}>
							Delete
						</Button>
					)}
				</Group>
			</Table.Td>
		</Table.Tr>
	);
}

const PAGE = 100;
/** ms of quiet after which what is typed is looked for. */
const QUIET_MS = 250;

function useFound(slugPrefix: string, plan: string | null) {
	const { client } = useSignedIn();
	const filter = { ...(slugPrefix !== '' && { slugPrefix }), ...(plan !== null && { plan: planOf(plan) }) };
	return usePages<Organization>({
		entity: 'organization',
		filter,
		read: async (after, signal) => {
			const input = { ...filter, limit: PAGE, ...(after !== null && { after }) };
			const rows = await client.organizations.list.query(input, { signal });
			return { rows, next: rows.length < PAGE ? null : (rows.at(-1)?.slug ?? null) };
		},
	});
}

/** How a slug can begin; everything else finds nothing. */
const prefixOf = (text: string): string =>
	text
		.trim()
		.toLowerCase()
		.replace(/[^a-z0-9_-]/g, '')
		.replace(/^[_-]+/, '')
		.slice(0, 64);

/** The operator's: all of them. */
export function OrganizationList() {
	const { organization } = useSignedIn();
	const { selectOrganization } = useSession();
	const [sought, setSought] = useState('');
	const [plan, setPlan] = useState<string | null>(null);
	const [prefix] = useDebouncedValue(prefixOf(sought), QUIET_MS);
	const query = useFound(prefix, plan);
	const [editedId, setEditedId] = useState<string | null>(null);
	const [removed, setRemoved] = useState<Organization | null>(null);
	const edited = query.data?.find(({ id }) => id === editedId);
	const close = (): void => setEditedId(null);
	return (
		<>
			<PageHead title="Organizations" description="Plans, limits and budgets; a change holds from the next request on">
				<NewOrganization />
			</PageHead>
			<Group mb="md">
				<TextInput
					aria-label="Search organizations"
					placeholder="Slug begins with"
					type="search"
					value={sought}
					onChange={(event) => setSought(event.currentTarget.value)}
				/>
				<Select
					aria-label="Plan"
					placeholder="All plans"
					clearable
					clearButtonProps={{ 'aria-label': 'All plans' }}
					data={[...PLANS]}
					value={plan}
					onChange={setPlan}
				/>
			</Group>
			<Rows
				label="Organizations"
				columns={['Organization', 'Plan', 'Requests per minute / day', 'Budget per day / month', 'Actions']}
				query={query}
				empty={
					prefix === '' && plan === null
						? 'No organization yet. Create the first one: keys and agents belong to it.'
						: 'No such organization.'
				}
				row={(row) => (
					<OrganizationRow
						key={row.id}
						row={row}
						current={row.slug === organization}
						choose={() => selectOrganization(row.slug)}
						edit={() => setEditedId(row.id)}
						remove={() => setRemoved(row)}
					/>
				)}
			/>
			<NextPage query={query} />
			<Modal
				opened={edited !== undefined}
				onClose={close}
				title={edited?.name}
				size="lg"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{edited && <OrganizationForm organization={edited} close={close} />}
			</Modal>
			<DeleteOrganization organization={removed} close={() => setRemoved(null)} />
		</>
	);
}
