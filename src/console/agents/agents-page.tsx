import type { PageProps } from '../navigation/pages';
import { AgentEditor } from './agent-editor';
import { AgentList } from './agent-list';
import { NewAgent } from './new-agent';

/** `/agents`, `/agents/new`, `/agents/<id>`. */
export default function AgentsPage({ rest }: PageProps) {
	if (rest === '') return <AgentList />;
	return rest === 'new' ? <NewAgent /> : <AgentEditor key={rest} id={rest} />;
}
