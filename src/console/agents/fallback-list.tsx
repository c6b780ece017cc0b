import { ActionIcon, Button, Group, Input, Stack } from '@mantine/core';
import { DownIcon, PlusIcon, RemoveIcon, UpIcon } from '../ui/icons';
import { ModelInput } from '../ui/model-input';
import { type Fallback, MAX_FALLBACKS } from './agent-draft';

interface FallbackListProps {
	readonly fallbacks: readonly Fallback[];
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (fallbacks: readonly Fallback[]) => void;
}

function moved(fallbacks: readonly Fallback[], from: number, to: number): readonly Fallback[] {
	const one = fallbacks[from];
	return one ? fallbacks.toSpliced(from, 1).toSpliced(to, 0, one) : fallbacks;
}

/** Tried in this order when the model fails; moved by buttons, so by keyboard too. */
export function FallbackList({ fallbacks, errorAt, change }: FallbackListProps) {
	const nextKey = Math.max(-1, ...fallbacks.map(({ key }) => key)) + 1;
	return (
		<Input.Wrapper
			labelElement="div"
			label="Fallbacks"
			description="Tried in this order where the model fails"
			error={fallbacks.length === 0 ? errorAt('fallbacks') : undefined}
		>
			<Stack gap="xs" mt="xs" role="list" aria-label="Fallbacks">
				{fallbacks.map(({ key, model }, at) => (
					<Group key={key} gap="xs" align="flex-start" wrap="nowrap" role="listitem">
						<div style={{ flex: 1 }}>
							<ModelInput
								label={`Fallback ${at + 1}`}
								labelHidden
								placeholder="provider/model"
								value={model}
								error={errorAt(`fallbacks[${at}]`)}
								onChange={(changed) => change(fallbacks.with(at, { key, model: changed }))}
							/>
						</div>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Move fallback ${at + 1} up`}
							disabled={at === 0}
							onClick={() => change(moved(fallbacks, at, at - 1))}
						>
							<UpIcon />
						</ActionIcon>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Move fallback ${at + 1} down`}
							disabled={at === fallbacks.length - 1}
							onClick={() => change(moved(fallbacks, at, at + 1))}
						>
							<DownIcon />
						</ActionIcon>
						<ActionIcon
							variant="default"
							size={36}
							aria-label={`Remove fallback ${at + 1}`}
							onClick={() => change(fallbacks.toSpliced(at, 1))}
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
				disabled={fallbacks.length >= MAX_FALLBACKS}
				onClick={() => change([...fallbacks, { key: nextKey, model: '' }])}
			>
				Add a fallback
			</Button>
		</Input.Wrapper>
	);
}
