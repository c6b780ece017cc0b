import { Button, Group, Modal, Stack, Table, Text, Title } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import type { Fallbacks } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../../failure/fields';
import { useSignedIn } from '../../session/session';
import { Confirmation } from '../../ui/confirmation';
import { PlusIcon } from '../../ui/icons';
import { listed, namesOf } from '../../ui/listed-models';
import { ModelInput } from '../../ui/model-input';
import { ModelList } from '../../ui/model-list';
import { Rows } from '../../ui/rows';
import { useConfigurationChange, useModelNames } from '../queries';
import { ChainText } from './chain-text';
import { type FallbacksPartProps, MOST_FALLBACKS } from './part';

type Chain = Fallbacks['models'][number];
type Edited = { readonly chain: Chain | null };

/** Chains in place of the one for all, each after one model. */
export function ModelChains({ fallbacks, mayChange }: FallbacksPartProps) {
	const { client } = useSignedIn();
	const [edited, setEdited] = useState<Edited | null>(null);
	const [removed, setRemoved] = useState<Chain | null>(null);
	const remove = useConfigurationChange(client.trpc.fallbacks.remove.mutate);
	const keep = (): void => {
		setRemoved(null);
		remove.reset();
	};
	return (
		<section aria-label="Chains of single models">
			<Group justify="space-between" mb="sm">
				<div>
					<Title order={2} size="h4">
						After one model
					</Title>
					<Text size="sm" c="dimmed">
						In place of the chain above, for this model, alias or profile.
					</Text>
				</div>
				{mayChange && (
					<Button leftSection={<PlusIcon />} onClick={() => setEdited({ chain: null })}>
						New chain
					</Button>
				)}
			</Group>
			<Rows
				label="Chains"
				columns={['Where this fails', 'These are tried', ...(mayChange ? ['Actions'] : [])]}
				query={{ data: fallbacks.models, error: null, refetch: () => undefined }}
				empty="No model has a chain of its own."
				row={(chain) => (
					<Table.Tr key={chain.model}>
						<Table.Th scope="row">
							<Text size="sm" ff="monospace" fw={600}>
								{chain.model}
							</Text>
						</Table.Th>
						<Table.Td>
							<ChainText chain={chain.chain} />
						</Table.Td>
						{mayChange && (
							<Table.Td>
								<Group gap="xs" wrap="nowrap">
									<Button
										variant="default"
										size="compact-sm"
										aria-label={`Edit the chain of ${chain.model}`}
										onClick={() => setEdited({ chain })}
									>
										Edit
									</Button>
									<Button
										variant="light"
										color="red"
										size="compact-sm"
										aria-label={`Remove the chain of ${chain.model}`}
										onClick={() => setRemoved(chain)}
									>
										Remove
									</Button>
								</Group>
							</Table.Td>
						)}
					</Table.Tr>
				)}
			/>
			<Modal
				opened={edited !== null}
				onClose={() => setEdited(null)}
				title={edited?.chain ? `Chain of ${edited.chain.model}` : 'New chain'}
				size="lg"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{edited && <ChainForm chain={edited.chain} known={fallbacks.models} close={() => setEdited(null)} />}
			</Modal>
			<Confirmation
				opened={removed !== null}
				title={`Remove the chain of ${removed?.model ?? ''}?`}
				action="Remove chain"
				pending={remove.isPending}
				failure={remove.error}
				confirm={() => removed && remove.mutate({ model: removed.model }, { onSuccess: keep })}
				close={keep}
			>
				Where it fails, the chain for any model is tried from now on.
			</Confirmation>
		</section>
	);
}

interface ChainFormProps {
	/** null: a new one. */
	readonly chain: Chain | null;
	readonly known: readonly Chain[];
	readonly close: () => void;
}

function ChainForm({ chain, known, close }: ChainFormProps) {
	const { client } = useSignedIn();
	const [model, setModel] = useState(chain?.model ?? '');
	const [models, setModels] = useState(() => listed(chain?.chain ?? []));
	const form = useRef<HTMLFormElement>(null);
	const names = useModelNames(true);
	const taken = chain === null && known.some((one) => one.model === model.trim());
	const set = useConfigurationChange(client.trpc.fallbacks.setFor.mutate);
	const { at, rest } = fieldErrors(set.error, ['model', 'chain']);
	useFocusAtFault(form, set.error);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		if (!taken) set.mutate({ model: model.trim(), chain: namesOf(models) }, { onSuccess: close });
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The chain could not be saved" />
				<ModelInput
					label="Where this fails"
					description="provider/model, an alias or profile:<name>"
					required
					before={names}
					value={model}
					error={taken ? 'It has a chain already: edit that one.' : at('model')}
					onChange={(changed) => chain === null && setModel(changed)}
				/>
				<ModelList
					label="Fallbacks"
					description="Tried in this order; none: nothing follows"
					field="chain"
					most={MOST_FALLBACKS}
					before={names}
					models={models}
					errorAt={at}
					change={setModels}
				/>
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={set.isPending}>
						Save the chain
					</Button>
				</Group>
			</Stack>
		</form>
	);
}
