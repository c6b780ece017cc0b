import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { FailureAlert } from '../../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../../failure/fields';
import { useSignedIn } from '../../session/session';
import { ModelInput } from '../../ui/model-input';
import { OriginBadge } from '../../ui/origin-badge';
import { Saved } from '../../ui/saved';
import { useConfigurationChange } from '../queries';
import type { FallbacksPartProps } from './part';

/** For embeddings that name no model. */
export function EmbeddingModel({ fallbacks, mayChange }: FallbacksPartProps) {
	const { client } = useSignedIn();
	const { embeddingModel, embeddingModelOrigin, version } = fallbacks;
	const [model, setModel] = useState(embeddingModel ?? '');
	const form = useRef<HTMLFormElement>(null);
	const set = useConfigurationChange(client.trpc.fallbacks.set.mutate);
	const { at, rest } = fieldErrors(set.error, ['embeddingModel']);
	useFocusAtFault(form, set.error);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		set.mutate({ embeddingModel: model.trim() === '' ? null : model.trim(), version });
	};
	return (
		<section aria-label="Embedding model">
			<Group gap="xs" mb={4}>
				<Title order={2} size="h4">
					Embedding model
				</Title>
				<OriginBadge origin={embeddingModelOrigin} />
			</Group>
			<Text size="sm" c="dimmed" mb="sm">
				For embeddings that name no model. Vectors of two models don’t mix, so nothing follows where it fails.
			</Text>
			<Paper withBorder p="md" maw={820}>
				{mayChange ? (
					<form ref={form} onSubmit={submit}>
						<Stack gap="sm">
							<FailureAlert failure={rest} title="The embedding model could not be saved" />
							<ModelInput
								label="Model"
								description="Empty: the gateway's"
								kind="embedding"
								value={model}
								error={at('embeddingModel')}
								onChange={setModel}
							/>
							<Saved shown={set.isSuccess && model.trim() === (embeddingModel ?? '')} />
							<Group>
								<Button type="submit" loading={set.isPending}>
									Save the embedding model
								</Button>
							</Group>
						</Stack>
					</form>
				) : (
					<Text size="sm" ff="monospace">
						{embeddingModel ?? 'the gateway’s'}
					</Text>
				)}
			</Paper>
		</section>
	);
}
