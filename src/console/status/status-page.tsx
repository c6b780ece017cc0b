import { Badge, Button, Center, Loader, Paper, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FailureAlert } from '../failure/failure-alert';
import { duration, instant } from '../ui/format';
import { PageHead } from '../ui/page-head';
import { ProviderHealth } from './provider-health';
import { type PartState, readiness } from './readiness';

const REFRESH_MS = 10_000;

/** What the parts of `/readyz` are; one that is new is shown under its own name. */
const PARTS: Readonly<Record<string, readonly [name: string, holds: string]>> = {
	worker: ['Worker', 'Answers requests'],
	d1: ['D1 database', 'Agents, keys, organizations and usage'],
	kv: ['KV', 'Configuration near the caller'],
	ledger: ['Ledger (Durable Object)', 'Limits, budgets and accounting'],
	health: ['Provider health (Durable Object)', 'Breakers and latencies'],
};

function PartRow({ part, state }: { readonly part: string; readonly state: PartState }) {
	const [name, holds] = PARTS[part] ?? [part, ''];
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" fw={600}>
					{name}
				</Text>
				<Text size="xs" c="dimmed" fw={400}>
					{holds}
				</Text>
			</Table.Th>
			<Table.Td ta="right">
				<Badge variant="light" tt="none" color={state === 'ok' ? 'teal' : 'red'}>
					{state}
				</Badge>
			</Table.Td>
		</Table.Tr>
	);
}

export default function StatusPage() {
	const { data, error, refetch, dataUpdatedAt } = useQuery({
		queryKey: ['readiness'],
		queryFn: ({ signal }) => readiness(signal),
		refetchInterval: REFRESH_MS,
		staleTime: 0,
	});
	return (
		<>
			<PageHead
				title="Status"
				description={`Which parts of the gateway answer, asked every ${duration(REFRESH_MS)}, and how the providers do`}
			>
				<Button variant="default" size="xs" onClick={() => void refetch()}>
					Ask now
				</Button>
			</PageHead>
			<FailureAlert failure={error} title="The gateway does not answer" />
			{!data && !error && (
				<Center p="xl">
					<Loader aria-label="Asking" />
				</Center>
			)}
			{data && (
				<>
					<Paper withBorder maw={640}>
						<Table aria-label="Parts" verticalSpacing="sm" horizontalSpacing="md">
							<Table.Tbody>
								<PartRow part="worker" state={data.alive ? 'ok' : 'failed'} />
								{Object.entries(data.parts).map(([part, state]) => (
									<PartRow key={part} part={part} state={state} />
								))}
							</Table.Tbody>
						</Table>
					</Paper>
					<Text size="xs" c="dimmed" mt="xs">
						Answered in {duration(data.tookMs)}, {instant(dataUpdatedAt)}
					</Text>
				</>
			)}
			<ProviderHealth />
		</>
	);
}
