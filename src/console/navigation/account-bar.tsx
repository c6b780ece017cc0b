import { Badge, Button, Group, Select } from '@mantine/core';
import { useState } from 'react';
import { useOrganizations } from '../data/queries';
import { useSession, useSignedIn } from '../session/session';
import { ColorSchemeToggle } from '../ui/color-scheme-toggle';

/** Which organization is acted on, as whom, and the way out. */
export function AccountBar() {
	const { signOut } = useSession();
	const { access } = useSignedIn();
	const [leaving, setLeaving] = useState(false);
	const leave = (): void => {
		setLeaving(true);
		void signOut();
	};
	return (
		<Group gap="xs" wrap="nowrap" style={{ minWidth: 0 }}>
			{access.role === 'operator' && <OrganizationSelect />}
			{access.role !== 'operator' && access.organization !== null && (
				<Badge variant="default" visibleFrom="xs" tt="none">
					{access.organization}
				</Badge>
			)}
			<Badge variant="light" visibleFrom="md" tt="none">
				{access.title}
			</Badge>
			<ColorSchemeToggle />
			<Button variant="default" size="xs" onClick={leave} loading={leaving} style={{ flexShrink: 0 }}>
				Sign out
			</Button>
		</Group>
	);
}

function OrganizationSelect() {
	const { organization } = useSignedIn();
	const { selectOrganization } = useSession();
	const { data = [] } = useOrganizations();
	return (
		<Select
			aria-label="Organization"
			placeholder="Organization"
			size="xs"
			w={{ base: 120, xs: 180 }}
			searchable
			allowDeselect={false}
			nothingFoundMessage="None of that name"
			data={data.map(({ slug, name }) => ({ value: slug, label: name }))}
			value={organization}
			onChange={(slug) => slug !== null && selectOrganization(slug)}
		/>
	);
}
