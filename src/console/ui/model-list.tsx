/** Models in order, each chosen or written; moved by buttons, so by keyboard too. */
import { Button, Group, Input, Stack } from '@mantine/core';
import { PlusIcon } from './icons';
import { type ListedModel, moved, nextKey } from './listed-models';
import { ModelInput, type ModelInputProps } from './model-input';
import { OrderButtons } from './order-buttons';

interface ModelListProps {
	readonly label: string;
	readonly description: string;
	/** Of the one parameter that holds all of them. */
	readonly field: string;
	readonly most: number;
	/** What one of them is called; `fallback` unless told. */
	readonly noun?: string;
	readonly models: readonly ListedModel[];
	/** Offered before the models. */
	readonly before?: ModelInputProps['before'];
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (models: readonly ListedModel[]) => void;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function ModelList(props: ModelListProps) {
	const { label, description, field, most, noun = 'fallback', models, before = [], errorAt, change } = props;
	const move = (from: number, to: number): void => change(moved(models, from, to));
	const atOne = models.some((_, at) => errorAt(`${field}[${at}]`) !== undefined);
	return (
		<Input.Wrapper
			labelElement="div"
			label={label}
			description={description}
			error={atOne ? undefined : errorAt(field)}
		>
			<Stack gap="xs" {...(models.length > 0 && { mt: 'xs' })} role="list" aria-label={label}>
				{models.map(({ key, model }, at) => (
					<Group key={key} gap="xs" align="flex-start" wrap="nowrap" role="listitem">
						<div style={{ flex: 1 }}>
							<ModelInput
								label={`${capital(noun)} ${at + 1}`}
								labelHidden
								placeholder="provider/model"
								before={before}
								value={model}
								error={errorAt(`${field}[${at}]`)}
								onChange={(changed) => change(models.with(at, { key, model: changed }))}
							/>
						</div>
						<OrderButtons
							what={`${noun} ${at + 1}`}
							first={at === 0}
							last={at === models.length - 1}
							up={() => move(at, at - 1)}
							down={() => move(at, at + 1)}
							remove={() => change(models.toSpliced(at, 1))}
						/>
					</Group>
				))}
			</Stack>
			<Button
				variant="default"
				size="compact-sm"
				mt="xs"
				leftSection={<PlusIcon />}
				disabled={models.length >= most}
				onClick={() => change([...models, { key: nextKey(models), model: '' }])}
			>
				Add a {noun}
			</Button>
		</Input.Wrapper>
	);
}
