import '@mantine/core/styles.css';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { SessionProvider } from './session/session';
import { cssVariables, theme } from './theme';

const root = document.getElementById('root');
if (root)
	createRoot(root).render(
		<StrictMode>
			<MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
				<SessionProvider>
					<App />
				</SessionProvider>
			</MantineProvider>
		</StrictMode>,
	);
