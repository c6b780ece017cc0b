import { Alert, Fieldset, NumberInput, SimpleGrid, Stack } from '@mantine/core';
import { useModelNames } from '../configuration/queries';
import { inheritedText } from '../policy/inherited';
import type { PolicyFieldsProps } from '../policy/organization-policy';
import { ExplainedSelect } from '../ui/explained-select';
import { numeric } from '../ui/figure';
import { count } from '../ui/format';
import { WarningIcon } from '../ui/icons';
import { ModelInput } from '../ui/model-input';
import type { ContextDraft } from './context-draft';
import {
	CONTEXT,
	type ContextLayer,
	isUnsummarized,
	lowestBelow,
	lowestText,
	type Maximum,
	modeInForce,
} from './context-text';
import { MODES } from './modes';

interface ContextFieldsProps extends PolicyFieldsProps<ContextDraft> {
	/** What holds where a field stays empty, the nearest first. */
	readonly layers: readonly ContextLayer[];
}

/** Most tokens that the gateway takes for each. */
const BOUNDS: Readonly<Record<Maximum, number>> = { maxInputTokens: 100_000_000, maxOutputTokens: 10_000_000 };

/** What may be done to a conversation that does not fit, and how large a request may be at all. */
export function ContextFields(props: ContextFieldsProps) {
	const { draft, layers, errorAt, change } = props;
	const before = useModelNames(true);
	const mode = modeInForce(draft, layers);
	return (
		<Fieldset legend="Context: an empty field is inherited">
			<Stack gap="sm">
				<ExplainedSelect
					label={CONTEXT.labels.mode}
					description={MODES[mode].explanation}
					placeholder={inheritedText(CONTEXT, layers, 'mode', MODES.trim.label)}
					maw={520}
					clearLabel="Clear the context mode"
					options={MODES}
					value={draft.mode}
					error={errorAt('mode')}
					onChange={(value) => change({ mode: value })}
				/>
				<div>
					<ModelInput
						label={CONTEXT.labels.summarizer}
						description={
							mode === 'summarize'
								? 'Writes the summaries: a cheap model with a large window does best'
								: 'Used under the mode Summarize alone, which a request may ask for too'
						}
						placeholder={inheritedText(CONTEXT, layers, 'summarizer', 'nobody')}
						before={before}
						maw={520}
						value={draft.summarizer}
						error={errorAt('summarizer')}
						onChange={(summarizer) => change({ summarizer })}
					/>
					<div role="status">
						{isUnsummarized(draft, layers) && (
							<Alert mt="sm" color="yellow" variant="light" icon={<WarningIcon />} title="Nobody writes summaries">
								Without a summarizer conversations are trimmed.
							</Alert>
						)}
					</div>
				</div>
				<SimpleGrid cols={{ base: 1, sm: 2 }}>
					<MaximumInput
						{...props}
						field="maxInputTokens"
						hint="Of a request as it came, in any mode: more is refused"
					/>
					<MaximumInput
						{...props}
						field="maxOutputTokens"
						hint="Of an answer; a request that asks for none is given this"
					/>
				</SimpleGrid>
			</Stack>
		</Fieldset>
	);
}

interface MaximumInputProps extends ContextFieldsProps {
	readonly field: Maximum;
	readonly hint: string;
}

function MaximumInput({ field, hint, draft, layers, errorAt, change }: MaximumInputProps) {
	const value = draft[field];
	const lowest = lowestBelow(layers, field);
	const inVain = value !== '' && lowest !== undefined && lowest.tokens < value;
	return (
		<NumberInput
			label={CONTEXT.labels[field]}
			description={
				inVain ? `The lowest counts: the ${count(lowest.tokens)} of the layer “${lowest.name}” stay in force` : hint
			}
			placeholder={lowestText(layers, field)}
			min={1}
			max={BOUNDS[field]}
			allowDecimal={false}
			allowNegative={false}
			thousandSeparator=","
			value={value}
			error={errorAt(field)}
			onChange={(tokens) => change({ [field]: numeric(tokens) } satisfies Partial<ContextDraft>)}
		/>
	);
}
