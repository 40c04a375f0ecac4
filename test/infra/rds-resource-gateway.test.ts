import { App, Fn, Stack, Token } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { type IVpc, Peer, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2'
import { Key } from 'aws-cdk-lib/aws-kms'
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds'
import { describe, expect, it } from 'vitest'
import { FrontDoorTarget } from '../../infra/front-door-target.ts'
import { RdsConsumer } from '../../infra/rds-consumer.ts'
import { RdsResourceGateway } from '../../infra/rds-resource-gateway.ts'

const anApp = () => {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Shop')
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 })
  const database = new DatabaseInstance(stack, 'Orders', { vpc, engine })
  return { stack, vpc, database, target: FrontDoorTarget.instance(database) }
}

const idsOf = (template: Template): string[] => Object.keys(template.toJSON().Resources)

describe('RdsResourceGateway', () => {
  it('leads to a database of the same app, which it opens to itself', () => {
    const { stack, vpc, database, target } = anApp()
    const [databaseSecurityGroup] = database.connections.securityGroups
    if (databaseSecurityGroup === undefined) throw new Error('The database has no group')
    new RdsResourceGateway(stack, 'Gateway', { target, vpc, databaseSecurityGroup, principals: ['444455556666'] })
    const template = Template.fromStack(stack)

    template.hasResourceProperties('AWS::VpcLattice::ResourceConfiguration', {
      ResourceConfigurationType: 'ARN',
      ResourceConfigurationDefinition: { ArnResource: { 'Fn::Join': ['', Match.arrayWith([':db:'])] } },
    })
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'GroupId'] },
      FromPort: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'Endpoint.Port'] },
    })
    template.hasResourceProperties('AWS::RAM::ResourceShare', { Principals: ['444455556666'] })
  })

  it('stands twice in one stack, with logical ids and names that hang on no token', () => {
    const synthesized = () => {
      const { stack, vpc, target } = anApp()
      // More tokens before it: their numbers would be in the names.
      return {
        stack,
        build: (more: number) => {
          for (let index = 0; index < more; index++) Fn.importValue(`more-${index}`).toString()
          for (const id of ['One', 'Two']) new RdsResourceGateway(stack, id, { target, vpc })
          return Template.fromStack(stack)
        },
      }
    }
    const [few, many] = [synthesized().build(0), synthesized().build(20)]

    expect(idsOf(few)).toEqual(idsOf(many))
    const names = Object.values(few.findResources('AWS::VpcLattice::ResourceGateway')).map(it => it.Properties.Name)
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^repoint-(?!-)[a-z0-9-]{3,31}$/)
    expect(Object.values(many.findResources('AWS::VpcLattice::ResourceGateway')).map(it => it.Properties.Name)).toEqual(
      names,
    )
  })

  it('encrypts its access log, and lets the database’s group be opened by hand', () => {
    const { stack, vpc, database, target } = anApp()
    const gateway = new RdsResourceGateway(stack, 'Gateway', { target, vpc, encryptionKey: new Key(stack, 'Key') })
    database.connections.allowDefaultPortFrom(gateway)
    const template = Template.fromStack(stack)

    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: Match.stringLikeRegexp('^/aws/vendedlogs/repoint/'),
      KmsKeyId: Match.anyValue(),
    })
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^GatewayResourceGateway'), 'GroupId'] },
    })
  })

  it('names what does not suit the database', () => {
    const { stack, vpc } = anApp()
    const target = FrontDoorTarget.hostname('db', 'db.example.com', 5432, 'postgres')
    expect(() => new RdsResourceGateway(stack, 'Gateway', { target, vpc, by: 'arn' })).toThrow(
      'only an RDS instance or cluster has a resource configuration by ARN',
    )
  })
})

