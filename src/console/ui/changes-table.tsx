import { Table, Text } from '@mantine/core';
import { type FieldChange, valueText } from './field-changes';

interface ChangesTableProps {
	/** Accessible name. */
	readonly label: string;
	readonly changes: readonly FieldChange[];
	readonly before?: string;
	readonly after?: string;
	/** Said where there are none. */
	readonly empty?: string;
}

const MOST_TEXT = 400;

function Value({ value }: { readonly value: unknown }) {
	const text = valueText(value);
	return (
		<Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
			{text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text}
		</Text>
	);
}

export function ChangesTable({ label, changes, before = 'Before', after = 'After', empty }: ChangesTableProps) {
	if (changes.length === 0 && empty !== undefined) return <Text size="sm">{empty}</Text>;
	return (
		<Table aria-label={label} verticalSpacing={4} layout="fixed">
			<Table.Thead>
				<Table.Tr>
					{['Field', before, after].map((column) => (
						<Table.Th key={column}>{column}</Table.Th>
					))}
				</Table.Tr>
			</Table.Thead>
			<Table.Tbody>
				{changes.map((change) => (
					<Table.Tr key={change.field}>
						<Table.Th scope="row" fw={500} style={{ overflowWrap: 'anywhere' }}>
							{change.field}
						</Table.Th>
						<Table.Td>
							<Value value={change.before} />
						</Table.Td>
						<Table.Td>
							<Value value={change.after} />
						</Table.Td>
					</Table.Tr>
				))}
			</Table.Tbody>
		</Table>
	);
}
