import { Badge, Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import type { Imported } from '../../data/types';
import { ChangesTable } from '../../ui/changes-table';
import { counted } from '../../ui/format';

interface DifferencesProps {
	readonly imported: Imported;
	readonly pending: boolean;
	/** null: there is nothing to apply, or it is done. */
	readonly apply: (() => void) | null;
}

const COLORS: Readonly<Record<string, string>> = { create: 'teal', update: 'cyan', delete: 'red' };

/** What a file changes, and what of it has no place here. */
export function Differences({ imported, pending, apply }: DifferencesProps) {
	const { differences, notes, applied } = imported;
	return (
		<Stack component="section" aria-label="Differences" gap="sm">
			<Group justify="space-between">
				<Title order={3} size="h5" role="status">
					{differences.length === 0
						? 'Nothing to change: all of it is so already'
						: `${counted(differences.length, 'change')}${applied ? ' made' : ''}`}
				</Title>
				{apply && (
					<Button onClick={apply} loading={pending}>
						Apply
					</Button>
				)}
			</Group>
			{notes.length > 0 && (
				<Paper withBorder p="sm">
					<Text size="sm" fw={600}>
						To note
					</Text>
					<List size="sm">
						{notes.map((note) => (
							<List.Item key={note}>{note}</List.Item>
						))}
					</List>
				</Paper>
			)}
			{differences.map(({ action, entity, name, fields }) => (
				<Paper withBorder p="sm" key={`${entity} ${name}`}>
					<Group gap="xs" mb={4}>
						<Badge variant="light" tt="none" color={COLORS[action] ?? 'gray'}>
							{action}
						</Badge>
						<Text size="sm" fw={600}>
							{entity}
						</Text>
						<Text size="sm" ff="monospace">
							{name}
						</Text>
					</Group>
					<ChangesTable label={`Changes of ${entity} ${name}`} changes={fields} />
				</Paper>
			))}
		</Stack>
	);
}
