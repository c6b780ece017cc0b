import { Badge, Group, SegmentedControl, Table, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { useModels } from '../data/queries';
import type { Model } from '../data/types';
import { counted, perMillion, shortCount } from '../ui/format';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';

type Kind = 'all' | Model['kind'];

function abilitiesOf({ tools, structuredOutput, reasoning, input }: Model): string[] {
	return [
		...(tools ? ['tools'] : []),
		...(structuredOutput ? ['structured output'] : []),
		...(reasoning ? ['reasoning'] : []),
		...input.filter((modality) => modality !== 'text'),
	];
}

function ModelRow({ model }: { readonly model: Model }) {
	const { id, kind, contextWindow, maxOutput, pricing } = model;
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" fw={400} ff="monospace" miw={180} style={{ overflowWrap: 'anywhere' }}>
					{id}
				</Text>
			</Table.Th>
			<Table.Td>{kind}</Table.Td>
			<Table.Td>{shortCount(contextWindow)}</Table.Td>
			<Table.Td>{maxOutput === null ? '–' : shortCount(maxOutput)}</Table.Td>
			<Table.Td>
				{pricing ? `${perMillion(pricing.inputUsdPerMillion)} / ${perMillion(pricing.outputUsdPerMillion)}` : 'unknown'}
			</Table.Td>
			<Table.Td>
				<Group gap={4}>
					{abilitiesOf(model).map((ability) => (
						<Badge key={ability} size="sm" variant="default" tt="none">
							{ability}
						</Badge>
					))}
				</Group>
			</Table.Td>
		</Table.Tr>
	);
}

export default function ModelsPage() {
	const query = useModels();
	const [sought, setSought] = useState('');
	const [kind, setKind] = useState<Kind>('all');
	const search = useDeferredValue(sought.trim().toLowerCase());
	const data = query.data?.filter(
		(model) => (kind === 'all' || model.kind === kind) && model.id.toLowerCase().includes(search),
	);
	return (
		<>
			<PageHead
				title="Models"
				description="What can be used now: the models of every provider that has a key, and the mock"
			/>
			<Group mb="md">
				<TextInput
					aria-label="Search models"
					placeholder="Search"
					type="search"
					value={sought}
					onChange={(event) => setSought(event.currentTarget.value)}
				/>
				<SegmentedControl<Kind>
					aria-label="Kind"
					value={kind}
					onChange={setKind}
					data={[
						{ value: 'all', label: 'All' },
						{ value: 'chat', label: 'Chat' },
						{ value: 'embedding', label: 'Embedding' },
					]}
				/>
				<Text size="sm" c="dimmed" role="status">
					{data && counted(data.length, 'model')}
				</Text>
			</Group>
			<Rows
				label="Models"
				columns={['Model', 'Kind', 'Context', 'Max. output', 'USD per 1M tokens, in / out', 'Can']}
				query={{ ...query, data }}
				empty="No model matches."
				row={(model) => <ModelRow key={model.id} model={model} />}
			/>
		</>
	);
}
