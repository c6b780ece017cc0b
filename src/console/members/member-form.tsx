import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useChange } from '../data/queries';
import type { Member, SetMember } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { useSignedIn } from '../session/session';
import { roleChoices, roleOf } from './roles';

interface MemberFormProps {
	/** null: somebody new. */
	readonly member: Member | null;
	readonly close: () => void;
}

const FIELDS = ['userId', 'role', 'email', 'name'];

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** What an untouched field holds is not said again: it may be another organization's to say. */
function inputOf(member: Member | null, draft: { userId: string; role: Member['role']; email: string; name: string }) {
	const email = orNull(draft.email);
	const name = orNull(draft.name);
	return {
		userId: draft.userId,
		role: draft.role,
		...(email !== (member?.email ?? null) && { email }),
		...(name !== (member?.name ?? null) && { name }),
	} satisfies SetMember;
}

export function MemberForm({ member, close }: MemberFormProps) {
	const { client, access } = useSignedIn();
	const [draft, setDraft] = useState({
		userId: member?.userId ?? '',
		role: member?.role ?? ('member' as const),
		email: member?.email ?? '',
		name: member?.name ?? '',
	});
	const form = useRef<HTMLFormElement>(null);
	const set = useChange('members', client.memberships.set.mutate);
	const { at, rest } = fieldErrors(set.error, FIELDS);
	useFocusAtFault(form, set.error);
	const change = (part: Partial<typeof draft>): void => setDraft((now) => ({ ...now, ...part }));
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		set.mutate(inputOf(member, draft), { onSuccess: close });
	};
	const again = member !== null && member.removedAt !== null;
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The member could not be saved" />
				<TextInput
					label="User id"
					description="The claim sub of the user’s tokens, exactly as it stands there"
					required
					spellCheck={false}
					{...(member === null && { 'data-autofocus': true })}
					readOnly={member !== null}
					value={draft.userId}
					error={at('userId')}
					onChange={(event) => change({ userId: event.currentTarget.value })}
				/>
				<Select
					label="Role"
					{...(!access.owns && { description: 'Owner and admin are an owner’s to give' })}
					{...(member !== null && { 'data-autofocus': true })}
					allowDeselect={false}
					data={roleChoices(access.owns)}
					value={draft.role}
					error={at('role')}
					onChange={(role) => change({ role: roleOf(role ?? '') })}
				/>
				<TextInput
					label="Name"
					value={draft.name}
					error={at('name')}
					onChange={(event) => change({ name: event.currentTarget.value })}
				/>
				<TextInput
					label="E-mail address"
					inputMode="email"
					value={draft.email}
					error={at('email')}
					onChange={(event) => change({ email: event.currentTarget.value })}
				/>
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={set.isPending}>
						{member === null ? 'Add member' : again ? 'Let in again' : 'Save'}
					</Button>
				</Group>
			</Stack>
		</form>
	);
}
