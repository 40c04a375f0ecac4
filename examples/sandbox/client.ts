import { CfnOutput } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'

export interface ClientProps {
  readonly vpc: ec2.IVpc
  /** It may read the database's password. */
  readonly secret: ISecret | undefined
}

/** A host with psql and dig, into which only Session Manager leads. */
export class Client extends Construct {
  constructor(scope: Construct, id: string, { vpc, secret }: ClientProps) {
    super(scope, id)
    const host = new ec2.Instance(this, 'Host', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      associatePublicIpAddress: true,
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.NANO),
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
      requireImdsv2: true,
      blockDevices: [{ deviceName: '/dev/xvda', volume: ec2.BlockDeviceVolume.ebs(8, { encrypted: true }) }],
    })
    host.role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AmazonSSMManagedInstanceCore'))
    host.userData.addCommands('dnf install --assumeyes postgresql17 bind-utils jq')
    secret?.grantRead(host.role)
    new CfnOutput(this, 'Session', { value: `aws ssm start-session --target ${host.instanceId}` })
  }
}
