import { Button, Group, Stack, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { PendingCall } from './turn';

interface ToolResultsProps {
	readonly calls: readonly PendingCall[];
	readonly send: (results: ReadonlyMap<string, string>) => void;
	readonly clear: () => void;
}

/** In the composer's place while the model waits for its tools: no provider takes another message before. */
export function ToolResults({ calls, send, clear }: ToolResultsProps) {
	const [results, setResults] = useState<ReadonlyMap<string, string>>(new Map());
	const complete = calls.every(({ callId }) => results.get(callId));
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		if (complete) send(results);
	};
	return (
		<form className="composer" onSubmit={submit}>
			<Stack gap="xs">
				{calls.map(({ callId, name }) => (
					<Textarea
						key={callId}
						label={`Result of ${name}`}
						description="Text or JSON, as your tool would return it"
						autosize
						minRows={1}
						maxRows={8}
						required
						withAsterisk={false}
						value={results.get(callId) ?? ''}
						onChange={({ currentTarget: { value } }) => setResults((now) => new Map(now).set(callId, value))}
					/>
				))}
				<Group>
					<Button type="submit" disabled={!complete}>
						{calls.length > 1 ? 'Send results' : 'Send result'}
					</Button>
					<Button variant="default" onClick={clear}>
						New conversation
					</Button>
				</Group>
			</Stack>
		</form>
	);
}
