/** A table of rows that are being read, could not be read, or are none. */
import { Center, Loader, Paper, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { FailureAlert } from '../failure/failure-alert';

interface RowsProps<Row> {
	/** Accessible name of the table. */
	readonly label: string;
	/** Headings of the columns. */
	readonly columns: readonly string[];
	readonly query: {
		readonly data: readonly Row[] | undefined;
		readonly error: unknown;
		readonly refetch: () => unknown;
	};
	/** Said where there are none. */
	readonly empty: string;
	/** px, below which the table scrolls; 720 unless told. */
	readonly minWidth?: number;
	/** One `<Table.Tr>`. */
	readonly row: (row: Row) => ReactNode;
}

export function Rows<Row>({ label, columns, query, empty, minWidth = 720, row }: RowsProps<Row>) {
	const { data, error, refetch } = query;
	if (error) return <FailureAlert failure={error} title={`${label}: could not be read`} retry={() => void refetch()} />;
	if (!data)
		return (
			<Center p="xl">
				<Loader aria-label={`${label}: being read`} />
			</Center>
		);
	if (data.length === 0)
		return (
			<Paper withBorder p="xl">
				<Text c="dimmed" ta="center">
					{empty}
				</Text>
			</Paper>
		);
	return (
		<Paper withBorder>
			<Table.ScrollContainer minWidth={minWidth} type="native">
				<Table aria-label={label} verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
					<Table.Thead>
						<Table.Tr>
							{columns.map((column) => (
								<Table.Th key={column}>{column}</Table.Th>
							))}
						</Table.Tr>
					</Table.Thead>
					<Table.Tbody>{data.map(row)}</Table.Tbody>
				</Table>
			</Table.ScrollContainer>
		</Paper>
	);
}
