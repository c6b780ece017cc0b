import { Alert, Button, Center, Group, Loader, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useRef, useState } from 'react';
import { useModelBehind } from '../../configuration/queries';
import { useChange } from '../../data/queries';
import type { Agent, PromptInForce, PromptSource } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../../failure/fields';
import { useSignedIn } from '../../session/session';
import { ChangedMeanwhile, isOutdated } from '../../ui/changed-meanwhile';
import { Confirmation } from '../../ui/confirmation';
import { Saved } from '../../ui/saved';
import { PromptDifference } from './prompt-difference';
import { draftOf, FIELDS, isTwice, type PromptDraft, sourceOf, typedValue } from './prompt-draft';
import { PromptFields } from './prompt-fields';
import { PromptPreview } from './prompt-preview';
import { usePreview, usePrompt } from './queries';
import './prompt.css';

export function PromptTab({ agent }: { readonly agent: Agent }) {
	const { data, error, refetch } = usePrompt(agent.id);
	if (data) return <PromptEditor agent={agent} inForce={data} />;
	if (error) return <FailureAlert failure={error} title="The prompt could not be read" retry={() => void refetch()} />;
	return (
		<Center p="xl">
			<Loader aria-label="Loading the prompt" />
		</Center>
	);
}

interface PromptEditorProps {
	readonly agent: Agent;
	readonly inForce: PromptInForce;
}

const isSame = (left: PromptSource | null, right: PromptSource | null): boolean =>
	JSON.stringify(left && sourceOf(draftOf(left))) === JSON.stringify(right && sourceOf(draftOf(right)));

interface Writing {
	readonly prompt: PromptSource | null;
	readonly version: number | null;
	readonly note: string;
}

/** Holds what was begun from, so that what others did meanwhile is noticed. */
function useEditing(agent: Agent, inForce: PromptInForce) {
	const { client } = useSignedIn();
	const [base, setBase] = useState(inForce);
	const [draft, setDraft] = useState(() => draftOf(inForce.prompt));
	const [note, setNote] = useState('');
	const write = useChange('prompts', ({ prompt, version, note: about }: Writing) => {
		const written = { agent: agent.id, version, ...(about.trim() !== '' && { note: about.trim() }) };
		return prompt === null
			? client.trpc.prompts.clear.mutate(written)
			: client.trpc.prompts.set.mutate({ ...written, prompt });
	});
	const begin = (from: PromptInForce): void => {
		setBase(from);
		setDraft(draftOf(from.prompt));
		setNote('');
	};
	const save = (prompt: PromptSource | null, version: number | null): void =>
		write.mutate({ prompt, version, note }, { onSuccess: begin });
	const change = (part: Partial<PromptDraft>): void => setDraft((now) => ({ ...now, ...part }));
	return { base, draft, note, setNote, write, begin, save, change };
}

function PromptEditor({ agent, inForce }: PromptEditorProps) {
	const { base, draft, note, setNote, write, begin, save, change } = useEditing(agent, inForce);
	const [values, setValues] = useState<Readonly<Record<string, string>>>({});
	const form = useRef<HTMLFormElement>(null);
	const source = sourceOf(draft);
	const given = draft.variables.flatMap(({ name, type }) => {
		const text = values[name.trim()] ?? '';
		return text === '' ? [] : [[name.trim(), typedValue(type, text)] as const];
	});
	const preview = usePreview(source, Object.fromEntries(given));
	const price = useModelBehind(agent.model)?.pricing?.inputUsdPerMillion ?? null;

	const outdated = isOutdated(write.error);
	const failure = outdated ? null : (write.error ?? (source === null ? null : preview.error));
	const { at, rest } = fieldErrors(failure, FIELDS);
	useFocusAtFault(form, outdated ? null : write.error);
	const twice = draft.variables.some(({ name }) => isTwice(draft.variables, name));
	const moved = inForce.version !== base.version;
	if (moved && !write.isPending && isSame(base.prompt, source)) begin(inForce);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		save(source, base.version);
	};
	return (
		<div className="beside">
			<form ref={form} onSubmit={submit}>
				<Stack>
					<FailureAlert failure={write.error && !outdated ? rest : null} title="The prompt could not be saved" />
					<PromptFields draft={draft} errorAt={(field) => at(`prompt.${field}`)} change={change} />
					<TextInput
						label="Note"
						description="Why it was changed: it stands in the history"
						value={note}
						onChange={(event) => setNote(event.currentTarget.value)}
					/>
					{!outdated && moved && !write.isPending && (
						<Alert color="orange" variant="light" title="A newer version is in force">
							Version {inForce.version ?? 'none'} was written after you began.{' '}
							<Button size="compact-sm" variant="default" onClick={() => begin(inForce)}>
								Discard mine and reload
							</Button>
						</Alert>
					)}
					{outdated && (
						<ChangedMeanwhile
							what="prompt"
							overwrite="Save mine in its place"
							pending={write.isPending}
							save={() => save(source, inForce.version)}
							reload={() => {
								begin(inForce);
								write.reset();
							}}
						>
							{moved ? <PromptDifference before={base.prompt} after={inForce.prompt} /> : null}
						</ChangedMeanwhile>
					)}
					<Saved shown={write.isSuccess && isSame(base.prompt, source)} />
					<Group>
						<Button
							type="submit"
							loading={write.isPending}
							disabled={twice || (source === null && base.version === null)}
						>
							Save prompt
						</Button>
						{base.prompt !== null && <ClearPrompt pending={write.isPending} clear={() => save(null, base.version)} />}
					</Group>
				</Stack>
			</form>
			<PromptPreview
				preview={preview}
				empty={source === null}
				explained={rest === null}
				variables={draft.variables}
				values={values}
				price={price}
				give={(name, value) => setValues((now) => ({ ...now, [name]: value }))}
			/>
		</div>
	);
}

function ClearPrompt({ pending, clear }: { readonly pending: boolean; readonly clear: () => void }) {
	const [opened, { open, close }] = useDisclosure(false);
	return (
		<>
			<Button variant="light" color="red" onClick={open}>
				Remove prompt
			</Button>
			<Confirmation
				opened={opened}
				title="Remove the prompt?"
				action="Remove"
				pending={pending}
				failure={null}
				confirm={() => {
					close();
					clear();
				}}
				close={close}
			>
				The agent answers without one from the next request on. Its history stays, so that it can be brought back.
			</Confirmation>
		</>
	);
}
