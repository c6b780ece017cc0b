import { Badge, Group, Paper, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { PromptPreview as Preview } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { count, counted, usd } from '../../ui/format';
import type { Variable } from './prompt-draft';

interface PromptPreviewProps {
	readonly preview: UseQueryResult<Preview, unknown>;
	/** There is no prompt to show. */
	readonly empty: boolean;
	/** What is wrong stands at a field already. */
	readonly explained: boolean;
	readonly variables: readonly Variable[];
	/** By name, as it is typed. */
	readonly values: Readonly<Record<string, string>>;
	/** USD per million tokens; null: unknown. */
	readonly price: number | null;
	readonly give: (name: string, value: string) => void;
}

/** What is sent ahead of a caller's messages, as it is typed. */
export function PromptPreview(props: PromptPreviewProps) {
	const { preview, empty, explained, variables, values, price, give } = props;
	const named = variables.filter(({ name }) => name.trim() !== '');
	return (
		<Paper withBorder p="md" component="section" aria-label="Preview" className="preview">
			<Stack gap="sm">
				<Title order={2} size="h4">
					Preview
				</Title>
				{named.length > 0 && (
					<SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
						{named.map((variable) => (
							<ValueField
								key={variable.key}
								variable={variable}
								value={values[variable.name.trim()] ?? ''}
								give={(value) => give(variable.name.trim(), value)}
							/>
						))}
					</SimpleGrid>
				)}
				{empty && <Text c="dimmed">No prompt: nothing is sent ahead of a caller’s messages.</Text>}
				{!empty && preview.isError && !explained && (
					<FailureAlert failure={preview.error} title="This prompt would be refused" />
				)}
				{!empty && preview.isError && explained && (
					<Text size="sm" c="error">
						It would be refused as it stands: see the field at fault.
					</Text>
				)}
				{!empty && preview.data && <Parts preview={preview.data} price={price} />}
			</Stack>
		</Paper>
	);
}

function Parts({ preview, price }: { readonly preview: Preview; readonly price: number | null }) {
	const { parts, characters, estimatedTokens, missing } = preview;
	return (
		<>
			<Text size="sm" c="dimmed">
				{counted(characters, 'character')} · at most about {count(estimatedTokens)} tokens
				{price !== null && ` · ${usd((estimatedTokens * price) / 1e6)} a request`}
			</Text>
			{missing.length > 0 && (
				<Text size="sm">
					A request without <b>{missing.join(', ')}</b> is refused.
				</Text>
			)}
			{parts.map(({ text, stable, cache }) => (
				<div key={stable ? 'stable' : 'varies'} className={stable ? 'part stable' : 'part'} data-stable={stable}>
					<Group gap="xs" mb={4}>
						<Badge variant="light" tt="none" color={stable ? 'teal' : 'orange'}>
							{stable ? 'stable prefix' : 'may vary'}
						</Badge>
						<Text size="xs" c="dimmed">
							{stable
								? `the same in every request${cache ? '; marked for the prompt cache' : ''}`
								: 'from here on a request may differ'}
						</Text>
					</Group>
					<Text size="sm" className="prose" ff="monospace">
						{text}
					</Text>
				</div>
			))}
		</>
	);
}

interface ValueFieldProps {
	readonly variable: Variable;
	readonly value: string;
	readonly give: (value: string) => void;
}

function ValueField({ variable, value, give }: ValueFieldProps) {
	const label = `Value of ${variable.name.trim()}`;
	if (variable.type === 'boolean')
		return (
			<Select
				label={label}
				clearable
				clearButtonProps={{ 'aria-label': `Clear ${label}` }}
				placeholder="not given"
				data={['true', 'false']}
				value={value || null}
				onChange={(chosen) => give(chosen ?? '')}
			/>
		);
	return (
		<TextInput
			label={label}
			placeholder="not given"
			{...(variable.type === 'number' && { inputMode: 'decimal' })}
			value={value}
			onChange={(event) => give(event.currentTarget.value)}
		/>
	);
}
