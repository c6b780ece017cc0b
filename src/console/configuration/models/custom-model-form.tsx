import {
	Autocomplete,
	Button,
	Fieldset,
	Group,
	NumberInput,
	Select,
	SimpleGrid,
	Stack,
	Text,
	TextInput,
} from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useModels } from '../../data/queries';
import type { CustomModel } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../../failure/fields';
import { useSignedIn } from '../../session/session';
import { ChangedMeanwhile, isOutdated } from '../../ui/changed-meanwhile';
import { ChangesTable } from '../../ui/changes-table';
import { fieldChanges } from '../../ui/field-changes';
import { numeric } from '../../ui/figure';
import { useProviderIds } from '../profiles/provider-ids';
import { useConfigurationChange, useCustomModels } from '../queries';
import { Capabilities } from './capabilities';
import { type CustomModelDraft, draftOf, FIELDS, inputOf, NEW_MODEL, PRICES } from './custom-model-draft';

interface CustomModelFormProps {
	/** null: a new one. */
	readonly model: CustomModel | null;
	readonly close: () => void;
}

export function CustomModelForm({ model, close }: CustomModelFormProps) {
	const { client } = useSignedIn();
	const [base, setBase] = useState(model);
	const [draft, setDraft] = useState(() => (model ? draftOf(model) : NEW_MODEL));
	const form = useRef<HTMLFormElement>(null);
	const set = useConfigurationChange(client.trpc.customModels.set.mutate);
	const { data: models = [] } = useCustomModels();
	const now = models.find(({ provider, model: name }) => provider === model?.provider && name === model.model);
	const taken =
		model === null && models.some((one) => one.provider === draft.provider.trim() && one.model === draft.model.trim());
	const outdated = isOutdated(set.error);
	const { at, rest } = fieldErrors(outdated ? null : set.error, FIELDS);
	useFocusAtFault(form, set.error);

	const change = (part: Partial<CustomModelDraft>): void => setDraft((before) => ({ ...before, ...part }));
	const save = (version: number | undefined): void =>
		set.mutate({ ...inputOf(draft), ...(version !== undefined && { version }) }, { onSuccess: close });
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		if (!taken) save(base?.version);
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The model could not be saved" />
				<ModelAddress
					draft={draft}
					fixed={model !== null}
					errorAt={(field) =>
						taken && field === 'model' ? 'This one is in the list already: edit it there.' : at(field)
					}
					change={change}
				/>
				<Limits draft={draft} errorAt={at} change={change} />
				<Capabilities draft={draft} error={at('capabilities')} change={change} />
				<PriceFields draft={draft} errorAt={at} change={change} />
				{outdated && (
					<ChangedMeanwhile
						what="model"
						overwrite="Save mine in its place"
						pending={set.isPending}
						save={() => save(now?.version)}
						reload={() => {
							if (now) {
								setBase(now);
								setDraft(draftOf(now));
							}
							set.reset();
						}}
					>
						{base && now && now.version !== base.version ? (
							<ChangesTable
								label="Their changes"
								changes={fieldChanges(inputOf(draftOf(base)), inputOf(draftOf(now)))}
								empty="Nothing that stands here: yours can be saved."
							/>
						) : null}
					</ChangedMeanwhile>
				)}
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={set.isPending}>
						Save model
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

export interface PartProps {
	readonly draft: CustomModelDraft;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<CustomModelDraft>) => void;
}

const KINDS = [
	{ value: 'chat', label: 'Chat' },
	{ value: 'embedding', label: 'Embedding' },
];

function ModelAddress({ draft, fixed, errorAt, change }: PartProps & { readonly fixed: boolean }) {
	const { data: models = [] } = useModels();
	const providers = useProviderIds();
	return (
		<SimpleGrid cols={{ base: 1, sm: 2 }}>
			<Autocomplete
				label="Provider"
				required
				readOnly={fixed}
				data={providers}
				spellCheck={false}
				value={draft.provider}
				error={errorAt('provider')}
				onChange={(provider) => change({ provider })}
			/>
			<Autocomplete
				label="Model"
				required
				readOnly={fixed}
				data={[...new Set(models.filter(({ provider }) => provider === draft.provider).map(({ model }) => model))]}
				limit={80}
				spellCheck={false}
				value={draft.model}
				error={errorAt('model')}
				onChange={(model) => change({ model })}
			/>
			<TextInput
				label="Shown as"
				value={draft.displayName}
				error={errorAt('displayName')}
				onChange={(event) => change({ displayName: event.currentTarget.value })}
			/>
			<Select
				label="Kind"
				placeholder="as the catalog says, else chat"
				clearable
				clearButtonProps={{ 'aria-label': 'Clear the kind' }}
				data={KINDS}
				value={draft.kind || null}
				error={errorAt('kind')}
				onChange={(kind) => change({ kind: kind === 'chat' || kind === 'embedding' ? kind : '' })}
			/>
		</SimpleGrid>
	);
}

const LIMITS = [
	['contextWindow', 'Context window', 'Input and output together'],
	['inputLimit', 'Input limit', 'Where it is below the window'],
	['maxOutput', 'Maximum of output', 'Longest answer'],
] as const;

function Limits({ draft, errorAt, change }: PartProps) {
	return (
		<Fieldset legend="Limits in tokens: an empty one is the catalog's">
			<SimpleGrid cols={{ base: 1, sm: 3 }}>
				{LIMITS.map(([field, label, description]) => (
					<NumberInput
						key={field}
						label={label}
						description={description}
						min={1}
						max={1_000_000_000}
						step={1_024}
						allowDecimal={false}
						thousandSeparator=","
						value={draft[field]}
						error={errorAt(field)}
						onChange={(value) => change({ [field]: numeric(value) })}
					/>
				))}
			</SimpleGrid>
		</Fieldset>
	);
}

const CHARGED_AS: Readonly<Record<string, string>> = {
	cacheRead: 'as input',
	cacheWrite5m: 'as input',
	cacheWrite1h: 'as 5 minutes',
	reasoning: 'as output',
	inputAudio: 'as input',
	outputAudio: 'as output',
};

function PriceFields({ draft, errorAt, change }: PartProps) {
	const priced = PRICES.some(([part]) => draft.prices[part].trim() !== '');
	return (
		<Fieldset legend="Prices in USD per million tokens: all empty, the catalog's">
			<Text size="sm" c="dimmed" mb="xs">
				They count where your own key pays; on the gateway’s key only where nobody else knows a price.
			</Text>
			<SimpleGrid cols={{ base: 1, xs: 2, sm: 4 }}>
				{PRICES.map(([part, label]) => (
					<TextInput
						key={part}
						label={label}
						inputMode="decimal"
						placeholder={CHARGED_AS[part] ?? ''}
						required={priced && (part === 'input' || part === 'output')}
						value={draft.prices[part]}
						error={errorAt(`prices.${part}`)}
						onChange={(event) => change({ prices: { ...draft.prices, [part]: event.currentTarget.value } })}
					/>
				))}
			</SimpleGrid>
		</Fieldset>
	);
}
