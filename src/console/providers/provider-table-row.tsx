import { Anchor, Button, Group, Table, Text } from '@mantine/core';
import type { ProviderRow } from '../data/types';
import { linkTo } from '../navigation/link';
import { instant } from '../ui/format';
import { type ProviderActions, ProviderMenu } from './provider-actions';
import { keyText, ProviderState, refusedText } from './provider-state';
import { TestButton, TestResult, useProviderTest } from './provider-test';

interface ProviderTableRowProps {
	readonly row: ProviderRow;
	readonly actions: ProviderActions;
}

export function ProviderTableRow({ row, actions }: ProviderTableRowProps) {
	const test = useProviderTest();
	const own = row.source === 'organization';
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Anchor {...linkTo(`/providers/${row.id}`)} fw={600} size="sm" className="wrap">
					{row.name}
				</Anchor>
				<Text size="xs" c="dimmed" ff="monospace" fw={400}>
					{keyText(row)}
				</Text>
			</Table.Th>
			<Table.Td>
				<Text size="xs" ff="monospace" {...(row.baseUrl === null && { c: 'dimmed' })} className="wrap">
					{row.baseUrl ?? 'the provider’s own'}
				</Text>
			</Table.Td>
			<Table.Td>
				<ProviderState row={row} />
				<Refusal row={row} />
			</Table.Td>
			<Table.Td>
				<Text size="sm">{row.updatedAt === null ? '–' : instant(row.updatedAt)}</Text>
				{own && (
					<Text size="xs" c="dimmed">
						version {row.version}
					</Text>
				)}
			</Table.Td>
			<Table.Td>
				<TestResult test={test} lines={1} />
			</Table.Td>
			<Table.Td>
				<Group gap="xs" wrap="nowrap">
					<TestButton test={test} id={row.id} label={`Test ${row.name}`} />
					<Button
						component="a"
						{...linkTo(`/providers/${row.id}`)}
						variant="default"
						size="compact-sm"
						aria-label={`${own ? 'Edit' : 'Show'} ${row.name}`}
					>
						{own ? 'Edit' : 'Show'}
					</Button>
					<ProviderMenu row={row} actions={actions} size={26} />
				</Group>
			</Table.Td>
		</Table.Tr>
	);
}

function Refusal({ row }: { readonly row: ProviderRow }) {
	const text = refusedText(row);
	if (text === null) return null;
	return (
		<Text size="xs" className="gone" mt={4}>
			{text}:{' '}
			<Anchor {...linkTo(`/providers/${row.id}`)} size="xs" aria-label={`What to do about ${row.name}`}>
				what to do
			</Anchor>
		</Text>
	);
}
