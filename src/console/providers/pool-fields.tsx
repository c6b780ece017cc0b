import { Fieldset, NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import type { ProviderKind } from '../data/types';
import type { ProviderDraft } from './provider-draft';

interface PoolFieldsProps {
	readonly kind: ProviderKind;
	readonly config: ProviderDraft['config'];
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (config: ProviderDraft['config']) => void;
}

const FIGURES = [
	{
		field: 'weight',
		label: 'Weight',
		description: 'Its share among this provider’s keys, with the strategy ‘weighted’',
		placeholder: '1',
		max: 1_000,
		decimalScale: 3,
	},
	{
		field: 'requestsPerMinute',
		label: 'Requests a minute',
		description: 'What the account allows; near it other keys are used first',
		placeholder: 'as the answers tell',
		max: 1_000_000_000,
		decimalScale: 0,
	},
	{
		field: 'tokensPerMinute',
		label: 'Tokens a minute',
		description: 'What the account allows, input and output',
		placeholder: 'as the answers tell',
		max: 1_000_000_000,
		decimalScale: 0,
	},
] as const;

/** What the key is among the others of its provider; all of it may stay empty. */
export function PoolFields({ kind, config, errorAt, change }: PoolFieldsProps) {
	return (
		<Fieldset legend="In the pool of this provider’s keys">
			<SimpleGrid cols={{ base: 1, xs: 2 }}>
				{FIGURES.filter(({ field }) => kind.poolConfig.includes(field)).map(({ field, ...shown }) => (
					<NumberInput
						key={field}
						{...shown}
						min={0}
						thousandSeparator=","
						value={config[field] ?? ''}
						error={errorAt(`config.${field}`)}
						onChange={(value) => change({ ...config, [field]: String(value) })}
					/>
				))}
				<TextInput
					label="Residency"
					description="Where data stays: a tag such as eu"
					placeholder="none"
					spellCheck={false}
					value={config.residency ?? ''}
					error={errorAt('config.residency')}
					onChange={(event) => change({ ...config, residency: event.currentTarget.value })}
				/>
			</SimpleGrid>
		</Fieldset>
	);
}
