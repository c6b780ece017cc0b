import { ActionIcon, Alert, Button, Fieldset, Group, Input, Stack, Switch, Text, Textarea } from '@mantine/core';
import { DownIcon, PlusIcon, RemoveIcon, UpIcon } from '../../ui/icons';
import { type Instruction, newVariable, nextKey, type PromptDraft, undeclared } from './prompt-draft';
import { VariableFields } from './variable-fields';

interface PromptFieldsProps {
	readonly draft: PromptDraft;
	/** `field` without `prompt.` before it. */
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<PromptDraft>) => void;
}

export function PromptFields({ draft, errorAt, change }: PromptFieldsProps) {
	const missing = undeclared(draft);
	const from = nextKey(draft.variables);
	const declare = (): void =>
		change({ variables: [...draft.variables, ...missing.map((name, at) => newVariable(from + at, name))] });
	return (
		<Stack>
			<Textarea
				label="Identity"
				description="Who answers: one or two sentences"
				autosize
				minRows={2}
				maxRows={8}
				value={draft.identity}
				error={errorAt('identity')}
				onChange={(event) => change({ identity: event.currentTarget.value })}
			/>
			<Textarea
				label="System prompt"
				description="What it knows and how it behaves; {{name}} puts a variable in"
				autosize
				minRows={4}
				maxRows={20}
				value={draft.system}
				error={errorAt('system')}
				onChange={(event) => change({ system: event.currentTarget.value })}
			/>
			<Instructions list={draft.instructions} errorAt={errorAt} change={(instructions) => change({ instructions })} />
			<Textarea
				label="Output format"
				description="What the answer has to look like"
				autosize
				minRows={2}
				maxRows={10}
				value={draft.format}
				error={errorAt('format')}
				onChange={(event) => change({ format: event.currentTarget.value })}
			/>
			<Fieldset legend="Variables">
				<Stack gap="sm">
					{missing.length > 0 && (
						<Alert color="orange" variant="light" title="Used but not declared">
							<Group gap="xs">
								<Text size="sm">{missing.map((name) => `{{${name}}}`).join(', ')}</Text>
								<Button size="compact-sm" variant="default" onClick={declare}>
									{missing.length === 1 ? 'Declare it' : 'Declare them'}
								</Button>
							</Group>
						</Alert>
					)}
					<VariableFields variables={draft.variables} errorAt={errorAt} change={(variables) => change({ variables })} />
				</Stack>
			</Fieldset>
			<Switch
				label="Mark the stable part for the prompt cache"
				description="For providers that cache only what is marked; writing their cache costs extra"
				checked={draft.cache}
				onChange={(event) => change({ cache: event.currentTarget.checked })}
			/>
		</Stack>
	);
}

interface InstructionsProps {
	readonly list: readonly Instruction[];
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (list: readonly Instruction[]) => void;
}

function moved(list: readonly Instruction[], from: number, to: number): readonly Instruction[] {
	const one = list[from];
	return one ? list.toSpliced(from, 1).toSpliced(to, 0, one) : list;
}

function Instructions({ list, errorAt, change }: InstructionsProps) {
	return (
		<Input.Wrapper labelElement="div" label="Instructions" description="One rule each; they are numbered">
			<Stack gap="xs" mt="xs" role="list" aria-label="Instructions">
				{list.map(({ key, text }, at) => (
					<Group key={key} gap="xs" align="flex-start" wrap="nowrap" role="listitem">
						<Textarea
							aria-label={`Instruction ${at + 1}`}
							autosize
							minRows={1}
							maxRows={8}
							style={{ flex: 1 }}
							value={text}
							error={errorAt(`instructions[${at}]`)}
							onChange={(event) => change(list.with(at, { key, text: event.currentTarget.value }))}
						/>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Move instruction ${at + 1} up`}
							disabled={at === 0}
							onClick={() => change(moved(list, at, at - 1))}
						>
							<UpIcon />
						</ActionIcon>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Move instruction ${at + 1} down`}
							disabled={at === list.length - 1}
							onClick={() => change(moved(list, at, at + 1))}
						>
							<DownIcon />
						</ActionIcon>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Remove instruction ${at + 1}`}
							onClick={() => change(list.toSpliced(at, 1))}
						>
							<RemoveIcon />
						</ActionIcon>
					</Group>
				))}
			</Stack>
			<Button
				variant="default"
				size="compact-sm"
				mt="xs"
				leftSection={<PlusIcon />}
				onClick={() => change([...list, { key: nextKey(list), text: '' }])}
			>
				Add an instruction
			</Button>
		</Input.Wrapper>
	);
}
