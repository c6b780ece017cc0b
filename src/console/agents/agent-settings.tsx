import { Fieldset, NumberInput, SimpleGrid } from '@mantine/core';
import { count } from '../ui/format';
import type { AgentDraft } from './agent-draft';

interface AgentSettingsProps {
	readonly draft: AgentDraft;
	/** Output tokens of the chosen model; null: unknown. */
	readonly maxOutput: number | null;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<AgentDraft>) => void;
}

const numeric = (value: number | string): number | '' => (typeof value === 'number' ? value : '');

/** Presets of each request; every field may stay empty, and a value out of its range is brought back into it. */
export function AgentSettings({ draft, maxOutput, errorAt, change }: AgentSettingsProps) {
	return (
		<Fieldset legend="Parameters: an empty one is left to the model">
			<SimpleGrid cols={{ base: 1, sm: 2 }}>
				<NumberInput
					label="Temperature"
					description="0 to 2: low is steady, high is varied"
					min={0}
					max={2}
					step={0.1}
					decimalScale={2}
					value={draft.temperature}
					error={errorAt('settings.temperature')}
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
					error={errorAt('settings.topP')}
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
					error={errorAt('settings.maxTokens')}
					onChange={(value) => change({ maxTokens: numeric(value) })}
				/>
				<NumberInput
					label="Timeout (seconds)"
					description="Up to 600, for the whole answer"
					min={1}
					max={600}
					decimalScale={3}
					value={draft.timeoutSeconds}
					error={errorAt('settings.timeoutMs')}
					onChange={(value) => change({ timeoutSeconds: numeric(value) })}
				/>
			</SimpleGrid>
		</Fieldset>
	);
}
