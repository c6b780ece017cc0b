import { Alert, Badge, Code, Group, Paper, Text } from '@mantine/core';
import { memo } from 'react';
import { RichText } from './rich-text';
import type { AnswerPart } from './turn';

/** Indented where it is whole; as it stands while it comes. */
function indented(json: string): string {
	try {
		return JSON.stringify(JSON.parse(json), null, 2);
	} catch {
		return json;
	}
}

function ToolCall({ name, text }: AnswerPart) {
	return (
		<Paper withBorder p="xs" my="xs">
			<Group gap="xs" mb={6}>
				<Badge variant="light" color="grape" tt="none">
					tool call
				</Badge>
				<Text size="sm" fw={600} ff="monospace">
					{name}
				</Text>
			</Group>
			<Code block>{indented(text) || '…'}</Code>
		</Paper>
	);
}

export const AnswerPartView = memo(function AnswerPartView({ part }: { readonly part: AnswerPart }) {
	switch (part.kind) {
		case 'text':
			return <RichText text={part.text} />;
		case 'reasoning':
			return (
				<details open style={{ marginBlock: 6 }}>
					<Text component="summary" size="xs" c="dimmed" style={{ cursor: 'pointer' }}>
						Reasoning
					</Text>
					<Text component="div" size="sm" c="dimmed" className="prose reasoning" data-testid="reasoning">
						{part.text}
					</Text>
				</details>
			);
		case 'refusal':
			return (
				<Alert color="orange" title="The model refuses" my="xs">
					{part.text}
				</Alert>
			);
		case 'tool-call':
			return <ToolCall {...part} />;
	}
});
