import { Button, Group, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useChange } from '../data/queries';
import type { Organization } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { useSignedIn } from '../session/session';
import { draftOf, FIELDS, inputOf, type OrganizationDraft, PLANS, planOf } from './organization-draft';

interface OrganizationFormProps {
	readonly organization: Organization;
	readonly close: () => void;
}

const numeric = (value: number | string): number | '' => (typeof value === 'number' ? value : '');

/** Name, plan, limits and budgets; the plan is the operator's to change. */
export function OrganizationForm({ organization, close }: OrganizationFormProps) {
	const { client, access } = useSignedIn();
	const [draft, setDraft] = useState(() => draftOf(organization));
	const form = useRef<HTMLFormElement>(null);
	const update = useChange(undefined, client.organizations.update.mutate);
	const { at, rest } = fieldErrors(update.error, FIELDS);
	useFocusAtFault(form, update.error);

	const change = (part: Partial<OrganizationDraft>): void => setDraft((now) => ({ ...now, ...part }));
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		update.mutate(inputOf(organization.id, draft), { onSuccess: close });
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The organization could not be saved" />
				<TextInput
					label="Name"
					required
					data-autofocus
					value={draft.name}
					error={at('name')}
					onChange={(event) => change({ name: event.currentTarget.value })}
				/>
				<Select
					label="Plan"
					{...(access.role !== 'operator' && { description: 'Only the operator may change it' })}
					disabled={access.role !== 'operator'}
					allowDeselect={false}
					data={[...PLANS]}
					value={draft.plan}
					error={at('plan')}
					onChange={(plan) => change({ plan: planOf(plan) })}
				/>
				<SimpleGrid cols={{ base: 1, xs: 2 }}>
					<NumberInput
						label="Requests per minute"
						description="Empty: the gateway's limit"
						min={1}
						allowDecimal={false}
						thousandSeparator=","
						value={draft.requestsPerMinute}
						error={at('requestsPerMinute')}
						onChange={(value) => change({ requestsPerMinute: numeric(value) })}
					/>
					<NumberInput
						label="Requests per day"
						description="Empty: the gateway's limit"
						min={1}
						allowDecimal={false}
						thousandSeparator=","
						value={draft.requestsPerDay}
						error={at('requestsPerDay')}
						onChange={(value) => change({ requestsPerDay: numeric(value) })}
					/>
					<TextInput
						label="Budget per day (USD)"
						description="Empty: none"
						inputMode="decimal"
						placeholder="12.50"
						value={draft.budgetDayUsd}
						error={at('budgetDayUsd')}
						onChange={(event) => change({ budgetDayUsd: event.currentTarget.value })}
					/>
					<TextInput
						label="Budget per month (USD)"
						description="Empty: none"
						inputMode="decimal"
						placeholder="250"
						value={draft.budgetMonthUsd}
						error={at('budgetMonthUsd')}
						onChange={(event) => change({ budgetMonthUsd: event.currentTarget.value })}
					/>
				</SimpleGrid>
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
