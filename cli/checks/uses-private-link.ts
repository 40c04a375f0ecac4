import type { DoctorFacts } from '../facts/facts.ts'

/** By what is there, or, where that cannot be read, by what is wanted. */
export const usesPrivateLink = ({ endpointServices, settings }: DoctorFacts): boolean =>
  endpointServices.kind === 'known' ? endpointServices.value.length > 0 : settings.exposure.endpointService
