/** Models that are as good as the one asked for, each with its share. */
import { Button, Group, Input, NumberInput, Stack, Text } from '@mantine/core';
import { share as shareText } from '../ui/format';
import { PlusIcon } from '../ui/icons';
import { moved, nextKey } from '../ui/listed-models';
import { ModelInput, type ModelInputProps } from '../ui/model-input';
import { OrderButtons } from '../ui/order-buttons';
import { type RoutingDraft, sharesOf, type WeighedModel } from './routing-draft';

/** With the model itself a group has eight. */
const MOST_CANDIDATES = 7;

type Draft = Pick<RoutingDraft, 'candidates' | 'weight'>;

interface WeighedModelsProps {
	readonly draft: Draft;
	/** Whose own model it is: `agent`, `profile`. */
	readonly owner: string;
	/** The strategy in force draws by weights. */
	readonly weighted: boolean;
	readonly description: string;
	readonly before: NonNullable<ModelInputProps['before']>;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<Draft>) => void;
}

export function WeighedModels(props: WeighedModelsProps) {
	const { draft, owner, weighted, description, before, errorAt, change } = props;
	const models = draft.candidates;
	const shares = sharesOf(draft);
	// Without anybody beside it the model's own weight would be sent, and could not be seen.
	const set = (candidates: readonly WeighedModel[]): void =>
		change({ candidates, ...(candidates.length === 0 && { weight: '' }) });
	const atOne = models.some((_, at) => errorAt(`candidates[${at}]`) !== undefined);
	return (
		<Input.Wrapper
			labelElement="div"
			label="Candidates"
			description={description}
			error={atOne ? undefined : errorAt('candidates')}
		>
			{(models.length > 0 || draft.weight !== '') && (
				<Stack gap="xs" mt="xs" role="list" aria-label="Candidates">
					<Group gap="xs" wrap="nowrap" role="listitem">
						<Text size="sm" flex={1}>
							The {owner}’s own model
						</Text>
						<Weight
							label={`Weight of the ${owner}’s own model`}
							value={draft.weight}
							share={weighted ? shares[0] : undefined}
							error={errorAt('weight')}
							change={(weight) => change({ weight })}
						/>
						<div className="order-gap" />
					</Group>
					{models.map((one, at) => (
						<Group key={one.key} gap="xs" align="flex-start" wrap="nowrap" role="listitem">
							<div style={{ flex: 1 }}>
								<ModelInput
									label={`Candidate ${at + 1}`}
									labelHidden
									placeholder="provider/model"
									before={before}
									value={one.model}
									error={errorAt(`candidates[${at}].weight`) ? undefined : errorAt(`candidates[${at}]`)}
									onChange={(model) => set(models.with(at, { ...one, model }))}
								/>
							</div>
							<Weight
								label={`Weight of candidate ${at + 1}`}
								value={one.weight}
								share={weighted ? shares[at + 1] : undefined}
								error={errorAt(`candidates[${at}].weight`)}
								change={(weight) => set(models.with(at, { ...one, weight }))}
							/>
							<OrderButtons
								what={`candidate ${at + 1}`}
								first={at === 0}
								last={at === models.length - 1}
								up={() => set(moved(models, at, at - 1))}
								down={() => set(moved(models, at, at + 1))}
								remove={() => set(models.toSpliced(at, 1))}
							/>
						</Group>
					))}
				</Stack>
			)}
			<Button
				variant="default"
				size="compact-sm"
				mt="xs"
				leftSection={<PlusIcon />}
				disabled={models.length >= MOST_CANDIDATES}
				onClick={() => set([...models, { key: nextKey(models), model: '', weight: '' }])}
			>
				Add a candidate
			</Button>
		</Input.Wrapper>
	);
}

interface WeightProps {
	readonly label: string;
	readonly value: number | '';
	/** Of all requests, 0–1; undefined: the strategy asks for no weights. */
	readonly share: number | undefined;
	readonly error: string | undefined;
	readonly change: (weight: number | '') => void;
}

function Weight({ label, value, share, error, change }: WeightProps) {
	return (
		<NumberInput
			aria-label={label}
			placeholder="1"
			w={128}
			min={0.001}
			max={1_000}
			decimalScale={3}
			hideControls={share !== undefined}
			{...(share !== undefined && {
				rightSection: (
					<Text size="xs" c="dimmed">
						{shareText(share)}
					</Text>
				),
				rightSectionWidth: 56,
			})}
			value={value}
			error={error}
			onChange={(weight) => change(typeof weight === 'number' ? weight : '')}
		/>
	);
}
