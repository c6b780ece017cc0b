import {
	CAPABILITIES,
	type Capabilities,
	type Capability,
	type CapabilityOverrides,
	type Support,
} from '../../src/providers/capability';
import type { FitTarget } from '../../src/providers/fit';
import type { AlternativeWire, ModelTraits, Quirks } from '../../src/providers/provider';

/** Everything exact but what is given. */
export const tableOf = (overrides: CapabilityOverrides = {}): Capabilities => ({
	...(Object.fromEntries(CAPABILITIES.map((capability) => [capability, 'exact'])) as Record<Capability, Support>),
	...overrides,
});

interface Described {
	readonly wire?: CapabilityOverrides;
	readonly provider?: CapabilityOverrides;
	readonly alternatives?: readonly AlternativeWire[];
	readonly quirks?: Quirks;
	readonly traits?: Partial<ModelTraits>;
}

/** A target that honours everything but what is said, on the wire `openai-chat`. */
export const fitTarget = ({ wire, provider, alternatives, quirks, traits }: Described = {}): FitTarget => ({
	name: 'acme/large',
	wire: { id: 'openai-chat', capabilities: tableOf(wire) },
	provider: {
		wire: 'openai-chat',
		...(provider && { capabilities: provider }),
		...(alternatives && { alternatives }),
	},
	quirks: quirks ?? {},
	traits: {
		maxOutput: null,
		reasoning: true,
		reasoningOptions: [],
		sampling: true,
		structuredOutput: true,
		...traits,
	},
});
