import { Autocomplete, Button, Group, MultiSelect, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useProviderIds } from '../configuration/profiles/provider-ids';
import { changedFields } from '../data/changed';
import { useChange, useModels } from '../data/queries';
import type { GlobalSetting } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { useSignedIn } from '../session/session';
import { ChangedMeanwhile, isOutdated } from '../ui/changed-meanwhile';
import { ChangesTable } from '../ui/changes-table';
import { fieldChanges } from '../ui/field-changes';
import { ModelSettingsFields } from '../ui/model-settings';
import {
	CAPABILITIES,
	CATEGORIES,
	createInput,
	draftOf,
	FIELDS,
	fieldsOf,
	type GlobalDraft,
	NEW_SETTING,
} from './global-draft';
import { useGlobalSettings } from './queries';

interface GlobalFormProps {
	/** null: a new one. */
	readonly row: GlobalSetting | null;
	readonly close: () => void;
}

const contentOf = (row: GlobalSetting) => fieldsOf(draftOf(row));

export function GlobalForm({ row, close }: GlobalFormProps) {
	const { client } = useSignedIn();
	const [base, setBase] = useState(row);
	const [draft, setDraft] = useState(() => (row ? draftOf(row) : NEW_SETTING));
	const form = useRef<HTMLFormElement>(null);
	const { data: rows = [] } = useGlobalSettings();
	const now = rows.find(({ id }) => id === row?.id);
	const write = useChange('global', (version: number | null) =>
		base === null || version === null
			? client.trpc.globalSettings.create.mutate(createInput(draft))
			: client.trpc.globalSettings.update.mutate({
					id: base.id,
					version,
					...changedFields(contentOf(base), fieldsOf(draft)),
				}),
	);
	const outdated = isOutdated(write.error);
	const { at, rest } = fieldErrors(outdated ? null : write.error, FIELDS);
	useFocusAtFault(form, write.error);

	const change = (part: Partial<GlobalDraft>): void => setDraft((before) => ({ ...before, ...part }));
	const save = (version: number | null): void => write.mutate(version, { onSuccess: close });
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		save(base?.version ?? null);
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The setting could not be saved" />
				<GlobalFields draft={draft} row={row} errorAt={at} change={change} />
				{outdated && base && (
					<ChangedMeanwhile
						what="setting"
						overwrite="Save my changes on top of theirs"
						pending={write.isPending}
						save={() => now && save(now.version)}
						reload={() => {
							if (now) {
								setBase(now);
								setDraft(draftOf(now));
							}
							write.reset();
						}}
					>
						{now && now.version !== base.version ? (
							<ChangesTable
								label="Their changes"
								changes={fieldChanges(contentOf(base), contentOf(now))}
								empty="Nothing that stands here: yours can be saved."
							/>
						) : null}
					</ChangedMeanwhile>
				)}
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={write.isPending}>
						{row ? 'Save' : 'Create setting'}
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

interface GlobalFieldsProps {
	readonly draft: GlobalDraft;
	readonly row: GlobalSetting | null;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<GlobalDraft>) => void;
}

function GlobalFields({ draft, row, errorAt, change }: GlobalFieldsProps) {
	const { data: models = [] } = useModels();
	const providers = useProviderIds();
	const offered = models.filter(({ provider, kind }) => provider === draft.provider && kind === 'chat');
	const chosen = offered.find(({ model }) => model === draft.model);
	const follows = row?.isDefault ?? false;
	return (
		<>
			<SimpleGrid cols={{ base: 1, sm: 3 }}>
				<TextInput
					label="Id"
					description="Everybody names it profile:<id>"
					inputWrapperOrder={['label', 'input', 'description', 'error']}
					required
					readOnly={row !== null}
					data-autofocus={row === null}
					spellCheck={false}
					value={draft.id}
					error={errorAt('id')}
					onChange={(event) => change({ id: event.currentTarget.value })}
				/>
				<TextInput
					label="Shown as"
					required
					value={draft.displayName}
					error={errorAt('displayName')}
					onChange={(event) => change({ displayName: event.currentTarget.value })}
				/>
				<Select
					label="Category"
					allowDeselect={false}
					data={[...CATEGORIES]}
					value={draft.category}
					error={errorAt('category')}
					onChange={(value) => change({ category: CATEGORIES.find((one) => one === value) ?? 'balanced' })}
				/>
			</SimpleGrid>
			<SimpleGrid cols={{ base: 1, sm: 2 }}>
				<Autocomplete
					label="Provider"
					{...(follows && { description: 'Empty with the model: the environment’s choice' })}
					required={!follows}
					data={providers}
					spellCheck={false}
					value={draft.provider}
					error={errorAt('provider')}
					onChange={(provider) => change({ provider })}
				/>
				<Autocomplete
					label="Model"
					{...(follows && { description: 'As the provider names it' })}
					required={!follows}
					data={[...new Set(offered.map(({ model }) => model))]}
					limit={80}
					spellCheck={false}
					value={draft.model}
					error={errorAt('model')}
					onChange={(model) => change({ model })}
				/>
				<TextInput
					label="Price of input (USD per 1M tokens)"
					description="For everybody; empty: the catalog’s"
					inputMode="decimal"
					value={draft.inputUsdPerMillion}
					error={errorAt('inputUsdPerMillion')}
					onChange={(event) => change({ inputUsdPerMillion: event.currentTarget.value })}
				/>
				<TextInput
					label="Price of output (USD per 1M tokens)"
					description="For everybody; empty: the catalog’s"
					inputMode="decimal"
					value={draft.outputUsdPerMillion}
					error={errorAt('outputUsdPerMillion')}
					onChange={(event) => change({ outputUsdPerMillion: event.currentTarget.value })}
				/>
			</SimpleGrid>
			<MultiSelect
				label="Must be able to"
				description="Checked against the model when it is saved"
				data={[...CAPABILITIES]}
				value={[...draft.capabilities]}
				error={errorAt('capabilities')}
				onChange={(value) => change({ capabilities: CAPABILITIES.filter((one) => value.includes(one)) })}
			/>
			<ModelSettingsFields
				draft={draft.settings}
				model={chosen}
				errorAt={(field) => errorAt(`settings.${field}`)}
				change={(part) => change({ settings: { ...draft.settings, ...part } })}
			/>
		</>
	);
}
