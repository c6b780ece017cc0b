import { Alert, Center, Loader, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useAgents } from '../../data/queries';
import type { Explanation, Question } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { counted } from '../../ui/format';
import { CheckIcon, WarningIcon } from '../../ui/icons';
import { ModelInput } from '../../ui/model-input';
import { useExplanation, useModelNames } from '../queries';
import { useAskingKeys } from './asking-keys';
import { Chain } from './chain';
import { Fields } from './fields';
import { PolicyTable } from './policy-table';

interface ExplainPanelProps {
	/** Slug of the one agent it is about; absent: it is chosen. */
	readonly agent?: string;
}

interface Choice {
	readonly kind: 'chat' | 'embedding';
	/** '' for none, in these three. */
	readonly agent: string;
	readonly model: string;
	readonly key: string;
}

const questionOf = ({ kind, agent, model, key }: Choice): Question => ({
	kind,
	...(agent !== '' && { agent }),
	...(model.trim() !== '' && { model: model.trim() }),
	...(key !== '' && { key }),
});

const KINDS = [
	{ value: 'chat', label: 'Chat' },
	{ value: 'embedding', label: 'Embeddings' },
];

/** What a request would meet, before anybody sends one. */
export function ExplainPanel({ agent: about }: ExplainPanelProps) {
	const [choice, setChoice] = useState<Choice>({ kind: 'chat', agent: about ?? '', model: '', key: '' });
	const [asked] = useDebouncedValue(choice, 200);
	const { data, error, refetch, isPlaceholderData } = useExplanation(questionOf(asked));
	const { data: agents = [] } = useAgents();
	const keys = useAskingKeys();
	const names = useModelNames();
	const change = (part: Partial<Choice>): void => setChoice((now) => ({ ...now, ...part }));
	return (
		<Stack>
			<SimpleGrid cols={{ base: 1, xs: 2, lg: about === undefined ? 4 : 3 }}>
				<Select
					label="Request"
					allowDeselect={false}
					data={KINDS}
					value={choice.kind}
					onChange={(kind) => change({ kind: kind === 'embedding' ? 'embedding' : 'chat', model: '' })}
				/>
				{about === undefined && (
					<Select
						label="Agent"
						placeholder="none"
						clearable
						clearButtonProps={{ 'aria-label': 'Clear the agent' }}
						searchable
						nothingFoundMessage="No such agent"
						data={agents.map(({ slug, name }) => ({ value: slug, label: name }))}
						value={choice.agent || null}
						onChange={(agent) => change({ agent: agent ?? '' })}
					/>
				)}
				<ModelInput
					label="Model the request names"
					placeholder="none: left to the configuration"
					kind={choice.kind}
					before={choice.kind === 'chat' ? names : []}
					value={choice.model}
					onChange={(model) => change({ model })}
				/>
				<Select
					label="Key it comes with"
					placeholder="your own sign-in"
					clearable
					clearButtonProps={{ 'aria-label': 'Clear the key' }}
					searchable
					nothingFoundMessage="No such key"
					data={keys}
					value={choice.key || null}
					onChange={(key) => change({ key: key ?? '' })}
				/>
			</SimpleGrid>
			{error && <FailureAlert failure={error} title="This can’t be explained" retry={() => void refetch()} />}
			{!error && !data && (
				<Center p="xl">
					<Loader aria-label="Finding out" />
				</Center>
			)}
			{!error && data && (
				<Stack style={{ opacity: isPlaceholderData ? 0.6 : 1 }} aria-busy={isPlaceholderData}>
					<Verdict explanation={data} />
					<Fields explanation={data} kind={asked.kind} />
					<Chain route={data} />
					<PolicyTable policy={data.policy} />
				</Stack>
			)}
		</Stack>
	);
}

const KEYS: Readonly<Record<string, string>> = {
	organization: 'your organization’s key',
	environment: 'the gateway’s own key',
	none: 'no key: it needs none',
};

/** The answer in one sentence. */
function Verdict({ explanation }: { readonly explanation: Explanation }) {
	const { refusal, chain, group, warnings } = explanation;
	const [first, ...rest] = chain;
	const answers = [...(first ? [first] : []), ...group, ...rest].find(({ usable }) => usable)?.answers ?? null;
	const others = [...(first ? [first] : []), ...group].filter(({ usable }) => usable).length - 1;
	const who = `${answers?.model ?? 'Nothing'}${others > 0 ? `, or ${counted(others, 'candidate')} beside it,` : ''} answers`;
	const refused = refusal !== null;
	return (
		<Alert
			color={refused ? 'red' : 'teal'}
			variant="light"
			icon={refused ? <WarningIcon /> : <CheckIcon />}
			title={refused ? 'Such a request is refused' : who}
			role="status"
		>
			<Stack gap={4}>
				<Text size="sm">
					{refused ? refusal.message : `with ${KEYS[answers?.key.source ?? 'none'] ?? 'a key'}`}
					{!refused && answers?.key.name != null && ` “${answers.key.name}”`}
					{!refused && answers?.key.last4 != null && ` …${answers.key.last4}`}
				</Text>
				{warnings.map(({ field, message }) => (
					<Text size="sm" key={`${field} ${message}`}>
						<b>{field}</b>: {message}
					</Text>
				))}
			</Stack>
		</Alert>
	);
}
