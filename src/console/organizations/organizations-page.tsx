import { Badge, Button, Group, Modal, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useOrganizations } from '../data/queries';
import type { Organization } from '../data/types';
import { useSession, useSignedIn } from '../session/session';
import { count } from '../ui/format';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';
import { NewOrganization } from './new-organization';
import { OrganizationForm } from './organization-form';

const limit = (value: number | null): string => (value === null ? "gateway's" : count(value));
const budget = (usd: string | null): string => (usd === null ? 'none' : `$${usd}`);

interface OrganizationRowProps {
	readonly row: Organization;
	readonly current: boolean;
	readonly edit: (row: Organization) => void;
	/** Operators only. */
	readonly choose: ((slug: string) => void) | null;
}

function OrganizationRow({ row, current, edit, choose }: OrganizationRowProps) {
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
					{choose && !current && (
						<Button
							variant="default"
							size="compact-sm"
							aria-label={`Act on ${row.name}`}
							onClick={() => choose(row.slug)}
						>
							Act on it
						</Button>
					)}
					<Button variant="default" size="compact-sm" aria-label={`Edit ${row.name}`} onClick={() => edit(row)}>
						Edit
					</Button>
				</Group>
			</Table.Td>
		</Table.Tr>
	);
}

/** The operator's all, a manager's own. */
export default function OrganizationsPage() {
	const { access, organization } = useSignedIn();
	const { selectOrganization } = useSession();
	const query = useOrganizations();
	const [edited, setEdited] = useState<Organization | null>(null);
	const operator = access.role === 'operator';
	const close = (): void => setEdited(null);
	return (
		<>
			<PageHead
				title={operator ? 'Organizations' : 'Organization'}
				description="Limits and budgets; a change holds from the next request on"
			>
				{operator && <NewOrganization />}
			</PageHead>
			<Rows
				label="Organizations"
				columns={['Organization', 'Plan', 'Requests per minute / day', 'Budget per day / month', 'Actions']}
				query={query}
				empty="No organization yet. Create the first one: keys and agents belong to it."
				row={(row) => (
					<OrganizationRow
						key={row.id}
						row={row}
						current={row.slug === organization}
						edit={setEdited}
						choose={operator ? selectOrganization : null}
					/>
				)}
			/>
			<Modal opened={edited !== null} onClose={close} title={edited?.name} closeButtonProps={{ 'aria-label': 'Close' }}>
				{edited && <OrganizationForm organization={edited} close={close} />}
			</Modal>
		</>
	);
}
