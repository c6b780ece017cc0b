import { Alert, Button, Center, Loader, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useAgents, useChange } from '../data/queries';
import type { Agent } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { linkTo } from '../navigation/link';
import { navigate } from '../navigation/location';
import { useSignedIn } from '../session/session';
import { Confirmation } from '../ui/confirmation';
import { CheckIcon } from '../ui/icons';
import { PageHead } from '../ui/page-head';
import { draftOf, inputOf } from './agent-draft';
import { AgentForm } from './agent-form';

export function AgentEditor({ id }: { readonly id: string }) {
	const { data, error, refetch } = useAgents();
	if (error) return <FailureAlert failure={error} title="The agent could not be read" retry={() => void refetch()} />;
	if (!data)
		return (
			<Center p="xl">
				<Loader aria-label="Loading" />
			</Center>
		);
	const agent = data.find((each) => each.id === id);
	if (agent) return <Editor agent={agent} />;
	return (
		<>
			<PageHead title="No such agent" />
			<Text>It may have been deleted.</Text>
		</>
	);
}

function Editor({ agent }: { readonly agent: Agent }) {
	const { client } = useSignedIn();
	const update = useChange('agents', client.agents.update.mutate);
	return (
		<>
			<PageHead title={agent.name} description={`Callers name it agent:${agent.slug}`}>
				<Button component="a" {...linkTo(`/?model=${encodeURIComponent(`agent:${agent.slug}`)}`)} variant="default">
					Try it
				</Button>
				<DeleteAgent agent={agent} />
			</PageHead>
			{update.isSuccess && (
				<Alert color="teal" icon={<CheckIcon />} title="Saved" mb="md" role="status">
					In force on the next request.
				</Alert>
			)}
			<AgentForm
				initial={draftOf(agent)}
				action="Save"
				pending={update.isPending}
				failure={update.error}
				save={(draft) => update.mutate({ id: agent.id, ...inputOf(draft) })}
			/>
		</>
	);
}

function DeleteAgent({ agent }: { readonly agent: Agent }) {
	const { client } = useSignedIn();
	const [opened, { open, close }] = useDisclosure(false);
	const remove = useChange('agents', client.agents.delete.mutate);
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
				confirm={() => remove.mutate({ id: agent.id }, { onSuccess: () => navigate('/agents') })}
				close={close}
			>
				Requests that name agent:{agent.slug} will be refused from now on. Its usage stays on record.
			</Confirmation>
		</>
	);
}
