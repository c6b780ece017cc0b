import { Anchor, Button, Group, Table, Text } from '@mantine/core';
import { useAgents } from '../data/queries';
import type { Agent } from '../data/types';
import { linkTo } from '../navigation/link';
import { instant } from '../ui/format';
import { PlusIcon } from '../ui/icons';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';

function AgentRow({ agent }: { readonly agent: Agent }) {
	const { id, slug, name, model, fallbacks, updatedAt } = agent;
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Anchor {...linkTo(`/agents/${id}`)} fw={600}>
					{name}
				</Anchor>
				<Text size="xs" c="dimmed" ff="monospace" fw={400}>
					{slug}
				</Text>
			</Table.Th>
			<Table.Td>
				<Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
					{model}
				</Text>
			</Table.Td>
			<Table.Td>
				<Text size="xs" ff="monospace" {...(fallbacks.length === 0 && { c: 'dimmed' })}>
					{fallbacks.join(', then ') || 'none of its own'}
				</Text>
			</Table.Td>
			<Table.Td>
				<Text size="sm">{instant(updatedAt)}</Text>
			</Table.Td>
			<Table.Td>
				<Group gap="xs" wrap="nowrap">
					<Button
						component="a"
						{...linkTo(`/?model=${encodeURIComponent(`agent:${slug}`)}`)}
						variant="default"
						size="compact-sm"
						aria-label={`Try ${name}`}
					>
						Try it
					</Button>
					<Button
						component="a"
						{...linkTo(`/agents/${id}`)}
						variant="default"
						size="compact-sm"
						aria-label={`Edit ${name}`}
					>
						Edit
					</Button>
				</Group>
			</Table.Td>
		</Table.Tr>
	);
}

export function AgentList() {
	const query = useAgents();
	return (
		<>
			<PageHead title="Agents" description="A model, its fallbacks and its prompt under one name">
				<Button component="a" {...linkTo('/agents/new')} leftSection={<PlusIcon />}>
					New agent
				</Button>
			</PageHead>
			<Rows
				label="Agents"
				columns={['Agent', 'Model', 'Fallbacks', 'Changed', 'Actions']}
				query={query}
				empty="No agent yet. Create one, and callers name it as agent:<slug>."
				row={(agent) => <AgentRow key={agent.id} agent={agent} />}
			/>
		</>
	);
}
