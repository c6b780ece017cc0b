/** The few pictures of the console, drawn in place: no font, no request. All are decoration beside a label. */
import type { ReactNode } from 'react';

function Icon({ children, size = 18 }: { readonly children: ReactNode; readonly size?: number }) {
	return (
		<svg
			aria-hidden="true"
			width={size}
			height={size}
			viewBox="0 0 24 24"
			fill="none"
			stroke="currentColor"
			strokeWidth="2"
			strokeLinecap="round"
			strokeLinejoin="round"
		>
			{children}
		</svg>
	);
}

const drawn = (path: string) => () => (
	<Icon>
		<path d={path} />
	</Icon>
);

export const ChatIcon = drawn('M4 5h16v11H9l-5 4z');
export const ModelsIcon = drawn('M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9');
export const AgentIcon = drawn('M5 9h14v10H5zM12 9V5M9.5 13v2M14.5 13v2M2.5 13v3M21.5 13v3M12 4.5v-.5');
export const KeyIcon = drawn('M14 10a4.5 4.5 0 1 0-3.6 3.6L12 15h2v2h2v2h4v-3.5zM8 8h.01');
export const OrganizationIcon = drawn('M4 21V4h10v17M14 9h6v12M2.5 21h19M7.5 8h3M7.5 12h3M7.5 16h3');
export const ProviderIcon = drawn('M7 16a4 4 0 0 1 .6-8A5.5 5.5 0 0 1 18 9.5a3.3 3.3 0 0 1-.5 6.5M12 12v8M9 17h6');
export const MembersIcon = drawn(
	'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14a6 6 0 0 1 3.5 6',
);
export const AuditIcon = drawn('M6 3h9l4 4v14H6zM9.5 11h6M9.5 15h6M14.5 3.5V8H19');
export const MoreIcon = drawn('M5 12h.01M12 12h.01M19 12h.01');
export const ConfigurationIcon = drawn('M12 3v6M12 15v6M5 9h14v6H5zM8 12h.01');
export const GlobalIcon = drawn('M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18');
export const StatusIcon = drawn('M3 12h4l3 7 4-14 3 7h4');
export const WarningIcon = drawn('M12 4l9 16H3zM12 10v4M12 17h.01');
export const CheckIcon = drawn('M5 13l4 4L19 7');
export const SunIcon = drawn(
	'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
);
export const MoonIcon = drawn('M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z');
export const UpIcon = drawn('M12 19V5M6 11l6-6 6 6');
export const DownIcon = drawn('M12 5v14M6 13l6 6 6-6');
export const RemoveIcon = drawn('M6 6l12 12M18 6L6 18');
export const MoreBelowIcon = drawn('M6 9l6 6 6-6');
export const LessIcon = drawn('M6 15l6-6 6 6');
export const PlusIcon = drawn('M12 5v14M5 12h14');
export const SendIcon = drawn('M4 12l16-8-6 16-3-7z');
export const StopIcon = drawn('M7 7h10v10H7z');
export const SettingsIcon = drawn('M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4');

/** The mark of the product: one track that becomes two. */
export function Mark() {
	return (
		<svg aria-hidden="true" width="26" height="26" viewBox="0 0 32 32">
			<rect width="32" height="32" rx="7" fill="#0b7285" />
			<path
				d="M6 16h6c5 0 5-7 10-7h4M12 16c5 0 5 7 10 7h4"
				fill="none"
				stroke="#fff"
				strokeWidth="2.6"
				strokeLinecap="round"
			/>
			<circle cx="7" cy="16" r="2.4" fill="#fff" />
		</svg>
	);
}
