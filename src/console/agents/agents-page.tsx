import type { PageProps } from '../navigation/pages';
import { AgentEditor } from './agent-editor';
import { AgentList } from './agent-list';
import { NewAgent } from './new-agent';

/** `/agents`, `/agents/new`, `/agents/<id>` and below that one of its tabs. */
export default function AgentsPage({ rest }: PageProps) {
	if (rest === '') return <AgentList />;
	if (rest === 'new') return <NewAgent />;
	const [id = '', tab = ''] = rest.split('/');
	return <AgentEditor key={id} id={id} tab={tab} />;
}
