import { ActionIcon, Button, Group, Paper, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { PlusIcon, RemoveIcon } from '../../ui/icons';
import { isTwice, newVariable, nextKey, TYPES, type Variable } from './prompt-draft';

interface VariableFieldsProps {
	readonly variables: readonly Variable[];
	/** `field` without `prompt.` before it. */
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (variables: readonly Variable[]) => void;
}

export function VariableFields({ variables, errorAt, change }: VariableFieldsProps) {
	return (
		<Stack gap="sm">
			{variables.map((variable, at) => (
				<OneVariable
					key={variable.key}
					at={at}
					variable={variable}
					twice={isTwice(variables, variable.name)}
					errorAt={errorAt}
					change={(part) => change(variables.with(at, { ...variable, ...part }))}
					remove={() => change(variables.toSpliced(at, 1))}
				/>
			))}
			<Group>
				<Button
					variant="default"
					size="compact-sm"
					leftSection={<PlusIcon />}
					onClick={() => change([...variables, newVariable(nextKey(variables), '')])}
				>
					Add a variable
				</Button>
			</Group>
		</Stack>
	);
}

interface OneVariableProps {
	readonly at: number;
	readonly variable: Variable;
	readonly twice: boolean;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<Variable>) => void;
	readonly remove: () => void;
}

function OneVariable({ at, variable, twice, errorAt, change, remove }: OneVariableProps) {
	const { name, type, required, description } = variable;
	const named = name.trim() === '' ? `variable ${at + 1}` : name.trim();
	const within = `variables.${name.trim()}`;
	const atDefault = errorAt(`${within}.default`);
	const error = name.trim() === '' ? undefined : errorAt(within);
	return (
		<Paper withBorder p="sm" role="group" aria-label={`Variable ${named}`}>
			<Group align="flex-start" wrap="nowrap" gap="xs">
				<SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" style={{ flex: 1 }}>
					<TextInput
						label="Name"
						required
						spellCheck={false}
						value={name}
						error={twice ? 'Another variable has this name.' : atDefault === undefined && error}
						onChange={(event) => change({ name: event.currentTarget.value })}
					/>
					<Select
						label="Type"
						allowDeselect={false}
						data={[...TYPES]}
						value={type}
						onChange={(value) => change({ type: TYPES.find((one) => one === value) ?? 'string', default: '' })}
					/>
					<TextInput
						label="Description"
						value={description}
						onChange={(event) => change({ description: event.currentTarget.value })}
					/>
					<DefaultField variable={variable} error={atDefault} change={change} />
					<Switch
						label="Required"
						description="Each request must give it"
						checked={required}
						onChange={(event) => change({ required: event.currentTarget.checked })}
					/>
				</SimpleGrid>
				<ActionIcon variant="default" size={36} mt={24} aria-label={`Remove ${named}`} onClick={remove}>
					<RemoveIcon />
				</ActionIcon>
			</Group>
		</Paper>
	);
}

interface DefaultFieldProps {
	readonly variable: Variable;
	readonly error: string | undefined;
	readonly change: (part: Partial<Variable>) => void;
}

function DefaultField({ variable, error, change }: DefaultFieldProps) {
	const { type, required } = variable;
	if (type === 'boolean')
		return (
			<Select
				label="Default"
				allowDeselect={false}
				disabled={required}
				data={['true', 'false']}
				value={required ? null : variable.default === 'true' ? 'true' : 'false'}
				onChange={(value) => change({ default: value ?? 'false' })}
			/>
		);
	return (
		<TextInput
			label="Default"
			disabled={required}
			{...(type === 'number' && { inputMode: 'decimal' })}
			value={required ? '' : variable.default}
			error={error}
			onChange={(event) => change({ default: event.currentTarget.value })}
		/>
	);
}
