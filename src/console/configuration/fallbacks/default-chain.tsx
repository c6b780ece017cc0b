import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { FailureAlert } from '../../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../../failure/fields';
import { useSignedIn } from '../../session/session';
import { listed, namesOf } from '../../ui/listed-models';
import { ModelList } from '../../ui/model-list';
import { OriginBadge } from '../../ui/origin-badge';
import { Saved } from '../../ui/saved';
import { useConfigurationChange, useModelNames } from '../queries';
import { ChainText } from './chain-text';
import { type FallbacksPartProps, MOST_FALLBACKS } from './part';

/** What follows whatever was asked for. */
export function DefaultChain({ fallbacks, mayChange }: FallbacksPartProps) {
	const [editing, setEditing] = useState(false);
	const [saved, setSaved] = useState(false);
	const { client } = useSignedIn();
	const giveBack = useConfigurationChange(client.trpc.fallbacks.set.mutate);
	const { chain, origin, version } = fallbacks;
	return (
		<section aria-label="Fallback chain">
			<Group gap="xs" mb={4}>
				<Title order={2} size="h4">
					After any model
				</Title>
				<OriginBadge origin={origin} />
			</Group>
			<Text size="sm" c="dimmed" mb="sm">
				Tried in this order where the model that was asked for fails, unless the agent or the model has a chain of its
				own.
			</Text>
			<Paper withBorder p="md" maw={820}>
				{editing ? (
					<ChainForm
						initial={chain}
						close={(done) => {
							setEditing(false);
							setSaved(done);
						}}
						version={version}
					/>
				) : (
					<Stack gap="sm">
						<ChainText chain={chain} />
						<FailureAlert failure={giveBack.error} title="The chain could not be given back" />
						<Saved shown={saved} />
						{mayChange && (
							<Group gap="xs">
								<Button variant="default" size="compact-sm" onClick={() => setEditing(true)}>
									Edit the chain
								</Button>
								{origin === 'organization' && (
									<Button
										variant="default"
										size="compact-sm"
										loading={giveBack.isPending}
										onClick={() => giveBack.mutate({ chain: null, version })}
									>
										Use the gateway’s chain
									</Button>
								)}
							</Group>
						)}
					</Stack>
				)}
			</Paper>
		</section>
	);
}

interface ChainFormProps {
	readonly initial: readonly string[];
	readonly version: number;
	/** True: it was saved. */
	readonly close: (saved: boolean) => void;
}

function ChainForm({ initial, version, close }: ChainFormProps) {
	const { client } = useSignedIn();
	const [models, setModels] = useState(() => listed(initial));
	const form = useRef<HTMLFormElement>(null);
	const names = useModelNames(true);
	const set = useConfigurationChange(client.trpc.fallbacks.set.mutate);
	const { at, rest } = fieldErrors(set.error, ['chain']);
	useFocusAtFault(form, set.error);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		set.mutate({ chain: namesOf(models), version }, { onSuccess: () => close(true) });
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack gap="sm">
				<FailureAlert failure={rest} title="The chain could not be saved" />
				<ModelList
					label="Fallbacks"
					description="None: nothing follows"
					field="chain"
					most={MOST_FALLBACKS}
					before={names}
					models={models}
					errorAt={at}
					change={setModels}
				/>
				<Group>
					<Button type="submit" loading={set.isPending}>
						Save the chain
					</Button>
					<Button variant="default" onClick={() => close(false)}>
						Cancel
					</Button>
				</Group>
			</Stack>
		</form>
	);
}
