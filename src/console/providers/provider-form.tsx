import { Button, Group, Stack, Text } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useChange } from '../data/queries';
import type { ProviderKind, ProviderRow } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { linkTo } from '../navigation/link';
import { useSignedIn } from '../session/session';
import { fieldsOf } from './new-provider';
import { draftOf, type ProviderDraft, updateInput } from './provider-draft';
import { ProviderFields } from './provider-fields';

interface ProviderFormProps {
	readonly row: ProviderRow;
	readonly kind: ProviderKind;
}

export function ProviderForm({ row, kind }: ProviderFormProps) {
	const { client } = useSignedIn();
	const [draft, setDraft] = useState(() => draftOf(row));
	const form = useRef<HTMLFormElement>(null);
	const update = useChange('providers', client.providers.update.mutate);
	const { at, rest } = fieldErrors(update.error, fieldsOf(kind));
	useFocusAtFault(form, update.error);

	const change = (part: Partial<ProviderDraft>): void => {
		if (update.isSuccess) update.reset();
		setDraft((now) => ({ ...now, ...part }));
	};
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		update.mutate(updateInput(row, draft), { onSuccess: (saved) => setDraft(draftOf(saved)) });
	};
	return (
		<form ref={form} onSubmit={submit} autoComplete="off">
			<Stack maw={820}>
				<FailureAlert failure={rest} title="The key could not be saved" />
				<ProviderFields kind={kind} draft={draft} row={row} errorAt={at} change={change} />
				<Group>
					<Button type="submit" loading={update.isPending}>
						Save
					</Button>
					<Button component="a" variant="default" {...linkTo('/providers')}>
						Back to the keys
					</Button>
					<Text size="sm" role="status">
						{update.isSuccess && 'Saved: in force on the next request.'}
					</Text>
				</Group>
			</Stack>
		</form>
	);
}
