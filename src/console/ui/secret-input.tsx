import { PasswordInput, type PasswordInputProps } from '@mantine/core';

/** For a key: hidden until it is asked for, never filled in by the browser, and said to be wrong where it is. */
export function SecretInput({ error, ...props }: PasswordInputProps) {
	return (
		<PasswordInput
			autoComplete="new-password"
			spellCheck={false}
			{...props}
			error={error}
			aria-invalid={error ? true : undefined}
			visibilityToggleButtonProps={{ 'aria-label': 'Show the key', tabIndex: 0 }}
		/>
	);
}
