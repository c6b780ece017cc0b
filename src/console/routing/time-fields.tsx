import { NumberInput, SimpleGrid } from '@mantine/core';
import { numeric } from '../ui/figure';
import { inheritedText } from './inherited';
import type { RoutingDraft } from './routing-draft';
import type { RoutingFieldsProps } from './routing-fields';

/** `most`: seconds. */
const LIMITS = [
	{
		label: 'First event (seconds)',
		field: 'firstEventTimeoutMs',
		own: 'firstEventSeconds',
		most: 600,
		hint: 'Up to 600: one try, until anything comes at all',
		otherwise: '10 s',
	},
	{
		label: 'First content (seconds)',
		field: 'commitTimeoutMs',
		own: 'commitSeconds',
		most: 3_600,
		hint: 'Up to 3,600: all tries together, until content comes',
		otherwise: 'the first-event limits of three targets',
	},
	{
		label: 'Silence (seconds)',
		field: 'idleTimeoutMs',
		own: 'idleSeconds',
		most: 600,
		hint: 'Up to 600: between two events of an answer',
		otherwise: '60 s',
	},
	{
		label: 'Whole request (seconds)',
		field: 'totalTimeoutMs',
		own: 'totalSeconds',
		most: 3_600,
		hint: 'Up to 3,600: from its start to its end',
		otherwise: '600 s',
	},
] as const;

type TimeFieldsProps = Pick<RoutingFieldsProps, 'draft' | 'layers' | 'errorAt' | 'change'>;

export function TimeFields({ draft, layers, errorAt, change }: TimeFieldsProps) {
	return (
		<SimpleGrid cols={{ base: 1, sm: 2 }}>
			{LIMITS.map(({ label, field, own, most, hint, otherwise }) => (
				<NumberInput
					key={field}
					label={label}
					description={hint}
					placeholder={inheritedText(layers, field, otherwise)}
					min={0.001}
					max={most}
					decimalScale={3}
					value={draft[own]}
					error={errorAt(field)}
					onChange={(value) => change({ [own]: numeric(value) } satisfies Partial<RoutingDraft>)}
				/>
			))}
			<NumberInput
				label="Tries per target"
				description="1 to 10: calls to each candidate, the first one included"
				placeholder={inheritedText(layers, 'maxAttempts', '3')}
				min={1}
				max={10}
				allowDecimal={false}
				value={draft.maxAttempts}
				error={errorAt('maxAttempts')}
				onChange={(value) => change({ maxAttempts: numeric(value) })}
			/>
		</SimpleGrid>
	);
}
