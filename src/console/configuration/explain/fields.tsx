import { Button, Group, Paper, Table, Text, Title } from '@mantine/core';
import { Fragment, useState } from 'react';
import type { Explanation } from '../../data/types';
import { CheckIcon } from '../../ui/icons';
import { OriginBadge } from '../../ui/origin-badge';
import { type ExplainedField, fieldsOf } from './explained-fields';
import './explain.css';

interface FieldsProps {
	readonly explanation: Explanation;
	readonly kind: 'chat' | 'embedding';
}

/** Field, value, layer; and on demand whoever else said something. */
export function Fields({ explanation, kind }: FieldsProps) {
	const fields = fieldsOf(explanation, kind);
	const [opened, setOpened] = useState<readonly string[]>([]);
	const askable = fields.filter(({ layers }) => layers.length > 0).map(({ name }) => name);
	const all = askable.every((name) => opened.includes(name));
	const toggle = (name: string): void =>
		setOpened((now) => (now.includes(name) ? now.filter((one) => one !== name) : [...now, name]));
	return (
		<section aria-label="Effective configuration">
			<Group justify="space-between" mb="xs">
				<Title order={2} size="h4">
					Effective configuration
				</Title>
				<Button variant="default" size="compact-sm" onClick={() => setOpened(all ? [] : askable)}>
					{all ? 'Hide all layers' : 'Show all layers'}
				</Button>
			</Group>
			<Paper withBorder>
				<Table.ScrollContainer minWidth={560} type="native">
					<Table aria-label="Effective configuration" verticalSpacing="xs" horizontalSpacing="md">
						<Table.Thead>
							<Table.Tr>
								<Table.Th w="28%">Field</Table.Th>
								<Table.Th>Value</Table.Th>
								<Table.Th w="26%">From</Table.Th>
								<Table.Th w={90}>Why</Table.Th>
							</Table.Tr>
						</Table.Thead>
						<Table.Tbody>
							{fields.map((field) => (
								<Fragment key={field.name}>
									<FieldRow field={field} opened={opened.includes(field.name)} toggle={() => toggle(field.name)} />
									{opened.includes(field.name) && <Layers field={field} />}
								</Fragment>
							))}
						</Table.Tbody>
					</Table>
				</Table.ScrollContainer>
			</Paper>
		</section>
	);
}

interface FieldRowProps {
	readonly field: ExplainedField;
	readonly opened: boolean;
	readonly toggle: () => void;
}

function FieldRow({ field, opened, toggle }: FieldRowProps) {
	const { name, value, origin, source, layers } = field;
	return (
		<Table.Tr data-field={name}>
			<Table.Th scope="row" fw={500}>
				{name}
			</Table.Th>
			<Table.Td>
				<Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }} {...(value === null && { c: 'dimmed' })}>
					{value ?? 'not set'}
				</Text>
			</Table.Td>
			<Table.Td>
				{origin !== null && (
					<Group gap={6} wrap="nowrap">
						<OriginBadge origin={origin} />
						{source !== null && (
							<Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
								{source}
							</Text>
						)}
					</Group>
				)}
			</Table.Td>
			<Table.Td>
				{layers.length > 0 && (
					<Button
						variant="default"
						size="compact-xs"
						aria-expanded={opened}
						aria-label={`Layers of ${name}`}
						onClick={toggle}
					>
						{layers.length}
					</Button>
				)}
			</Table.Td>
		</Table.Tr>
	);
}

/** The highest first: that is the order in which they are asked. */
function Layers({ field }: { readonly field: ExplainedField }) {
	return (
		<Table.Tr className="layers">
			<Table.Td colSpan={4}>
				<ol className="layer-list" aria-label={`Layers of ${field.name}, the highest first`}>
					{field.layers.map(({ origin, source, value, wins, reason }) => (
						<li key={`${origin} ${source}`} data-wins={wins}>
							<OriginBadge origin={origin} />
							<Text size="xs" c="dimmed">
								{source}
							</Text>
							<Text size="sm" ff="monospace" {...(!wins && { td: 'line-through' })}>
								{value ?? 'not set'}
							</Text>
							<Text size="sm" {...(!wins && { c: 'dimmed' })}>
								{wins ? (
									<span className="wins">
										<CheckIcon /> counts
									</span>
								) : (
									reason
								)}
							</Text>
						</li>
					))}
				</ol>
			</Table.Td>
		</Table.Tr>
	);
}
