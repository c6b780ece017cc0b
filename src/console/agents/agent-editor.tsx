import { Button, Center, Loader, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ExplainPanel } from '../configuration/explain/explain-panel';
import { useAgents, useChange } from '../data/queries';
import type { Agent } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { linkTo } from '../navigation/link';
import { navigate } from '../navigation/location';
import { useSignedIn } from '../session/session';
import { Confirmation } from '../ui/confirmation';
import { PageHead } from '../ui/page-head';
import { PageTabs } from '../ui/page-tabs';
import { AgentSettings } from './agent-settings';
import { PromptTab } from './prompt/prompt-tab';
import { VersionsTab } from './prompt/versions-tab';

interface AgentEditorProps {
	readonly id: string;
	/** Path of the tab; empty: the first one. */
	readonly tab: string;
}

export function AgentEditor({ id, tab }: AgentEditorProps) {
	const { data, error, refetch } = useAgents();
	if (error && !data)
		return <FailureAlert failure={error} title="The agent could not be read" retry={() => void refetch()} />;
	if (!data)
		return (
			<Center p="xl">
				<Loader aria-label="Loading" />
			</Center>
		);
	const agent = data.find((each) => each.id === id);
	if (agent) return <Editor agent={agent} tab={tab} />;
	return (
		<>
			<PageHead title="No such agent" />
			<Text>It may have been deleted.</Text>
		</>
	);
}

function Editor({ agent, tab }: { readonly agent: Agent; readonly tab: string }) {
	return (
		<>
			<PageHead title={agent.name} description={`Callers name it agent:${agent.slug}`}>
				<Button component="a" {...linkTo(`/?model=${encodeURIComponent(`agent:${agent.slug}`)}`)} variant="default">
					Try it
				</Button>
				<DeleteAgent agent={agent} />
			</PageHead>
			<PageTabs
				label="Parts of the agent"
				path={`/agents/${agent.id}`}
				current={tab}
				keepMounted
				tabs={[
					{ path: '', label: 'Settings', content: <AgentSettings agent={agent} /> },
					{ path: 'prompt', label: 'Prompt', content: <PromptTab agent={agent} /> },
					{ path: 'versions', label: 'Prompt history', content: tab === 'versions' && <VersionsTab agent={agent} /> },
					{ path: 'explain', label: 'Explain', content: tab === 'explain' && <ExplainPanel agent={agent.slug} /> },
				]}
			/>
		</>
	);
}

function DeleteAgent({ agent }: { readonly agent: Agent }) {
	const { client } = useSignedIn();
	const [opened, { open, close }] = useDisclosure(false);
	// Left before the list is read anew: there is no such agent in it.
	const remove = useChange('agents', async (input: { readonly id: string; readonly version: number }) => {
		await client.agents.delete.mutate(input);
		navigate('/agents');
	});
	const done = (): void => {
		close();
		remove.reset();
	};
	return (
		<>
			<Button variant="light" color="red" onClick={open}>
				Delete
			</Button>
			<Confirmation
				opened={opened}
				title={`Delete ${agent.name}?`}
				action="Delete agent"
				pending={remove.isPending}
				failure={remove.error}
				confirm={() => remove.mutate({ id: agent.id, version: agent.version })}
				close={done}
			>
				Requests that name agent:{agent.slug} will be refused from now on. Its usage stays on record.
			</Confirmation>
		</>
	);
}
