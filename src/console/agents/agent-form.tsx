import { Button, Fieldset, Group, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useModels } from '../data/queries';
import type { Model } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { linkTo } from '../navigation/link';
import { perMillion, shortCount } from '../ui/format';
import { ModelInput } from '../ui/model-input';
import { type AgentDraft, FIELDS, slugOf } from './agent-draft';
import { AgentSettings } from './agent-settings';
import { FallbackList } from './fallback-list';

interface AgentFormProps {
	readonly initial: AgentDraft;
	readonly action: string;
	readonly pending: boolean;
	readonly failure: unknown;
	/** The slug follows the name until it is written. */
	readonly isNew?: boolean;
	readonly save: (draft: AgentDraft) => void;
}

/** What is known of the chosen model, to choose with open eyes. */
function hintOf(model: Model | undefined): string | undefined {
	if (!model) return undefined;
	const { contextWindow, pricing } = model;
	const price = pricing
		? `${perMillion(pricing.inputUsdPerMillion)} in, ${perMillion(pricing.outputUsdPerMillion)} out per 1M tokens`
		: 'price unknown';
	return `${shortCount(contextWindow)} tokens of context · ${price}`;
}

export function AgentForm({ initial, action, pending, failure, isNew = false, save }: AgentFormProps) {
	const [draft, setDraft] = useState(initial);
	const [slugWritten, setSlugWritten] = useState(!isNew);
	const form = useRef<HTMLFormElement>(null);
	const { data: models = [] } = useModels();
	const { at, rest } = fieldErrors(failure, FIELDS);
	useFocusAtFault(form, failure);

	const change = (part: Partial<AgentDraft>): void => setDraft((now) => ({ ...now, ...part }));
	const chosen = models.find(({ id }) => id === draft.model);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		save(draft);
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack maw={820}>
				<FailureAlert failure={rest} title="The agent could not be saved" />
				<SimpleGrid cols={{ base: 1, sm: 2 }}>
					<TextInput
						label="Name"
						required
						value={draft.name}
						error={at('name')}
						onChange={({ currentTarget: { value } }) =>
							change({ name: value, ...(!slugWritten && { slug: slugOf(value) }) })
						}
					/>
					<TextInput
						label="Slug"
						description="Callers name it agent:<slug>"
						inputWrapperOrder={['label', 'input', 'description', 'error']}
						required
						spellCheck={false}
						value={draft.slug}
						error={at('slug')}
						onChange={(event) => {
							setSlugWritten(true);
							change({ slug: event.currentTarget.value });
						}}
					/>
				</SimpleGrid>
				<TextInput
					label="Description"
					value={draft.description}
					error={at('description')}
					onChange={(event) => change({ description: event.currentTarget.value })}
				/>
				<Fieldset legend="Who answers">
					<Stack gap="sm">
						<ModelInput
							label="Model"
							required
							description={hintOf(chosen) ?? 'provider/model, profile:<name> or default'}
							before={[{ group: 'Configuration', items: ['default'] }]}
							value={draft.model}
							error={at('model')}
							onChange={(model) => change({ model })}
						/>
						<FallbackList fallbacks={draft.fallbacks} errorAt={at} change={(fallbacks) => change({ fallbacks })} />
						<ModelInput
							label="Embedding model"
							description="Empty: the default one"
							kind="embedding"
							value={draft.embeddingModel}
							error={at('embeddingModel')}
							onChange={(embeddingModel) => change({ embeddingModel })}
						/>
					</Stack>
				</Fieldset>
				<Textarea
					label="System prompt"
					autosize
					minRows={4}
					maxRows={20}
					value={draft.systemPrompt}
					error={at('systemPrompt')}
					onChange={(event) => change({ systemPrompt: event.currentTarget.value })}
				/>
				<AgentSettings draft={draft} maxOutput={chosen?.maxOutput ?? null} errorAt={at} change={change} />
				<Group>
					<Button type="submit" loading={pending}>
						{action}
					</Button>
					<Button component="a" variant="default" {...linkTo('/agents')}>
						Back to the agents
					</Button>
				</Group>
			</Stack>
		</form>
	);
}
