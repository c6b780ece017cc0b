/** All of an agent but its prompt. Only what was changed here is written, so that others' changes stay. */
import { useState } from 'react';
import { changedFields } from '../data/changed';
import { useChange } from '../data/queries';
import type { Agent } from '../data/types';
import { useSignedIn } from '../session/session';
import { ChangedMeanwhile, isOutdated } from '../ui/changed-meanwhile';
import { ChangesTable } from '../ui/changes-table';
import { fieldChanges } from '../ui/field-changes';
import { Saved } from '../ui/saved';
import { type AgentDraft, draftOf, fieldsOf } from './agent-draft';
import { AgentForm } from './agent-form';

const contentOf = (agent: Agent) => fieldsOf(draftOf(agent));

const isSame = (left: object, right: object): boolean => fieldChanges(left, right).length === 0;

export function AgentSettings({ agent }: { readonly agent: Agent }) {
	const { client } = useSignedIn();
	const [base, setBase] = useState(agent);
	const [draft, setDraft] = useState(() => draftOf(agent));
	const update = useChange('agents', client.agents.update.mutate);

	const begin = (from: Agent): void => {
		setBase(from);
		setDraft(draftOf(from));
	};
	const change = (part: Partial<AgentDraft>): void => setDraft((now) => ({ ...now, ...part }));
	const changed = changedFields(contentOf(base), fieldsOf(draft));
	const theirs = fieldChanges(contentOf(base), contentOf(agent));
	// A version that moved for something else, the prompt say, is nobody's conflict here.
	const known = theirs.length === 0 && agent.version > base.version ? agent.version : base.version;
	const save = (version: number): void => update.mutate({ id: agent.id, version, ...changed }, { onSuccess: begin });
	const outdated = isOutdated(update.error);
	if (agent.version > base.version && isSame(contentOf(base), fieldsOf(draft))) begin(agent);
	return (
		<AgentForm
			draft={draft}
			change={change}
			action="Save"
			pending={update.isPending}
			failure={outdated ? null : update.error}
			save={() => save(known)}
		>
			{outdated && (
				<ChangedMeanwhile
					what="agent"
					overwrite="Save my changes on top of theirs"
					pending={update.isPending}
					save={() => save(agent.version)}
					reload={() => {
						begin(agent);
						update.reset();
					}}
				>
					{agent.version > base.version ? (
						<ChangesTable
							label="Their changes"
							changes={theirs}
							before="When you began"
							after="By now"
							empty="Nothing that stands here: yours can be saved."
						/>
					) : null}
				</ChangedMeanwhile>
			)}
			<Saved shown={update.isSuccess && isSame(contentOf(base), fieldsOf(draft))} />
		</AgentForm>
	);
}
