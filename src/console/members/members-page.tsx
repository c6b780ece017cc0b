import { Group, Select, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useChange, usePages } from '../data/queries';
import type { Member } from '../data/types';
import { useSignedIn } from '../session/session';
import { Confirmation } from '../ui/confirmation';
import { counted } from '../ui/format';
import { NextPage } from '../ui/next-page';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';
import { EditMember } from './edit-member';
import { MemberRow } from './member-row';
import { NewMember } from './new-member';
import { nameOf, ROLE_OPTIONS, type Role, roleOf } from './roles';

const PAGE = 100;

function useMembers(role: Role | null, removed: boolean) {
	const { client } = useSignedIn();
	const filter = { ...(role !== null && { role }), removed };
	return usePages<Member>({
		entity: 'members',
		filter,
		read: async (after, signal) => {
			const input = { ...filter, limit: PAGE, ...(after !== null && { after }) };
			const rows = await client.memberships.list.query(input, { signal });
			return { rows, next: rows.length < PAGE ? null : (rows.at(-1)?.userId ?? null) };
		},
	});
}

function RemoveMember({ member, close }: { readonly member: Member | null; readonly close: () => void }) {
	const { client } = useSignedIn();
	const remove = useChange('members', client.memberships.remove.mutate);
	const done = (): void => {
		close();
		remove.reset();
	};
	return (
		<Confirmation
			opened={member !== null}
			title={`Remove ${member ? nameOf(member) : ''}?`}
			action="Remove member"
			pending={remove.isPending}
			failure={remove.error}
			confirm={() => member && remove.mutate({ userId: member.userId }, { onSuccess: done })}
			close={done}
		>
			From the next request on no token of this user is let in here, whatever role it claims. Gateway keys that the user
			made stay in force. You may let the user in again.
		</Confirmation>
	);
}

export default function MembersPage() {
	const [role, setRole] = useState<Role | null>(null);
	const [removed, setRemoved] = useState(false);
	const [edited, setEdited] = useState<Member | null>(null);
	const [leaving, setLeaving] = useState<Member | null>(null);
	const query = useMembers(role, removed);
	return (
		<>
			<PageHead
				title="Members"
				description="Roles of the people who sign in with a token; a role given here stands in place of the token’s"
			>
				<NewMember />
			</PageHead>
			<Group mb="md">
				<Select
					aria-label="Role"
					placeholder="All roles"
					clearable
					data={ROLE_OPTIONS}
					value={role}
					onChange={(value) => setRole(value === null ? null : roleOf(value))}
				/>
				<Switch
					label="Removed ones too"
					checked={removed}
					onChange={(event) => setRemoved(event.currentTarget.checked)}
				/>
				<Text size="sm" c="dimmed" role="status">
					{query.data && `${counted(query.data.length, 'member')}${query.hasNextPage ? ', and more' : ''}`}
				</Text>
			</Group>
			<Rows
				label="Members"
				columns={['Member', 'User id', 'Role', 'Since', 'Changed', 'Actions']}
				query={query}
				empty={
					role === null && !removed
						? 'Nobody has a role here yet: users have the one that their token claims.'
						: 'Nobody like this.'
				}
				minWidth={900}
				row={(member) => <MemberRow key={member.userId} member={member} edit={setEdited} remove={setLeaving} />}
			/>
			<NextPage query={query} />
			<EditMember member={edited} close={() => setEdited(null)} />
			<RemoveMember member={leaving} close={() => setLeaving(null)} />
		</>
	);
}
