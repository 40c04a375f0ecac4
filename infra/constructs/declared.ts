import { CfnResource, Lazy, Stack } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import { hashOf } from '../app/settings/hash-of.ts'

/** What a template declares is a protected member of CDK's: of its subclasses, and of nobody else. */
const propertiesOf = (resource: CfnResource): unknown =>
  (resource as unknown as { readonly cfnProperties: unknown }).cfnProperties

/** A hash of everything that the template declares of these constructs: whatever changes there, it changes. */
export const hashOfDeclared = (...constructs: readonly IConstruct[]): string =>
  Lazy.string({
    produce: () => {
      const resources = constructs.flatMap(it => it.node.findAll()).filter(it => CfnResource.isCfnResource(it))
      return hashOf(resources.map(it => [pathOf(it), Stack.of(it).resolve(propertiesOf(it))]))
    },
  })

/** As in logical ids, `Default` leaves no trace. */
const pathOf = ({ node }: IConstruct): string => node.path.replaceAll('/Default/', '/')
