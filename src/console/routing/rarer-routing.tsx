import { Select, SimpleGrid, Stack, TagsInput } from '@mantine/core';
import { inherited } from '../policy/inherited';
import type { ModelInputProps } from '../ui/model-input';
import { ModelList } from '../ui/model-list';
import { inheritedText } from './inherited';
import { NoneOnPurpose } from './none-on-purpose';
import type { RoutingFieldsProps } from './routing-fields';
import { TimeFields } from './time-fields';

const MOST_NAMES = 7;
const MOST_TAGS = 8;

interface RarerRoutingProps extends RoutingFieldsProps {
	readonly before: NonNullable<ModelInputProps['before']>;
}

const yesOrNo = (value: string | null): 'yes' | 'no' | '' => (value === 'yes' || value === 'no' ? value : '');

const set = <Item,>(list: readonly Item[]): readonly Item[] | null => (list.length === 0 ? null : list);

export function RarerRouting({ draft, layers, before, errorAt, change }: RarerRoutingProps) {
	return (
		<Stack gap="sm" mt="sm">
			<SimpleGrid cols={{ base: 1, sm: 2 }}>
				<Select
					label="Keep a conversation where it is"
					description="With whoever answered it last, where its prompt is cached"
					placeholder={inheritedText(layers, 'sticky', 'yes')}
					clearable
					clearButtonProps={{ 'aria-label': 'Clear whether a conversation is kept' }}
					data={['yes', 'no']}
					value={draft.sticky || null}
					error={errorAt('sticky')}
					onChange={(value) => change({ sticky: yesOrNo(value) })}
				/>
				<TagsInput
					label="Residency"
					description="Only keys with one of these tags are used; Enter adds one"
					placeholder={draft.residency.length > 0 ? '' : inheritedText(layers, 'residency', 'anywhere')}
					maxTags={MOST_TAGS}
					value={[...draft.residency]}
					error={errorAt('residency')}
					onChange={(residency) => change({ residency })}
				/>
			</SimpleGrid>
			<div>
				<ModelList
					label="Where the context is too long"
					description={`Tried, with larger windows, in this order. Empty: ${inheritedText(layers, 'contextFallbacks', 'nobody')}`}
					field="contextFallbacks"
					noun="larger model"
					most={MOST_NAMES}
					before={before}
					models={draft.contextFallbacks ?? []}
					errorAt={errorAt}
					change={(models) => change({ contextFallbacks: set(models) })}
				/>
				<NoneOnPurpose
					label="Nobody, whatever the layers below name for long conversations"
					list={draft.contextFallbacks}
					below={inherited(layers, 'contextFallbacks')}
					change={(contextFallbacks) => change({ contextFallbacks })}
				/>
			</div>
			<div>
				<ModelList
					label="Where a content filter refuses"
					description={`Tried in this order. Empty: ${inheritedText(layers, 'contentFilterFallbacks', 'nobody, the refusal is the answer')}`}
					field="contentFilterFallbacks"
					noun="replacement"
					most={MOST_NAMES}
					before={before}
					models={draft.contentFilterFallbacks ?? []}
					errorAt={errorAt}
					change={(models) => change({ contentFilterFallbacks: set(models) })}
				/>
				<NoneOnPurpose
					label="Nobody, whatever the layers below name for filtered content"
					list={draft.contentFilterFallbacks}
					below={inherited(layers, 'contentFilterFallbacks')}
					change={(contentFilterFallbacks) => change({ contentFilterFallbacks })}
				/>
			</div>
			<TimeFields draft={draft} layers={layers} errorAt={errorAt} change={change} />
		</Stack>
	);
}
