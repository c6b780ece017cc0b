import { useChange } from '../data/queries';
import { navigate } from '../navigation/location';
import { useSignedIn } from '../session/session';
import { PageHead } from '../ui/page-head';
import { inputOf, NEW_AGENT } from './agent-draft';
import { AgentForm } from './agent-form';

export function NewAgent() {
	const { client } = useSignedIn();
	const create = useChange('agents', client.agents.create.mutate);
	return (
		<>
			<PageHead title="New agent" />
			<AgentForm
				initial={NEW_AGENT}
				action="Create agent"
				pending={create.isPending}
				failure={create.error}
				isNew
				save={(draft) => create.mutate(inputOf(draft), { onSuccess: () => navigate('/agents') })}
			/>
		</>
	);
}
