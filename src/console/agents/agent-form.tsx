import { Button, Fieldset, Group, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useModelBehind, useModelNames } from '../configuration/queries';
import { ContextFields } from '../context/context-fields';
import type { Model } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { linkTo } from '../navigation/link';
import { useLayersBelow } from '../policy/layers';
import { RoutingFields } from '../routing/routing-fields';
import { perMillion, shortCount } from '../ui/format';
import { ModelInput } from '../ui/model-input';
import { ModelList } from '../ui/model-list';
import { ModelSettingsFields } from '../ui/model-settings';
import { type AgentDraft, FIELDS, MAX_FALLBACKS, slugOf } from './agent-draft';

interface AgentFormProps {
	readonly draft: AgentDraft;
	readonly change: (part: Partial<AgentDraft>) => void;
	readonly action: string;
	readonly pending: boolean;
	readonly failure: unknown;
	/** The slug follows the name until it is written, and the prompt begins with one text. */
	readonly isNew?: boolean;
	readonly save: () => void;
	/** Beside the buttons. */
	readonly children?: ReactNode;
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

export function AgentForm(props: AgentFormProps) {
	const { draft, change, action, pending, failure, isNew = false, save, children } = props;
	const [slugWritten, setSlugWritten] = useState(!isNew);
	const form = useRef<HTMLFormElement>(null);
	const names = useModelNames();
	const fallbackNames = useModelNames(true);
	const { at, rest } = fieldErrors(failure, FIELDS);
	useFocusAtFault(form, failure);

	const chosen = useModelBehind(draft.model.trim());
	const routingLayers = useLayersBelow('routing', draft.model.trim());
	const contextLayers = useLayersBelow('context', draft.model.trim());
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		save();
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
							description={hintOf(chosen) ?? 'provider/model, profile:<name>, an alias or default'}
							before={names}
							value={draft.model}
							error={at('model')}
							onChange={(model) => change({ model })}
						/>
						<ModelList
							label="Fallbacks"
							description="Tried in this order where the model fails; none: the organization's"
							field="fallbacks"
							most={MAX_FALLBACKS}
							before={fallbackNames}
							models={draft.fallbacks}
							errorAt={at}
							change={(fallbacks) => change({ fallbacks })}
						/>
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
				{isNew && (
					<Textarea
						label="System prompt"
						description="A prompt in sections, with variables, can be made of it afterwards"
						autosize
						minRows={4}
						maxRows={20}
						value={draft.systemPrompt}
						error={at('systemPrompt')}
						onChange={(event) => change({ systemPrompt: event.currentTarget.value })}
					/>
				)}
				<ModelSettingsFields
					draft={draft.settings}
					model={chosen}
					errorAt={(field) => at(`settings.${field}`)}
					change={(part) => change({ settings: { ...draft.settings, ...part } })}
				/>
				<RoutingFields
					draft={draft.routing}
					owner="agent"
					layers={routingLayers}
					errorAt={(field) => at(`routing.${field}`)}
					change={(part) => change({ routing: { ...draft.routing, ...part } })}
				/>
				<ContextFields
					draft={draft.context}
					layers={contextLayers}
					errorAt={(field) => at(`context.${field}`)}
					change={(part) => change({ context: { ...draft.context, ...part } })}
				/>
				{children}
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
