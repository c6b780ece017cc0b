import { useState } from 'react';
import { useChange } from '../data/queries';
import { navigate } from '../navigation/location';
import { useSignedIn } from '../session/session';
import { PageHead } from '../ui/page-head';
import { createInput, NEW_AGENT } from './agent-draft';
import { AgentForm } from './agent-form';

export function NewAgent() {
	const { client } = useSignedIn();
	const [draft, setDraft] = useState(NEW_AGENT);
	const create = useChange('agents', client.agents.create.mutate);
	return (
		<>
			<PageHead title="New agent" />
			<AgentForm
				draft={draft}
				change={(part) => setDraft((now) => ({ ...now, ...part }))}
				action="Create agent"
				pending={create.isPending}
				failure={create.error}
				isNew
				save={() => create.mutate(createInput(draft), { onSuccess: () => navigate('/agents') })}
			/>
		</>
	);
}
