import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { ADMIN_KEY, ENVIRONMENT_KEY, FOLDER, GATEWAY_KEY, JWT_SECRET, ORIGIN, PORT } from './test/browser/environment';

/** A Chromium from npm alone, with the system libraries it needs; `CHROMIUM_PATH` names another one. */
async function chromiumPath(): Promise<string> {
	if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
	// Its own NSS libraries are unpacked only where this is set before the import.
	process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
	const { default: chromium } = await import('@sparticuz/chromium');
	return chromium.executablePath();
}

const hasConsole = existsSync('src/console/index.html');

/** The console in a real Chromium, against `npm run dev` with a state of its own. */
export default defineConfig({
	testDir: 'test/browser',
	testMatch: hasConsole ? '**/*.spec.ts' : [],
	outputDir: 'test-results/browser',
	globalTeardown: './test/browser/teardown.ts',
	workers: 1,
	timeout: 60_000,
	// A browser may hang once; what needed it is named by `.ci/run`.
	retries: process.env.CI ? 1 : 0,
	use: {
		baseURL: ORIGIN,
		// Recording takes half of the time again.
		trace: process.env.CI ? 'on-first-retry' : 'retain-on-failure',
		launchOptions: {
			executablePath: await chromiumPath(),
			args: ['--no-sandbox', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--no-zygote'],
		},
	},
	webServer: {
		command: 'node scripts/dev.mjs',
		url: `${ORIGIN}/healthz`,
		timeout: 90_000,
		gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
		env: {
			PORT: String(PORT),
			ADMIN_API_KEY: ADMIN_KEY,
			DEV_GATEWAY_KEY: GATEWAY_KEY,
			JWT_SECRET,
			DEEPSEEK_API_KEY: ENVIRONMENT_KEY,
			// Provider keys are tried against a server of the test's own.
			ALLOW_PRIVATE_UPSTREAMS: 'true',
			SWITCHYARD_STATE_DIR: join(FOLDER, 'state'),
			SWITCHYARD_DEV_VARS: join(FOLDER, 'dev.vars'),
		},
	},
});
