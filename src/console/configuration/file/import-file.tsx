import { Alert, Button, FileButton, Group, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { explain } from '../../failure/explain';
import { FailureAlert } from '../../failure/failure-alert';
import { useSignedIn } from '../../session/session';
import { CheckIcon } from '../../ui/icons';
import { useConfigurationChange } from '../queries';
import { Differences } from './differences';
import { lineOf, selectLine } from './line';

const PLACEHOLDER = `profiles:
  fast:
    provider: openai
    model: gpt-5-mini
aliases:
  best: profile:fast`;

interface Import {
	readonly document: string;
	readonly environment: string;
}

const inputOf = ({ document, environment }: Import) => ({
	document,
	...(environment.trim() !== '' && { environment: environment.trim() }),
});

/** First what would change, then the change. */
export function ImportFile() {
	const { client } = useSignedIn();
	const [given, setGiven] = useState<Import>({ document: '', environment: '' });
	const [unreadable, setUnreadable] = useState<string | null>(null);
	const text = useRef<HTMLTextAreaElement>(null);
	const tried = useMutation({
		mutationFn: (input: Import) => client.trpc.config.import.mutate({ ...inputOf(input), dryRun: true }),
	});
	const apply = useConfigurationChange((input: Import) => client.trpc.config.import.mutate(inputOf(input)));
	const failure = apply.error ?? tried.error;

	const change = (part: Partial<Import>): void => {
		setGiven((now) => ({ ...now, ...part }));
		tried.reset();
		apply.reset();
	};
	const read = (file: File | null): void => {
		if (!file) return;
		setUnreadable(null);
		file.text().then(
			(document) => change({ document }),
			() => setUnreadable(`${file.name} could not be read.`),
		);
	};
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		apply.reset();
		tried.mutate(given);
	};
	return (
		<Stack component="section" aria-label="Import" gap="sm">
			<Title order={2} size="h4">
				Import
			</Title>
			<Text size="sm" c="dimmed">
				YAML or JSON: an export, an <b>llm_service:</b> file, LiteLLM’s <b>model_list:</b>, agent models or fallback
				chains. What a file does not mention stays as it is.
			</Text>
			<form onSubmit={submit}>
				<Stack gap="sm">
					<Textarea
						ref={text}
						label="Configuration"
						autosize
						minRows={10}
						maxRows={28}
						required
						spellCheck={false}
						placeholder={PLACEHOLDER}
						styles={{
							input: { fontFamily: 'var(--mantine-font-family-monospace)', color: 'var(--mantine-color-text)' },
						}}
						value={given.document}
						error={Boolean(failure)}
						onChange={(event) => change({ document: event.currentTarget.value })}
					/>
					<TextInput
						label="Environment of the file"
						description="One of its environments:, laid over the rest; empty: none"
						value={given.environment}
						onChange={(event) => change({ environment: event.currentTarget.value })}
					/>
					<Group>
						<Button type="submit" loading={tried.isPending}>
							Show what would change
						</Button>
						<FileButton onChange={read} accept=".yaml,.yml,.json,application/yaml,application/json,text/*">
							{(props) => (
								<Button variant="default" {...props}>
									Choose a file
								</Button>
							)}
						</FileButton>
					</Group>
				</Stack>
			</form>
			{unreadable !== null && (
				<Alert color="red" role="alert">
					{unreadable}
				</Alert>
			)}
			<ImportFailure failure={failure} document={given.document} show={(line) => selectLine(text.current, line)} />
			{tried.data && !apply.isSuccess && (
				<Differences
					imported={tried.data}
					pending={apply.isPending}
					apply={tried.data.differences.length > 0 ? () => apply.mutate(given) : null}
				/>
			)}
			{apply.data && (
				<Stack gap="sm">
					<Alert color="teal" icon={<CheckIcon />} title="Imported" role="status">
						{apply.data.applied ? 'In force on the next request.' : 'There was nothing to change.'}
					</Alert>
					<Differences imported={apply.data} pending={false} apply={null} />
				</Stack>
			)}
		</Stack>
	);
}

interface ImportFailureProps {
	readonly failure: unknown;
	readonly document: string;
	readonly show: (line: number) => void;
}

/** The line at fault as it stands in the file. */
function ImportFailure({ failure, document, show }: ImportFailureProps) {
	if (!failure) return null;
	const line = lineOf(explain(failure).message);
	const text = line === null ? undefined : document.split('\n')[line - 1];
	return (
		<Stack gap="xs">
			<FailureAlert failure={failure} title="The file can’t be imported: nothing was changed" />
			{line !== null && text !== undefined && (
				<Group gap="xs" wrap="nowrap">
					<Text size="sm" ff="monospace" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
						{line} | {text}
					</Text>
					<Button variant="default" size="compact-sm" onClick={() => show(line)} style={{ flexShrink: 0 }}>
						Go to line {line}
					</Button>
				</Group>
			)}
		</Stack>
	);
}
