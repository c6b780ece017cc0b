import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ProviderTest, TestProvider } from '../data/types';
import { explain } from '../failure/explain';
import { useSignedIn } from '../session/session';
import { duration } from '../ui/format';

/** A real, tiny call with this key. One that is answered ends what is stored of its refusal. */
export function useProviderTest() {
	const { client, organization } = useSignedIn();
	const queries = useQueryClient();
	return useMutation({
		mutationFn: (input: TestProvider) => client.providers.test.mutate(input),
		onSuccess: ({ ok }) => {
			if (ok) void queries.invalidateQueries({ queryKey: [organization, 'providers'] });
		},
	});
}

type Test = ReturnType<typeof useProviderTest>;

interface TestButtonProps {
	readonly test: Test;
	readonly id: string;
	/** What is tested, for screen readers. */
	readonly label: string;
	/** Absent: whatever proves the key at the lowest price. */
	readonly model?: string;
	readonly size?: 'compact-sm' | 'sm';
}

export function TestButton({ test, id, label, model, size = 'compact-sm' }: TestButtonProps) {
	return (
		<Button
			variant="default"
			size={size}
			loading={test.isPending}
			aria-label={label}
			onClick={() => test.mutate({ id, ...(model !== undefined && { model }) })}
		>
			Test
		</Button>
	);
}

const outcome = ({ ok, latencyMs, model }: ProviderTest): string =>
	`${ok ? 'Works' : 'Fails'} · ${duration(latencyMs)}${model === undefined ? '' : ` · ${model}`}`;

/** Always there, so that a screen reader hears what comes into it. `lines`: how much of an error is shown. */
export function TestResult({ test, lines }: { readonly test: Test; readonly lines?: number }) {
	const { data, error } = test;
	const message = error ? explain(error).message : data?.error?.message;
	return (
		<div role="status" aria-label="Result of the test" style={{ minWidth: 150, maxWidth: lines ? 260 : undefined }}>
			{data && (
				<Text size="sm" fw={600} className={data.ok ? 'added' : 'gone'}>
					{outcome(data)}
				</Text>
			)}
			{message !== undefined && (
				<Text size="xs" {...(lines !== undefined && { lineClamp: lines })} title={message} className="wrap">
					{data?.error && `${data.error.code}: `}
					{message}
				</Text>
			)}
		</div>
	);
}
