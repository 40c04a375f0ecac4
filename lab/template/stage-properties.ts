import type { StageProperties } from '../../infra/custom-resources/stage-decisions.ts'
import type { Template } from './intrinsics.ts'

/** What CloudFormation would hand over are texts: references are told apart by what they refer to. */
export const stagePropertiesOf = ({ Resources }: Template): StageProperties | undefined => {
  const properties = Object.values(Resources).find(({ Type }) => Type === 'Custom::RepointStage')?.Properties
  if (properties === undefined) return undefined
  const texts = Object.entries(properties).map(([key, it]) => [key, typeof it === 'string' ? it : JSON.stringify(it)])
  return Object.fromEntries(texts) as StageProperties
}
