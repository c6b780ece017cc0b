import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { FIELDS, type KeyDraft } from './key-draft';
import { LifetimeFields, LimitFields, OverrideFields } from './key-limits';
import { ReachFields } from './key-reach';

interface KeyFormProps {
	readonly initial: KeyDraft;
	readonly action: string;
	readonly pending: boolean;
	readonly failure: unknown;
	/** Beside the buttons. */
	readonly children?: ReactNode;
	readonly save: (draft: KeyDraft) => void;
	readonly cancel: () => void;
}

export interface KeyFieldsProps {
	readonly draft: KeyDraft;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<KeyDraft>) => void;
}

export function KeyForm({ initial, action, pending, failure, children, save, cancel }: KeyFormProps) {
	const [draft, setDraft] = useState(initial);
	const form = useRef<HTMLFormElement>(null);
	const { at, rest } = fieldErrors(failure, FIELDS);
	useFocusAtFault(form, failure);

	const change = (part: Partial<KeyDraft>): void => setDraft((now) => ({ ...now, ...part }));
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		save(draft);
	};
	const fields = { draft, errorAt: at, change };
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The key could not be saved" />
				<TextInput
					label="Name"
					description="Who or what will use it"
					required
					data-autofocus
					value={draft.name}
					error={at('name')}
					onChange={(event) => change({ name: event.currentTarget.value })}
				/>
				<ReachFields {...fields} />
				<LimitFields {...fields} />
				<OverrideFields {...fields} />
				<LifetimeFields {...fields} />
				<Group justify="flex-end">
					{children}
					<Button variant="default" onClick={cancel}>
						Cancel
					</Button>
					<Button type="submit" loading={pending}>
						{action}
					</Button>
				</Group>
			</Stack>
		</form>
	);
}
