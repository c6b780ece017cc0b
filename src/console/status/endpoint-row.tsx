import { ActionIcon, Group, Table, Text } from '@mantine/core';
import { failedText } from '../failure/upstream-failures';
import { ago, duration } from '../ui/format';
import { LessIcon, MoreBelowIcon } from '../ui/icons';
import { EndpointDetails } from './endpoint-details';
import { HealthState } from './health-state';
import { type Endpoint, figureTexts, isUnused, keysText, STATES } from './health-words';

interface EndpointRowProps {
	readonly endpoint: Endpoint;
	/** ms since epoch */
	readonly now: number;
	readonly opened: boolean;
	readonly toggle: () => void;
}

/** Columns of the table, for what stands below a row. */
const COLUMNS = 8;

export function EndpointRow({ endpoint, now, opened, toggle }: EndpointRowProps) {
	const { provider, host, state } = endpoint;
	const texts = figureTexts(endpoint, now);
	const name = host === null ? provider : `${provider} at ${host}`;
	return (
		<>
			<Table.Tr>
				<Table.Th scope="row">
					<Group gap="xs" wrap="nowrap" align="flex-start">
						<ActionIcon
							variant="default"
							size="sm"
							aria-expanded={opened}
							aria-label={`Models and keys of ${name}`}
							onClick={toggle}
						>
							{opened ? <LessIcon /> : <MoreBelowIcon />}
						</ActionIcon>
						<div>
							<Text size="sm" fw={600} className="wrap">
								{provider}
							</Text>
							<Text size="xs" c="dimmed" ff="monospace" fw={400} className="wrap">
								{host ?? 'the operator’s address'}
							</Text>
							<Text size="xs" c="dimmed" fw={400} className="wrap">
								{keysText(endpoint)}
							</Text>
						</div>
					</Group>
				</Table.Th>
				<Table.Td>
					<HealthState state={state} {...STATES[state]} {...(isUnused(endpoint) && { meaning: 'not used yet' })} />
				</Table.Td>
				<Table.Td>{texts.errorRate}</Table.Td>
				<Table.Td style={{ whiteSpace: 'nowrap' }}>{texts.firstEvent}</Table.Td>
				<Table.Td>{texts.throughput}</Table.Td>
				<Table.Td>
					<Text size="sm" {...(texts.lastErrorAt === null && { c: 'dimmed' })}>
						{texts.lastError}
					</Text>
					{texts.lastErrorAt !== null && (
						<Text size="xs" c="dimmed">
							{texts.lastErrorAt}
						</Text>
					)}
				</Table.Td>
				<Table.Td style={{ whiteSpace: 'nowrap' }}>{texts.nextProbe}</Table.Td>
				<Table.Td>
					<LastCheck check={endpoint.lastCheck} now={now} />
				</Table.Td>
			</Table.Tr>
			{opened && (
				<Table.Tr className="layers">
					<Table.Td colSpan={COLUMNS}>
						<EndpointDetails endpoint={endpoint} name={name} now={now} />
					</Table.Td>
				</Table.Tr>
			)}
		</>
	);
}

function LastCheck({ check, now }: { readonly check: Endpoint['lastCheck']; readonly now: number }) {
	if (check === null)
		return (
			<Text size="sm" c="dimmed">
				none yet
			</Text>
		);
	const { ok, latencyMs, failure, status, at } = check;
	return (
		<>
			<Text size="sm" className={ok ? 'added' : 'gone'}>
				{ok ? `passed in ${duration(latencyMs)}` : `failed: ${failedText({ failure: failure ?? 'network', status })}`}
			</Text>
			<Text size="xs" c="dimmed">
				{ago(at, now)}
			</Text>
		</>
	);
}
