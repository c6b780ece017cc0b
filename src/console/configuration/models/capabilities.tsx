import { Fieldset, MultiSelect, Select, SimpleGrid, Text } from '@mantine/core';
import { ABILITIES, type CustomModelDraft, MODALITIES } from './custom-model-draft';

interface CapabilitiesProps {
	readonly draft: CustomModelDraft;
	readonly error: string | undefined;
	readonly change: (part: Partial<CustomModelDraft>) => void;
}

const LABELS: Readonly<Record<(typeof ABILITIES)[number], string>> = {
	tools: 'Calls tools',
	structuredOutput: 'Answers by a schema',
	reasoning: 'Reasons',
};

const SAYS = [
	{ value: 'catalog', label: 'as the catalog says' },
	{ value: 'own', label: 'text and…' },
];

export function Capabilities({ draft, error, change }: CapabilitiesProps) {
	const { abilities, saysInput, input } = draft;
	return (
		<Fieldset legend="What it can do">
			<SimpleGrid cols={{ base: 1, sm: 3 }}>
				{ABILITIES.map((ability) => (
					<Select
						key={ability}
						label={LABELS[ability]}
						placeholder="as the catalog says"
						clearable
						clearButtonProps={{ 'aria-label': `Clear: ${LABELS[ability]}` }}
						data={['yes', 'no']}
						value={abilities[ability] || null}
						onChange={(value) =>
							change({ abilities: { ...abilities, [ability]: value === 'yes' || value === 'no' ? value : '' } })
						}
					/>
				))}
				<Select
					label="Reads"
					allowDeselect={false}
					data={SAYS}
					value={saysInput ? 'own' : 'catalog'}
					onChange={(value) => change({ saysInput: value === 'own' })}
				/>
				{saysInput && (
					<MultiSelect
						label="Beside text"
						placeholder={input.length === 0 ? 'nothing' : ''}
						data={[...MODALITIES]}
						value={[...input]}
						onChange={(chosen) => change({ input: MODALITIES.filter((one) => chosen.includes(one)) })}
					/>
				)}
			</SimpleGrid>
			{error !== undefined && (
				<Text size="sm" c="error" mt="xs">
					{error}
				</Text>
			)}
		</Fieldset>
	);
}