describe('RdsConsumer', () => {
  const aConsumer = (props: Partial<ConstructorParameters<typeof RdsConsumer>[2]>) => {
    const { stack, vpc, database } = anApp()
    const hostname = database.dbInstanceEndpointAddress
    const consumer = new RdsConsumer(stack, 'Consumer', { vpc, hostname, port: 5432, ...props })
    return { stack, consumer }
  }
  const serviceName = 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718'

  it('leads the database’s own name to the endpoint, in its VPC and in those that are routed to it', () => {
    const { stack, consumer } = aConsumer({ serviceName })
    const peered = new Vpc(stack, 'Peered') as IVpc
    new RdsConsumer(stack, 'Second', {
      vpc: new Vpc(stack, 'Other') as IVpc,
      hostname: 'ledger.example.com',
      port: 5432,
      serviceName: Fn.importValue('service'),
      peeredVpcs: [peered],
      clientCidrs: ['10.1.0.0/16'],
    })
    consumer.connections.allowDefaultPortFrom(Peer.ipv4('10.0.0.0/16'))
    const template = Template.fromStack(stack)

    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { ServiceName: serviceName, PrivateDnsEnabled: false })
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { ServiceName: { 'Fn::ImportValue': 'service' } })
    template.hasResourceProperties('AWS::Route53::HostedZone', {
      Name: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'Endpoint.Address'] }, '.']] },
    })
    template.hasResourceProperties('AWS::Route53::HostedZone', {
      Name: 'ledger.example.com.',
      VPCs: [
        Match.objectLike({ VPCId: { Ref: Match.stringLikeRegexp('^Other') } }),
        Match.objectLike({ VPCId: { Ref: Match.stringLikeRegexp('^Peered') } }),
      ],
    })
    for (const CidrIp of ['10.0.0.0/16', '10.1.0.0/16']) {
      template.hasResourceProperties('AWS::EC2::SecurityGroup', {
        SecurityGroupIngress: [Match.objectLike({ CidrIp, FromPort: 5432 })],
      })
    }
  })

  it('has a zone for readers whose name CloudFormation alone knows, as it does the writer’s', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Shop')
    const resourceConfigurationArn = Fn.importValue('configuration')
    new RdsConsumer(stack, 'Consumer', {
      vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc,
      hostname: Fn.importValue('writer'),
      port: 5432,
      gateway: { resourceConfigurationArn, readerHostname: Fn.importValue('readers') },
    })
    const zones = Object.values(Template.fromStack(stack).findResources('AWS::Route53::HostedZone'))

    expect(JSON.stringify(zones)).toMatch(/"Fn::ImportValue":"writer".*"Fn::ImportValue":"readers"/)
  })

  it('goes through the gateway alone where there is no service, and beside one nobody does yet', () => {
    const resourceConfigurationArn = Fn.importValue('configuration')
    const alone = Template.fromStack(aConsumer({ gateway: { resourceConfigurationArn } }).stack)
    const beside = Template.fromStack(aConsumer({ serviceName, gateway: { resourceConfigurationArn } }).stack)

    const weights = (template: Template) =>
      Object.values(template.findResources('AWS::Route53::RecordSet')).map(({ Properties: it }) => [
        it.SetIdentifier,
        it.Weight,
      ])
    expect(weights(alone)).toEqual([['repoint-gateway', 100]])
    expect(weights(beside)).toEqual([
      ['repoint-nlb', 100],
      ['repoint-gateway', 0],
    ])
    alone.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Resource',
      ResourceConfigurationArn: { 'Fn::ImportValue': 'configuration' },
    })
  })

  it('stands twice in one stack, with logical ids that hang on no token', () => {
    const build = (more: number) => {
      const { stack, vpc } = anApp()
      for (let index = 0; index < more; index++) Fn.importValue(`more-${index}`).toString()
      const resourceConfigurationArn = Fn.importValue('configuration')
      const subnets = [
        Subnet.fromSubnetAttributes(stack, 'Sub', {
          subnetId: Fn.importValue('subnet'),
          availabilityZone: 'eu-west-1a',
        }),
      ]
      for (const hostname of ['one.example.com', 'two.example.com']) {
        new RdsConsumer(stack, hostname.slice(0, 3), {
          vpc,
          vpcSubnets: { subnets },
          hostname,
          port: 5432,
          serviceName: Fn.importValue('service'),
          gateway: { resourceConfigurationArn },
        })
      }
      return Template.fromStack(stack)
    }
    expect(idsOf(build(0))).toEqual(idsOf(build(20)))
  })

  it('is refused where the app has the same name in the same VPC already', () => {
    const { stack, vpc } = anApp()
    const props = { vpc, hostname: 'orders.example.com', port: 5432, serviceName }
    new RdsConsumer(stack, 'First', props)
    expect(() => new RdsConsumer(stack, 'Again', props)).toThrow(
      /makes a hosted zone orders\.example\.com in .*, and so does .*First/,
    )
    const peeredVpcs = [vpc]
    const other = new Vpc(stack, 'Other') as IVpc
    expect(() => new RdsConsumer(stack, 'Peer', { ...props, vpc: other, peeredVpcs })).toThrow('AWS takes one')
    const redshift = { clusterIdentifier: 'warehouse', subnetGroupName: 'private' }
    new RdsConsumer(stack, 'Managed', { vpc, hostname: 'warehouse.example.com', port: 5439, redshift })
    const again = { vpc, hostname: 'again.example.com', port: 5439, redshift }
    expect(() => new RdsConsumer(stack, 'Twice', again)).toThrow('the managed endpoint of warehouse')
  })

  it('is not refused while CDK has not looked its VPC up: until then all of them have one id', () => {
    // Its stand-in for the id is none, and CloudFormation's rules would say so.
    const app = new App({ autoSynth: false, builtinCloudFormationValidation: false })
    const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } })
    for (const vpcName of ['one', 'two']) {
      const vpc = Vpc.fromLookup(stack, vpcName, { vpcName })
      new RdsConsumer(stack, `In-${vpcName}`, { vpc, hostname: 'orders.example.com', port: 5432, serviceName })
    }
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::Route53::HostedZone'))).toHaveLength(2)
  })

  it('answers networks that forward its name, and says ports that only CloudFormation knows', () => {
    const { stack } = aConsumer({
      serviceName,
      port: Token.asNumber(Fn.importValue('port')),
      inboundResolver: { clientCidrs: [Fn.importValue('network')] },
    })
    const template = Template.fromStack(stack)
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.arrayWith([
        Match.objectLike({ CidrIp: { 'Fn::ImportValue': 'network' }, IpProtocol: 'udp', FromPort: 53 }),
      ]),
    })
    const outputs = JSON.stringify([template.findOutputs('*')])
    expect(outputs).toContain('["TCP ",{"Fn::ImportValue":"port"}," to "')
    expect(outputs).toContain('":",{"Fn::ImportValue":"port"}]')
  })

  it('refuses a stage that does not follow the one that is deployed', () => {
    const gateway = {
      resourceConfigurationArn: Fn.importValue('configuration'),
      stage: 'gateway',
      from: 'nlb',
    } as const
    expect(() => aConsumer({ serviceName, gateway })).toThrow('stages come one after the other')
  })
})
