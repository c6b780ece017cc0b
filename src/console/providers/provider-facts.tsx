import { Alert, Code, Paper, Table } from '@mantine/core';
import type { ProviderRow } from '../data/types';

/** Of a key that only the environment can change. */
export function ProviderFacts({ row }: { readonly row: ProviderRow }) {
	const facts = [
		['Base URL', row.baseUrl ?? 'known to the operator alone, or the provider’s own'],
		...Object.entries(row.config).map(([field, value]) => [
			field,
			typeof value === 'string' ? value : JSON.stringify(value),
		]),
	];
	return (
		<>
			<Alert color="cyan" title="From the gateway’s environment" mb="md" maw={820}>
				Only the operator’s environment can change it.{' '}
				{row.isActive
					? 'It is used because this organization has no key of its own in use: add one to take its place.'
					: 'It is not used: a key of this organization stands in its place.'}
			</Alert>
			<Paper withBorder maw={820}>
				<Table aria-label="Facts" verticalSpacing="sm" horizontalSpacing="md">
					<Table.Tbody>
						{facts.map(([name, value]) => (
							<Table.Tr key={name}>
								<Table.Th scope="row" w={200}>
									{name}
								</Table.Th>
								<Table.Td>
									<Code className="wrap">{value}</Code>
								</Table.Td>
							</Table.Tr>
						))}
					</Table.Tbody>
				</Table>
			</Paper>
		</>
	);
}
