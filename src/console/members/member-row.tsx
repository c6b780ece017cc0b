import { Badge, Button, Group, Table, Text } from '@mantine/core';
import type { Member } from '../data/types';
import { useSignedIn } from '../session/session';
import { instant } from '../ui/format';
import { mayDecide, nameOf } from './roles';

interface MemberRowProps {
	readonly member: Member;
	readonly edit: (member: Member) => void;
	readonly remove: (member: Member) => void;
}

export function MemberRow({ member, edit, remove }: MemberRowProps) {
	const { access } = useSignedIn();
	const { userId, name, email, role, removedAt, createdAt, updatedAt } = member;
	const decides = mayDecide(access.owns, role);
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" fw={600} className="wrap">
					{nameOf(member)}
				</Text>
				<Text size="xs" c="dimmed" fw={400} className="wrap">
					{name === null ? '' : email}
				</Text>
			</Table.Th>
			<Table.Td>
				<Text size="xs" ff="monospace" maw={240} className="wrap">
					{userId}
				</Text>
			</Table.Td>
			<Table.Td>
				<Group gap={4}>
					<Badge variant="light" tt="none" color={role === 'owner' || role === 'admin' ? 'grape' : 'cyan'}>
						{role}
					</Badge>
					{removedAt !== null && (
						<Badge variant="light" tt="none" color="red">
							removed
						</Badge>
					)}
				</Group>
			</Table.Td>
			<Table.Td>
				<Text size="sm">{instant(createdAt)}</Text>
			</Table.Td>
			<Table.Td>
				<Text size="sm">{instant(updatedAt)}</Text>
			</Table.Td>
			<Table.Td>
				{decides ? (
					<Group gap="xs" wrap="nowrap">
						<Button
							variant="default"
							size="compact-sm"
							aria-label={`${removedAt === null ? 'Edit' : 'Let in again:'} ${nameOf(member)}`}
							onClick={() => edit(member)}
						>
							{removedAt === null ? 'Edit' : 'Let in again'}
						</Button>
						{removedAt === null && (
							<Button
								variant="light"
								color="red"
								size="compact-sm"
								aria-label={`Remove ${nameOf(member)}`}
								onClick={() => remove(member)}
							>
								Remove
							</Button>
						)}
					</Group>
				) : (
					<Text size="xs" c="dimmed">
						an owner’s to change
					</Text>
				)}
			</Table.Td>
		</Table.Tr>
	);
}
