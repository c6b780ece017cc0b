import type { RoutingPolicy } from '../data/types';
import { inheritedText as inheritedOf, type Layer } from '../policy/inherited';
import { ROUTING } from './policy-text';

export type RoutingLayer = Layer<RoutingPolicy>;

/** What holds where a field of the routing stays empty, and who says so. */
export const inheritedText = (layers: readonly RoutingLayer[], field: keyof RoutingPolicy, otherwise: string): string =>
	inheritedOf(ROUTING, layers, field, otherwise);
