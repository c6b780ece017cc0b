import { Button, Collapse, Fieldset, NumberInput, Select, SimpleGrid, Switch, TagsInput, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Model } from '../data/types';
import { numeric } from './figure';
import { count } from './format';
import {
	budgetRange,
	effortsOf,
	hasRarer,
	SETTING_FIELDS,
	type SettingsDraft,
	SUMMARIES,
} from './model-settings-draft';

interface ModelSettingsFieldsProps {
	readonly draft: SettingsDraft;
	/** Who they are for; undefined: not known, so its limits aren't either. */
	readonly model: Model | undefined;
	/** `field` without the parameter that holds the settings. */
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<SettingsDraft>) => void;
}

const MAIN = new Set(['temperature', 'topP', 'maxTokens', 'timeoutMs', 'reasoning.effort']);

/** Presets of each request; every field may stay empty, and a value out of its range is brought back into it. */
export function ModelSettingsFields(props: ModelSettingsFieldsProps) {
	const { draft, model, errorAt, change } = props;
	const [opened, { toggle }] = useDisclosure(hasRarer(draft));
	const shown = opened || SETTING_FIELDS.some((field) => !MAIN.has(field) && errorAt(field) !== undefined);
	const maxOutput = model?.maxOutput ?? null;
	return (
		<Fieldset legend="Parameters: an empty one is left to the model">
			{model?.sampling === false && (
				<Text size="sm" c="dimmed" mb="xs">
					{model.id} chooses its own temperature, top P and top K: leave them empty.
				</Text>
			)}
			<SimpleGrid cols={{ base: 1, sm: 2 }}>
				<NumberInput
					label="Temperature"
					description="0 to 2: low is steady, high is varied"
					min={0}
					max={2}
					step={0.1}
					decimalScale={2}
					value={draft.temperature}
					error={errorAt('temperature')}
					onChange={(value) => change({ temperature: numeric(value) })}
				/>
				<NumberInput
					label="Top P"
					description="0 to 1: share of the likeliest tokens"
					min={0}
					max={1}
					step={0.05}
					decimalScale={3}
					value={draft.topP}
					error={errorAt('topP')}
					onChange={(value) => change({ topP: numeric(value) })}
				/>
				<NumberInput
					label="Maximum of output tokens"
					description={maxOutput === null ? '1 or more' : `1 to ${count(maxOutput)} with this model`}
					min={1}
					{...(maxOutput !== null && { max: maxOutput })}
					step={256}
					allowDecimal={false}
					thousandSeparator=","
					value={draft.maxTokens}
					error={errorAt('maxTokens')}
					onChange={(value) => change({ maxTokens: numeric(value) })}
				/>
				<NumberInput
					label="Timeout (seconds)"
					description="Up to 600, until the first part of the answer"
					min={1}
					max={600}
					decimalScale={3}
					value={draft.timeoutSeconds}
					error={errorAt('timeoutMs')}
					onChange={(value) => change({ timeoutSeconds: numeric(value) })}
				/>
				<Select
					label="Reasoning effort"
					description={
						model && !model.reasoning ? 'This model does not reason' : 'How hard it thinks before it answers'
					}
					placeholder="The model's own"
					clearable
					clearButtonProps={{ 'aria-label': 'Clear the reasoning effort' }}
					data={[...effortsOf(model)]}
					value={draft.effort || null}
					error={errorAt('reasoning.effort')}
					onChange={(value) => change({ effort: effortsOf(model).find((effort) => effort === value) ?? '' })}
				/>
			</SimpleGrid>
			<Button variant="subtle" size="compact-sm" mt="sm" aria-expanded={shown} onClick={toggle}>
				{shown ? 'Fewer parameters' : 'More parameters'}
			</Button>
			<Collapse expanded={shown}>{shown && <RarerFields {...props} />}</Collapse>
		</Fieldset>
	);
}

function RarerFields({ draft, model, errorAt, change }: ModelSettingsFieldsProps) {
	const { min, max } = budgetRange(model);
	return (
		<SimpleGrid cols={{ base: 1, sm: 2 }} mt="sm">
			<NumberInput
				label="Top K"
				description="1 or more: only this many likeliest tokens"
				min={1}
				allowDecimal={false}
				value={draft.topK}
				error={errorAt('topK')}
				onChange={(value) => change({ topK: numeric(value) })}
			/>
			<NumberInput
				label="Seed"
				description="The same seed asks for the same answer"
				allowDecimal={false}
				value={draft.seed}
				error={errorAt('seed')}
				onChange={(value) => change({ seed: numeric(value) })}
			/>
			<NumberInput
				label="Presence penalty"
				description="-2 to 2: above 0 leads to new topics"
				min={-2}
				max={2}
				step={0.1}
				decimalScale={2}
				value={draft.presencePenalty}
				error={errorAt('presencePenalty')}
				onChange={(value) => change({ presencePenalty: numeric(value) })}
			/>
			<NumberInput
				label="Frequency penalty"
				description="-2 to 2: above 0 repeats words less"
				min={-2}
				max={2}
				step={0.1}
				decimalScale={2}
				value={draft.frequencyPenalty}
				error={errorAt('frequencyPenalty')}
				onChange={(value) => change({ frequencyPenalty: numeric(value) })}
			/>
			<NumberInput
				label="Reasoning budget (tokens)"
				description={max === null ? `${count(min)} or more` : `${count(min)} to ${count(max)} with this model`}
				min={0}
				{...(max !== null && { max })}
				step={1_024}
				allowDecimal={false}
				thousandSeparator=","
				value={draft.budgetTokens}
				error={errorAt('reasoning.budgetTokens')}
				onChange={(value) => change({ budgetTokens: numeric(value) })}
			/>
			<Select
				label="Reasoning shown"
				description="How much of it comes with the answer"
				placeholder="The provider's own"
				clearable
				clearButtonProps={{ 'aria-label': 'Clear what is shown of the reasoning' }}
				data={[...SUMMARIES]}
				value={draft.summary || null}
				error={errorAt('reasoning.summary')}
				onChange={(value) => change({ summary: SUMMARIES.find((summary) => summary === value) ?? '' })}
			/>
			<TagsInput
				label="Stop texts"
				description="End the answer; Enter adds one, \n is a line break"
				maxTags={16}
				splitChars={[]}
				value={[...draft.stop]}
				error={errorAt('stop')}
				onChange={(stop) => change({ stop })}
			/>
			<Switch
				label="Seal the reasoning"
				description="So that a caller who keeps the conversation can send it back"
				mt={{ base: 0, sm: 28 }}
				checked={draft.sealed}
				onChange={(event) => change({ sealed: event.currentTarget.checked })}
			/>
		</SimpleGrid>
	);
}
