import { Group, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSignedIn } from '../session/session';
import { DayBars } from '../ui/day-bars';
import { count, counted, usd } from '../ui/format';
import { Rows } from '../ui/rows';
import { DAYS, type Day, daysOf, type ModelFigures, modelsOf } from './usage-figures';

const cost = ({ costUsd, unpriced }: Pick<ModelFigures, 'costUsd' | 'unpriced'>): string =>
	`${usd(costUsd)}${unpriced > 0 ? ` and ${counted(unpriced, 'call')} of unknown price` : ''}`;

const dayText = ({ date, requests, errors, cost: spent }: Day): string =>
	`${date}: ${counted(requests, 'call')}${errors > 0 ? `, ${count(errors)} failed` : ''}, ${usd(spent)}`;

function ModelRow({ figures }: { readonly figures: ModelFigures }) {
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" fw={400} ff="monospace" className="wrap">
					{figures.model}
				</Text>
			</Table.Th>
			<Table.Td>{count(figures.requests)}</Table.Td>
			<Table.Td>{count(figures.errors)}</Table.Td>
			<Table.Td>{count(figures.promptTokens)}</Table.Td>
			<Table.Td>{count(figures.completionTokens)}</Table.Td>
			<Table.Td>{cost(figures)}</Table.Td>
		</Table.Tr>
	);
}

/** What a key was used for in the last thirty days. */
export function ProviderUsagePanel({ id }: { readonly id: string }) {
	const { client, organization } = useSignedIn();
	const query = useQuery({
		queryKey: [organization, 'usage', id],
		queryFn: () => client.providers.usage.query({ id }),
	});
	const { data } = query;
	const models = data && modelsOf(data.data);
	return (
		<Stack>
			{data && data.data.length > 0 && (
				<>
					<Group gap="xl">
						<Text size="sm">
							<b>{counted(data.totals.requests, 'call')}</b> in {DAYS} days, {count(data.totals.errors)} failed
						</Text>
						<Text size="sm">
							<b>{cost(data.totals)}</b>
						</Text>
					</Group>
					<DayBars
						label="Calls by day"
						days={daysOf(data.data, Date.now()).map((day) => ({
							date: day.date,
							value: day.requests,
							text: dayText(day),
						}))}
					/>
				</>
			)}
			<Rows
				label="Usage by model"
				columns={['Model', 'Calls', 'Failed', 'Tokens in', 'Tokens out', 'Cost']}
				query={{ ...query, data: models }}
				empty={`Not used in the last ${DAYS} days. What happens now is here in a few seconds.`}
				row={(figures) => <ModelRow key={figures.model} figures={figures} />}
			/>
		</Stack>
	);
}
