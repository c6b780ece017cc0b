import {
	Button,
	Center,
	Code,
	CopyButton,
	Group,
	Loader,
	Paper,
	ScrollArea,
	SegmentedControl,
	Stack,
	Text,
	Title,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FailureAlert } from '../../failure/failure-alert';
import { useSignedIn } from '../../session/session';

type Format = 'yaml' | 'json';

const TYPES: Readonly<Record<Format, string>> = { yaml: 'application/yaml', json: 'application/json' };

function download(text: string, name: string, type: string): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob([text], { type }));
	link.download = name;
	link.click();
	URL.revokeObjectURL(link.href);
}

/** Everything but the keys, in the form an import takes. */
export function ExportFile() {
	const { client, organization } = useSignedIn();
	const [format, setFormat] = useState<Format>('yaml');
	const { data, error, refetch } = useQuery({
		queryKey: [organization, 'configuration', 'file', format],
		queryFn: () => client.trpc.config.export.query({ format }),
		staleTime: 0,
	});
	return (
		<Stack component="section" aria-label="Export" gap="sm">
			<Title order={2} size="h4">
				Export
			</Title>
			<Text size="sm" c="dimmed">
				Providers, models, profiles, aliases, fallbacks and agents, without any key. Importing it changes nothing.
			</Text>
			<Group>
				<SegmentedControl<Format>
					aria-label="Format"
					value={format}
					onChange={setFormat}
					data={[
						{ value: 'yaml', label: 'YAML' },
						{ value: 'json', label: 'JSON' },
					]}
				/>
				{data && (
					<>
						<CopyButton value={data.document}>
							{({ copied, copy }) => (
								<Button variant="default" onClick={copy}>
									{copied ? 'Copied' : 'Copy'}
								</Button>
							)}
						</CopyButton>
						<Button
							variant="default"
							onClick={() => download(data.document, `${organization ?? 'switchyard'}.${format}`, TYPES[format])}
						>
							Download
						</Button>
					</>
				)}
			</Group>
			{error && <FailureAlert failure={error} title="The export failed" retry={() => void refetch()} />}
			{!error && !data && (
				<Center p="xl">
					<Loader aria-label="Exporting" />
				</Center>
			)}
			{data && (
				<Paper withBorder>
					<ScrollArea.Autosize
						mah="70dvh"
						viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Exported configuration' }}
					>
						<Code block>{data.document}</Code>
					</ScrollArea.Autosize>
				</Paper>
			)}
		</Stack>
	);
}
