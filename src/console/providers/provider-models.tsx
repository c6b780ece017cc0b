import { Alert, Badge, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { ProviderModel } from '../data/types';
import { useSignedIn } from '../session/session';
import { counted, perMillion, shortCount } from '../ui/format';
import { Rows } from '../ui/rows';
import { TestButton, TestResult, useProviderTest } from './provider-test';

const MOST_SHOWN = 200;

const SOURCES: Readonly<Record<ProviderModel['source'], string>> = {
	catalog: 'catalog',
	live: 'the provider’s list',
	config: 'settings',
};

const price = ({ inputUsdPerMillion: input, outputUsdPerMillion: output }: ProviderModel): string =>
	input === null || output === null ? 'unknown' : `${perMillion(input)} / ${perMillion(output)}`;

function ModelRow({ id, model }: { readonly id: string; readonly model: ProviderModel }) {
	const test = useProviderTest();
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" fw={400} ff="monospace" className="wrap">
					{model.model}
				</Text>
			</Table.Th>
			<Table.Td>{model.kind}</Table.Td>
			<Table.Td>{shortCount(model.contextWindow)}</Table.Td>
			<Table.Td>{price(model)}</Table.Td>
			<Table.Td>
				<Badge size="sm" variant="default" tt="none">
					{SOURCES[model.source]}
				</Badge>
			</Table.Td>
			<Table.Td>
				<Group gap="sm" wrap="nowrap" align="flex-start">
					<TestButton test={test} id={id} model={model.model} label={`Test ${model.model}`} />
					<TestResult test={test} lines={1} />
				</Group>
			</Table.Td>
		</Table.Tr>
	);
}

/** What can be called with a key, each to be tried with one token. */
export function ProviderModels({ id }: { readonly id: string }) {
	const { client, organization } = useSignedIn();
	const query = useQuery({
		queryKey: [organization, 'models', id],
		queryFn: () => client.providers.models.query({ id }),
		staleTime: 60_000,
	});
	const [sought, setSought] = useState('');
	const search = useDeferredValue(sought.trim().toLowerCase());
	const found = query.data?.data.filter(({ model }) => model.toLowerCase().includes(search));
	const left = (found?.length ?? 0) - MOST_SHOWN;
	return (
		<Stack>
			{query.data?.warning !== undefined && (
				<Alert color="yellow" title="The provider’s own list could not be read" role="alert">
					{query.data.warning}
				</Alert>
			)}
			<Group>
				<TextInput
					aria-label="Search models"
					placeholder="Search"
					type="search"
					value={sought}
					onChange={(event) => setSought(event.currentTarget.value)}
				/>
				<Text size="sm" c="dimmed" role="status">
					{found && counted(found.length, 'model')}
					{left > 0 && `, ${left} of them not shown: search for them`}
				</Text>
			</Group>
			<Rows
				label="Models of this key"
				columns={['Model', 'Kind', 'Context', 'USD per 1M tokens, in / out', 'Known from', 'Test with one token']}
				query={{ ...query, data: found?.slice(0, MOST_SHOWN) }}
				empty="No model matches."
				row={(model) => <ModelRow key={model.model} id={id} model={model} />}
			/>
		</Stack>
	);
}
