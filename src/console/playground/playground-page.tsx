import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useCallback, useEffect, useState } from 'react';
import type { ChatInput } from '../../client';
import { useAgents } from '../data/queries';
import { SettingsIcon } from '../ui/icons';
import { ModelInput } from '../ui/model-input';
import { PageHead } from '../ui/page-head';
import { Composer } from './composer';
import { useConversation } from './conversation-context';
import { parseTools } from './draft';
import { DraftSettings } from './draft-settings';
import { requestOf } from './request';
import { ToolResults } from './tool-results';
import { Transcript } from './transcript';
import { pendingCalls } from './turn';

/** `/?model=agent:support` opens it with that model chosen. */
function useModelOfAddress(choose: (model: string) => void): void {
	useEffect(() => {
		const model = new URLSearchParams(location.search).get('model');
		if (model === null) return;
		choose(model);
		history.replaceState(null, '', location.pathname);
	}, [choose]);
}

export function PlaygroundPage() {
	const { turns, draft, setDraft, answering, ask, stop, clear, nextId } = useConversation();
	const { data: agents = [] } = useAgents();
	const [opened, { toggle, open }] = useDisclosure(false);
	const [round, setRound] = useState(0);
	useModelOfAddress(useCallback((model) => setDraft({ model }), [setDraft]));

	const calls = answering ? [] : pendingCalls(turns);
	const broken = parseTools(draft.tools).error !== null;
	const send = (text: string): void => ask([...turns, { role: 'user', id: nextId(), text }]);
	const sendResults = (results: ReadonlyMap<string, string>): void =>
		ask([
			...turns,
			...calls.map((call) => ({ role: 'tool' as const, id: nextId(), ...call, text: results.get(call.callId) ?? '' })),
		]);
	const requestFor = (text: string): ChatInput | null => {
		const { tools } = parseTools(draft.tools);
		return tools && requestOf(draft, tools, [...turns, { role: 'user', id: 0, text }]);
	};
	const retry = useCallback(() => ask(turns.slice(0, -1)), [ask, turns]);
	const restart = (): void => {
		clear();
		setRound((now) => now + 1);
	};
	return (
		<div className="playground">
			<div className="conversation">
				<PageHead title="Playground">
					<Button
						className="settings-toggle"
						variant="default"
						size="xs"
						leftSection={<SettingsIcon />}
						aria-expanded={opened}
						onClick={toggle}
					>
						Settings
					</Button>
					<Button variant="default" size="xs" onClick={restart} disabled={turns.length === 0}>
						New conversation
					</Button>
				</PageHead>
				<Group mb="md">
					<ModelInput
						label="Model or agent"
						w="100%"
						maw={420}
						value={draft.model}
						onChange={(model) => setDraft({ model })}
						before={[
							{ group: 'Configuration', items: ['default'] },
							{ group: 'Agents', items: agents.map(({ slug }) => `agent:${slug}`) },
						]}
						placeholder="default"
					/>
					{broken && (
						<Button color="red" variant="light" size="xs" onClick={open}>
							The tools are not valid JSON
						</Button>
					)}
				</Group>
				<Transcript turns={turns} retry={retry} />
				{calls.length > 0 ? (
					<ToolResults key={turns.length} calls={calls} send={sendResults} clear={restart} />
				) : (
					<Composer key={round} answering={answering} blocked={broken} send={send} requestOf={requestFor} stop={stop} />
				)}
			</div>
			<DraftSettings draft={draft} change={setDraft} opened={opened} />
		</div>
	);
}
