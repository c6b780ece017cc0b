/** Models in order, each chosen or written; moved by buttons, so by keyboard too. */
import { ActionIcon, Button, Group, Input, Stack } from '@mantine/core';
import { DownIcon, PlusIcon, RemoveIcon, UpIcon } from './icons';
import { ModelInput, type ModelInputProps } from './model-input';

/** The `key` stays with it when the order changes. */
export interface ListedModel {
	readonly key: number;
	readonly model: string;
}

interface ModelListProps {
	readonly label: string;
	readonly description: string;
	/** Of the one parameter that holds all of them. */
	readonly field: string;
	readonly most: number;
	readonly models: readonly ListedModel[];
	/** Offered before the models. */
	readonly before?: ModelInputProps['before'];
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (models: readonly ListedModel[]) => void;
}

export const listed = (models: readonly string[]): readonly ListedModel[] =>
	models.map((model, key) => ({ key, model }));

export const namesOf = (models: readonly ListedModel[]): string[] => models.map(({ model }) => model.trim());

function moved(models: readonly ListedModel[], from: number, to: number): readonly ListedModel[] {
	const one = models[from];
	return one ? models.toSpliced(from, 1).toSpliced(to, 0, one) : models;
}

export function ModelList({ label, description, field, most, models, before = [], errorAt, change }: ModelListProps) {
	const nextKey = Math.max(-1, ...models.map(({ key }) => key)) + 1;
	const move = (from: number, to: number): void => change(moved(models, from, to));
	const atOne = models.some((_, at) => errorAt(`${field}[${at}]`) !== undefined);
	return (
		<Input.Wrapper
			labelElement="div"
			label={label}
			description={description}
			error={atOne ? undefined : errorAt(field)}
		>
			<Stack gap="xs" mt="xs" role="list" aria-label={label}>
				{models.map(({ key, model }, at) => (
					<Group key={key} gap="xs" align="flex-start" wrap="nowrap" role="listitem">
						<div style={{ flex: 1 }}>
							<ModelInput
								label={`Fallback ${at + 1}`}
								labelHidden
								placeholder="provider/model"
								before={before}
								value={model}
								error={errorAt(`${field}[${at}]`)}
								onChange={(changed) => change(models.with(at, { key, model: changed }))}
							/>
						</div>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Move fallback ${at + 1} up`}
							disabled={at === 0}
							onClick={() => move(at, at - 1)}
						>
							<UpIcon />
						</ActionIcon>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Move fallback ${at + 1} down`}
							disabled={at === models.length - 1}
							onClick={() => move(at, at + 1)}
						>
							<DownIcon />
						</ActionIcon>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Remove fallback ${at + 1}`}
							onClick={() => change(models.toSpliced(at, 1))}
						>
							<RemoveIcon />
						</ActionIcon>
					</Group>
				))}
			</Stack>
			<Button
				variant="default"
				size="compact-sm"
				mt="xs"
				leftSection={<PlusIcon />}
				disabled={models.length >= most}
				onClick={() => change([...models, { key: nextKey, model: '' }])}
			>
				Add a fallback
			</Button>
		</Input.Wrapper>
	);
}
