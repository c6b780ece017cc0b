import {
	Badge,
	Button,
	Center,
	Group,
	Loader,
	Paper,
	SegmentedControl,
	Stack,
	Text,
	UnstyledButton,
} from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../data/queries';
import type { Agent, PromptVersion } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { useSignedIn } from '../../session/session';
import { instant } from '../../ui/format';
import { NextPage } from '../../ui/next-page';
import { PromptDifference } from './prompt-difference';
import { usePromptVersions } from './queries';

export function VersionsTab({ agent }: { readonly agent: Agent }) {
	const query = usePromptVersions(agent.id);
	const { data, error, refetch } = query;
	const [chosen, setChosen] = useState<number | null>(null);
	if (error && !data)
		return <FailureAlert failure={error} title="The history could not be read" retry={() => void refetch()} />;
	if (!data)
		return (
			<Center p="xl">
				<Loader aria-label="Loading the history" />
			</Center>
		);
	const [newest] = data;
	if (!newest) return <Text c="dimmed">This agent has never had a prompt.</Text>;
	const shown = data.find(({ version }) => version === chosen) ?? newest;
	return (
		<div className="aside">
			<Stack gap="xs" component="nav" aria-label="Versions">
				{data.map((version) => (
					<VersionButton
						key={version.version}
						version={version}
						inForce={version.version === agent.promptVersion}
						current={version === shown}
						choose={() => setChosen(version.version)}
					/>
				))}
				<NextPage query={query} />
			</Stack>
			<ShownVersion
				key={shown.version}
				agent={agent}
				version={shown}
				before={data.find(({ version }) => version === shown.version - 1)}
				inForce={newest}
				reverted={() => setChosen(null)}
			/>
		</div>
	);
}

interface VersionButtonProps {
	readonly version: PromptVersion;
	readonly inForce: boolean;
	readonly current: boolean;
	readonly choose: () => void;
}

function VersionButton({ version, inForce, current, choose }: VersionButtonProps) {
	return (
		<UnstyledButton onClick={choose} className="version" aria-current={current}>
			<Group gap="xs">
				<Text size="sm" fw={600}>
					Version {version.version}
				</Text>
				{inForce && (
					<Badge variant="light" color="teal" tt="none">
						in force
					</Badge>
				)}
				{version.source === null && (
					<Badge variant="default" tt="none">
						no prompt
					</Badge>
				)}
			</Group>
			<Text size="xs" c="dimmed">
				{instant(version.createdAt)} · {version.createdBy}
			</Text>
			{version.note !== null && <Text size="sm">{version.note}</Text>}
		</UnstyledButton>
	);
}

interface ShownVersionProps {
	readonly agent: Agent;
	readonly version: PromptVersion;
	/** undefined: not read, or there is none. */
	readonly before: PromptVersion | undefined;
	/** The newest one; it may be the one that took the prompt away. */
	readonly inForce: PromptVersion;
	readonly reverted: () => void;
}

type Against = 'before' | 'now';

function ShownVersion({ agent, version, before, inForce, reverted }: ShownVersionProps) {
	const { client } = useSignedIn();
	const isNewest = version.version === inForce.version;
	const [against, setAgainst] = useState<Against>('before');
	const revert = useChange('prompts', client.trpc.prompts.revert.mutate);
	const comparesNow = against === 'now' && !isNewest;
	return (
		<Paper withBorder p="md" component="section" aria-label={`Version ${version.version}`}>
			<Stack gap="sm">
				<Group justify="space-between">
					{isNewest ? (
						<Text fw={600}>What version {version.version} changed</Text>
					) : (
						<SegmentedControl<Against>
							aria-label="Compare"
							value={against}
							onChange={setAgainst}
							data={[
								{ value: 'before', label: 'What it changed' },
								{ value: 'now', label: 'What going back changes' },
							]}
						/>
					)}
					{!isNewest && (
						<Button
							loading={revert.isPending}
							onClick={() =>
								revert.mutate(
									{
										agent: agent.id,
										to: version.version,
										version: agent.promptVersion,
										note: `Back to version ${version.version}`,
									},
									{ onSuccess: reverted },
								)
							}
						>
							Go back to version {version.version}
						</Button>
					)}
				</Group>
				<FailureAlert failure={revert.error} title="That version could not be brought back" />
				{comparesNow && <PromptDifference before={inForce.source} after={version.source} />}
				{!comparesNow && !before && version.version > 1 && (
					<Text c="dimmed">Show older versions to compare it with the one before.</Text>
				)}
				{!comparesNow && (before || version.version === 1) && (
					<PromptDifference before={before?.source ?? null} after={version.source} />
				)}
			</Stack>
		</Paper>
	);
}
