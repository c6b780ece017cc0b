import { Button, Fieldset, Group, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { changedFields } from '../data/changed';
import { useChange } from '../data/queries';
import type { Organization, UpdateOrganization } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { useSession, useSignedIn } from '../session/session';
import { ChangedMeanwhile, isOutdated } from '../ui/changed-meanwhile';
import { ChangesTable } from '../ui/changes-table';
import { fieldChanges } from '../ui/field-changes';
import { numeric } from '../ui/figure';
import {
	draftOf,
	FIELDS,
	fieldsOf,
	type OrganizationDraft,
	PLANS,
	planOf,
	REGIONS,
	regionOf,
} from './organization-draft';

interface OrganizationFormProps {
	/** As it is now, also where it changed since the form was opened. */
	readonly organization: Organization;
	readonly close: () => void;
}

const contentOf = (organization: Organization) => fieldsOf(draftOf(organization));

/** Only what was changed here is written. */
export function OrganizationForm({ organization, close }: OrganizationFormProps) {
	const { client, access, organization: current } = useSignedIn();
	const { selectOrganization } = useSession();
	const operator = access.role === 'operator';
	const [base, setBase] = useState(organization);
	const [draft, setDraft] = useState(() => draftOf(organization));
	const form = useRef<HTMLFormElement>(null);
	const update = useChange(undefined, async (input: UpdateOrganization) => {
		const saved = await client.organizations.update.mutate(input);
		// At once: whatever is read anew after this would name it by the slug it had.
		if (operator && base.slug === current && saved.slug !== current) flushSync(() => selectOrganization(saved.slug));
	});
	const outdated = isOutdated(update.error);
	const { at, rest } = fieldErrors(outdated ? null : update.error, FIELDS);
	useFocusAtFault(form, update.error);

	const change = (part: Partial<OrganizationDraft>): void => setDraft((now) => ({ ...now, ...part }));
	const save = (version: number): void => {
		const changed = changedFields(contentOf(base), fieldsOf(draft));
		update.mutate({ id: organization.id, version, ...changed }, { onSuccess: close });
	};
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		save(base.version);
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The organization could not be saved" />
				<Facts draft={draft} errorAt={at} change={change} />
				<Limits draft={draft} errorAt={at} change={change} />
				{outdated && (
					<ChangedMeanwhile
						what="organization"
						overwrite="Save my changes on top of theirs"
						pending={update.isPending}
						save={() => save(organization.version)}
						reload={() => {
							setBase(organization);
							setDraft(draftOf(organization));
							update.reset();
						}}
					>
						{organization.version === base.version ? null : (
							<ChangesTable
								label="Their changes"
								changes={fieldChanges(contentOf(base), contentOf(organization))}
								empty="Nothing that stands here: yours can be saved."
							/>
						)}
					</ChangedMeanwhile>
				)}
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={update.isPending}>
						Save
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

interface PartProps {
	readonly draft: OrganizationDraft;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<OrganizationDraft>) => void;
}

function Facts({ draft, errorAt, change }: PartProps) {
	const { access } = useSignedIn();
	const operator = access.role === 'operator';
	return (
		<SimpleGrid cols={{ base: 1, xs: 2 }}>
			<TextInput
				label="Name"
				required
				data-autofocus
				value={draft.name}
				error={errorAt('name')}
				onChange={(event) => change({ name: event.currentTarget.value })}
			/>
			<TextInput
				label="Slug"
				description="Programs that name it by its slug must know the new one"
				inputWrapperOrder={['label', 'input', 'description', 'error']}
				required
				spellCheck={false}
				value={draft.slug}
				error={errorAt('slug')}
				onChange={(event) => change({ slug: event.currentTarget.value })}
			/>
			<Select
				label="Plan"
				{...(!operator && { description: 'Only the operator may change it' })}
				disabled={!operator}
				allowDeselect={false}
				data={[...PLANS]}
				value={draft.plan}
				error={errorAt('plan')}
				onChange={(plan) => change({ plan: planOf(plan) })}
			/>
			<Select
				label="Region"
				placeholder="Wherever it is asked first"
				clearable
				clearButtonProps={{ 'aria-label': 'Clear the region' }}
				data={REGIONS.map((region) => ({ ...region }))}
				value={draft.region || null}
				error={errorAt('region')}
				onChange={(value) => change({ region: regionOf(value) })}
			/>
		</SimpleGrid>
	);
}

function Limits({ draft, errorAt, change }: PartProps) {
	const { access } = useSignedIn();
	return (
		<Fieldset legend="Limits and budgets" disabled={!access.owns}>
			{!access.owns && (
				<Text size="sm" c="dimmed" mb="xs">
					Only an owner of the organization or the operator may change them.
				</Text>
			)}
			<SimpleGrid cols={{ base: 1, xs: 2 }}>
				<NumberInput
					label="Requests per minute"
					description="Empty: the gateway's limit"
					min={1}
					allowDecimal={false}
					thousandSeparator=","
					value={draft.requestsPerMinute}
					error={errorAt('requestsPerMinute')}
					onChange={(value) => change({ requestsPerMinute: numeric(value) })}
				/>
				<NumberInput
					label="Requests per day"
					description="Empty: the gateway's limit"
					min={1}
					allowDecimal={false}
					thousandSeparator=","
					value={draft.requestsPerDay}
					error={errorAt('requestsPerDay')}
					onChange={(value) => change({ requestsPerDay: numeric(value) })}
				/>
				<TextInput
					label="Budget per day (USD)"
					description="Empty: none"
					inputMode="decimal"
					placeholder="12.50"
					value={draft.budgetDayUsd}
					error={errorAt('budgetDayUsd')}
					onChange={(event) => change({ budgetDayUsd: event.currentTarget.value })}
				/>
				<TextInput
					label="Budget per month (USD)"
					description="Empty: none"
					inputMode="decimal"
					placeholder="250"
					value={draft.budgetMonthUsd}
					error={errorAt('budgetMonthUsd')}
					onChange={(event) => change({ budgetMonthUsd: event.currentTarget.value })}
				/>
			</SimpleGrid>
		</Fieldset>
	);
}
