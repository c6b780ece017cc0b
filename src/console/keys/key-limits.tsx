import { Fieldset, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { numeric } from '../ui/figure';
import { instant } from '../ui/format';
import { KEPT, LIFETIMES } from './key-draft';
import type { KeyFieldsProps } from './key-form';

const RATES = [
	['requestsPerMinute', 'Requests per minute'],
	['requestsPerDay', 'Requests per day'],
] as const;

const BUDGETS = [
	['budgetDayUsd', 'Budget per day (USD)', '5'],
	['budgetMonthUsd', 'Budget per month (USD)', '100'],
	['budgetTotalUsd', 'Budget in all (USD)', '250'],
] as const;

/** Beside those of the organization, which hold in any case. */
export function LimitFields({ draft, errorAt, change }: KeyFieldsProps) {
	return (
		<Fieldset legend="Limits: an empty one is none of its own">
			<Stack gap="sm">
				<SimpleGrid cols={{ base: 1, xs: 2 }}>
					{RATES.map(([field, label]) => (
						<NumberInput
							key={field}
							label={label}
							min={1}
							allowDecimal={false}
							thousandSeparator=","
							value={draft[field]}
							error={errorAt(field)}
							onChange={(value) => change({ [field]: numeric(value) })}
						/>
					))}
				</SimpleGrid>
				<SimpleGrid cols={{ base: 1, xs: 3 }}>
					{BUDGETS.map(([field, label, placeholder]) => (
						<TextInput
							key={field}
							label={label}
							inputMode="decimal"
							placeholder={placeholder}
							value={draft[field]}
							error={errorAt(field)}
							onChange={(event) => change({ [field]: event.currentTarget.value })}
						/>
					))}
				</SimpleGrid>
			</Stack>
		</Fieldset>
	);
}

const OVERRIDES = [
	['mayOverrideModel', 'Name another model beside an agent'],
	['mayOverrideSettings', 'Put their own values in place of configured ones, such as the temperature'],
	['mayOverridePrompt', 'Bring system messages of their own to an agent'],
] as const;

export function OverrideFields({ draft, errorAt, change }: KeyFieldsProps) {
	return (
		<Fieldset legend="Its requests may">
			<Stack gap="xs">
				{OVERRIDES.map(([field, label]) => (
					<Switch
						key={field}
						label={label}
						checked={draft[field]}
						error={errorAt(field)}
						onChange={(event) => change({ [field]: event.currentTarget.checked })}
					/>
				))}
			</Stack>
		</Fieldset>
	);
}

export function LifetimeFields({ draft, errorAt, change }: KeyFieldsProps) {
	const kept = draft.endsAt === null ? [] : [{ value: KEPT, label: `As before: ${instant(draft.endsAt)}` }];
	return (
		<>
			<Select
				label="Expires"
				allowDeselect={false}
				data={[...kept, ...LIFETIMES.map((lifetime) => ({ ...lifetime }))]}
				value={draft.lifetime}
				error={draft.lifetime === 'custom' ? undefined : errorAt('expiresAt')}
				onChange={(lifetime) => change({ lifetime: lifetime ?? 'never' })}
			/>
			{draft.lifetime === 'custom' && (
				<TextInput
					type="datetime-local"
					label="Date and time"
					required
					value={draft.expiresAt}
					error={errorAt('expiresAt')}
					onChange={(event) => change({ expiresAt: event.currentTarget.value })}
				/>
			)}
		</>
	);
}
