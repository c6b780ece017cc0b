import {
	Button,
	Checkbox,
	Group,
	Input,
	MultiSelect,
	Select,
	Stack,
	Switch,
	TagsInput,
	TextInput,
} from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useAgents, useModels } from '../data/queries';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { FIELDS, type KeyDraft, LIFETIMES, NEW_KEY } from './key-draft';

interface KeyFormProps {
	readonly pending: boolean;
	readonly failure: unknown;
	readonly save: (draft: KeyDraft) => void;
	readonly cancel: () => void;
}

export function KeyForm({ pending, failure, save, cancel }: KeyFormProps) {
	const [draft, setDraft] = useState(NEW_KEY);
	const form = useRef<HTMLFormElement>(null);
	const { data: models = [] } = useModels();
	const { data: agents = [] } = useAgents();
	const { at, rest } = fieldErrors(failure, FIELDS);
	useFocusAtFault(form, failure);

	const change = (part: Partial<KeyDraft>): void => setDraft((now) => ({ ...now, ...part }));
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		save(draft);
	};
	const providers = [...new Set(models.map(({ provider }) => `${provider}/*`))];
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The key could not be created" />
				<TextInput
					label="Name"
					description="Who or what will use it"
					required
					data-autofocus
					value={draft.name}
					error={at('name')}
					onChange={(event) => change({ name: event.currentTarget.value })}
				/>
				<Input.Wrapper labelElement="div" label="Scopes" error={at('scopes')}>
					<Stack gap="xs" mt={4}>
						<Checkbox
							label="inference: calls models"
							checked={draft.inference}
							onChange={(event) => change({ inference: event.currentTarget.checked })}
						/>
						<Checkbox
							label="manage: administers agents, keys and limits"
							checked={draft.manage}
							onChange={(event) => change({ manage: event.currentTarget.checked })}
						/>
					</Stack>
				</Input.Wrapper>
				<TagsInput
					label="Allowed models"
					description="Empty: all. Patterns such as openai/* or mock/echo"
					data={[...providers, ...models.map(({ id }) => id)]}
					limit={60}
					maxDropdownHeight={240}
					value={[...draft.allowedModels]}
					error={at('allowedModels')}
					onChange={(allowedModels) => change({ allowedModels })}
				/>
				<MultiSelect
					label="Allowed agents"
					description="Empty: all"
					searchable
					nothingFoundMessage="No such agent"
					data={agents.map(({ slug, name }) => ({ value: slug, label: name }))}
					value={[...draft.allowedAgents]}
					error={at('allowedAgents')}
					onChange={(allowedAgents) => change({ allowedAgents })}
				/>
				<TagsInput
					label="Browser origins"
					description="Web pages that may use it, e.g. https://app.example"
					value={[...draft.origins]}
					error={at('origins')}
					onChange={(origins) => change({ origins })}
				/>
				<Select
					label="Expires"
					allowDeselect={false}
					data={LIFETIMES.map((lifetime) => ({ ...lifetime }))}
					value={draft.lifetime}
					error={draft.lifetime === 'custom' ? undefined : at('expiresAt')}
					onChange={(lifetime) => change({ lifetime: lifetime ?? 'never' })}
				/>
				{draft.lifetime === 'custom' && (
					<TextInput
						type="datetime-local"
						label="Date and time"
						required
						value={draft.expiresAt}
						error={at('expiresAt')}
						onChange={(event) => change({ expiresAt: event.currentTarget.value })}
					/>
				)}
				<Switch
					label="May name another model beside an agent"
					checked={draft.mayOverrideModel}
					onChange={(event) => change({ mayOverrideModel: event.currentTarget.checked })}
				/>
				<Group justify="flex-end">
					<Button variant="default" onClick={cancel}>
						Cancel
					</Button>
					<Button type="submit" loading={pending}>
						Create key
					</Button>
				</Group>
			</Stack>
		</form>
	);
}
