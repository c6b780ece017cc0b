import { Table, Text } from '@mantine/core';
import type { AuditEntry } from '../data/types';
import { type FieldChange, fieldChanges, valueText } from '../ui/field-changes';
import { instant } from '../ui/format';

/** Times are ms since epoch, and named for it. */
const shown = (field: string, value: unknown): string =>
	typeof value === 'number' && /At$/.test(field) ? instant(value) : valueText(value);

interface SideProps {
	readonly field: string;
	readonly value: unknown;
	readonly sign: '−' | '+';
}

function Side({ field, value, sign }: SideProps) {
	if (value === undefined || value === null)
		return (
			<Text size="xs" c="dimmed">
				none
			</Text>
		);
	return (
		<Text size="xs" ff="monospace" className={sign === '+' ? 'added prose' : 'gone prose'}>
			<span aria-hidden="true">{sign} </span>
			{shown(field, value)}
		</Text>
	);
}

function ChangeRow({ change: { field, before, after } }: { readonly change: FieldChange }) {
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="xs" ff="monospace" fw={600} className="wrap">
					{field}
				</Text>
			</Table.Th>
			<Table.Td>
				<Side field={field} value={before} sign="−" />
			</Table.Td>
			<Table.Td>
				<Side field={field} value={after} sign="+" />
			</Table.Td>
		</Table.Tr>
	);
}

/** Before and after, side by side, field by field. */
export function DifferenceTable({ entry }: { readonly entry: AuditEntry }) {
	const changes = fieldChanges(entry.before ?? {}, entry.after ?? {});
	if (changes.length === 0)
		return (
			<Text size="sm" c="dimmed">
				No field differs.
			</Text>
		);
	return (
		<Table aria-label="What changed" layout="fixed" withRowBorders={false} verticalSpacing={4}>
			<Table.Thead>
				<Table.Tr>
					<Table.Th w="24%">Field</Table.Th>
					<Table.Th>Before</Table.Th>
					<Table.Th>After</Table.Th>
				</Table.Tr>
			</Table.Thead>
			<Table.Tbody>
				{changes.map((change) => (
					<ChangeRow key={change.field} change={change} />
				))}
			</Table.Tbody>
		</Table>
	);
}
