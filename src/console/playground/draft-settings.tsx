import { Button, JsonInput, NumberInput, Paper, Select, Stack, Switch, Textarea } from '@mantine/core';
import { CONTEXT } from '../context/context-text';
import { MODES } from '../context/modes';
import { ExplainedSelect } from '../ui/explained-select';
import { numeric } from '../ui/figure';
import { type Draft, EFFORTS, EXAMPLE_TOOLS, parseTools } from './draft';

interface DraftSettingsProps {
	readonly draft: Draft;
	readonly change: (part: Partial<Draft>) => void;
	/** On small screens. */
	readonly opened: boolean;
}

const effortOf = (value: string | null): Draft['effort'] => EFFORTS.find((effort) => effort === value) ?? '';

export function DraftSettings({ draft, change, opened }: DraftSettingsProps) {
	return (
		<Paper component="section" aria-label="Settings" withBorder p="md" className="settings" data-open={opened}>
			<Stack gap="sm">
				<Textarea
					label="System prompt"
					placeholder="You are…"
					autosize
					minRows={3}
					maxRows={12}
					value={draft.system}
					onChange={(event) => change({ system: event.currentTarget.value })}
				/>
				<NumberInput
					label="Temperature"
					description="0 to 2; empty: the model's own"
					min={0}
					max={2}
					step={0.1}
					decimalScale={2}
					value={draft.temperature}
					onChange={(value) => change({ temperature: numeric(value) })}
				/>
				<NumberInput
					label="Maximum of output tokens"
					min={1}
					step={256}
					allowDecimal={false}
					allowNegative={false}
					thousandSeparator=","
					value={draft.maxTokens}
					onChange={(value) => change({ maxTokens: numeric(value) })}
				/>
				<Select
					label="Reasoning effort"
					placeholder="The model's own"
					clearable
					clearButtonProps={{ 'aria-label': 'Clear the reasoning effort' }}
					data={[...EFFORTS]}
					value={draft.effort || null}
					onChange={(value) => change({ effort: effortOf(value) })}
				/>
				<ExplainedSelect
					label={CONTEXT.labels.mode}
					description={
						draft.contextMode === '' ? 'Where the conversation does not fit' : MODES[draft.contextMode].explanation
					}
					placeholder="As it is configured"
					clearLabel="Clear the context mode"
					options={MODES}
					value={draft.contextMode}
					onChange={(contextMode) => change({ contextMode })}
				/>
				<Switch
					label="Fall back to other models"
					checked={draft.fallback}
					onChange={(event) => change({ fallback: event.currentTarget.checked })}
				/>
				<JsonInput
					label="Tools"
					description="JSON: a list of name, description, parameters"
					placeholder="[]"
					autosize
					minRows={2}
					maxRows={14}
					formatOnBlur
					spellCheck={false}
					value={draft.tools}
					error={parseTools(draft.tools).error}
					onChange={(tools) => change({ tools })}
				/>
				{draft.tools.trim() === '' && (
					<Button variant="subtle" size="compact-sm" onClick={() => change({ tools: EXAMPLE_TOOLS })}>
						Insert an example
					</Button>
				)}
			</Stack>
		</Paper>
	);
}
