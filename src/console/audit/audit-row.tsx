import { Badge, Button, Table, Text } from '@mantine/core';
import { useId, useState } from 'react';
import type { AuditEntry } from '../data/types';
import { instant } from '../ui/format';
import { DifferenceTable } from './difference-table';

const COLORS: Readonly<Record<string, string>> = {
	create: 'teal',
	issue: 'teal',
	restore: 'teal',
	delete: 'red',
	revoke: 'red',
};

/** Columns of the table. */
export const COLUMNS = ['When', 'Who', 'Did', 'To', 'Request', 'Change'];

export function AuditRow({ entry }: { readonly entry: AuditEntry }) {
	const [opened, setOpened] = useState(false);
	const id = useId();
	const { createdAt, actor, action, entity, entityId, requestId } = entry;
	return (
		<>
			<Table.Tr>
				<Table.Td>
					<Text size="sm" title={new Date(createdAt).toISOString()}>
						{instant(createdAt)}
					</Text>
				</Table.Td>
				<Table.Td>
					<Text size="xs" ff="monospace" maw={220} className="wrap">
						{actor}
					</Text>
				</Table.Td>
				<Table.Td>
					<Badge variant="light" tt="none" color={COLORS[action] ?? 'cyan'}>
						{action}
					</Badge>
				</Table.Td>
				<Table.Th scope="row">
					<Text size="sm" fw={600}>
						{entity}
					</Text>
					<Text size="xs" c="dimmed" ff="monospace" fw={400} maw={260} className="wrap">
						{entityId}
					</Text>
				</Table.Th>
				<Table.Td>
					<Text size="xs" c="dimmed" ff="monospace" maw={160} truncate title={requestId}>
						{requestId}
					</Text>
				</Table.Td>
				<Table.Td>
					<Button
						variant="default"
						size="compact-sm"
						aria-expanded={opened}
						aria-controls={id}
						aria-label={`What changed: ${action} ${entity} ${entityId}`}
						onClick={() => setOpened((now) => !now)}
					>
						{opened ? 'Hide' : 'Show'}
					</Button>
				</Table.Td>
			</Table.Tr>
			<Table.Tr id={id} hidden={!opened}>
				<Table.Td colSpan={COLUMNS.length}>{opened && <DifferenceTable entry={entry} />}</Table.Td>
			</Table.Tr>
		</>
	);
}
